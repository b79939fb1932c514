import Foundation
import TestRandom
import Testing

@testable import LapsePolicy

/// Depth, and files made to hurt.
///
/// How long such files take is for a benchmark to say, not for these tests.
struct TOMLReaderLimitTests {
    private static let deep = PolicyLimits.depthMax

    /// Documents that nest as deep as `depth`, the value 1 counted, in every way there is.
    private static func nested(_ depth: Int) -> [String] {
        let arrays = depth - 2
        return [
            "a = " + String(repeating: "[", count: arrays) + "[1]" + closing("]", arrays),
            "a = " + String(repeating: "{a=", count: depth - 1) + "1" + closing("}", depth - 1),
            String(repeating: "a.", count: depth - 1) + "a = 1",
            "[a" + String(repeating: ".a", count: depth - 2) + "]\na = 1",
            "[a" + String(repeating: ".a", count: depth - 3) + "]\na.a = 1",
            "[[a" + String(repeating: ".a", count: depth - 3) + "]]\na = 1",
        ]
    }

    private static func closing(_ bracket: String, _ count: Int) -> String {
        String(repeating: bracket, count: count)
    }

    @Test(arguments: nested(deep))
    func `nesting at the limit is read`(_ text: String) throws {
        #expect(try TOMLReader.read(Array(text.utf8), file: 0).keys.all.count == 1)
    }

    @Test(arguments: nested(deep + 1))
    func `nesting over the limit is refused`(_ text: String) {
        #expect(messages(text) == ["tables and arrays are nested more than 128 deep"])
    }

    @Test func `arrays of tables in arrays of tables count both levels`() {
        func headers(_ count: Int) -> String {
            (1...count).map { "[[a" + String(repeating: ".a", count: $0 - 1) + "]]\n" }.joined()
        }
        #expect(messages(headers(Self.deep / 2)) == [])
        #expect(messages(headers(Self.deep / 2 + 1)).count == 1)
    }

    @Test func `reading at the limit of depth needs little stack`() async {
        let texts = Self.nested(Self.deep)
        let kibibytes = 1024
        let isRead = await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
            let thread = Thread {
                // Reading, comparing and releasing all recurse.
                done.resume(
                    returning: texts.allSatisfy { text in
                        let bytes = Array(text.utf8)
                        // A refusal shows as a difference from the other tests of these texts.
                        guard let first = try? TOMLReader.read(bytes, file: 0),
                            let second = try? TOMLReader.read(bytes, file: 0)
                        else { return false }
                        return first == second
                    }
                )
            }
            thread.stackSize = kibibytes << 10
            thread.start()
        }
        #expect(isRead)
    }

    @Test(arguments: [
        ("", "[", "", true), ("a=", "[", "", true), ("a=", "{a=", "", true), ("", "a.", "", true),
        ("[", "a.", "", true), ("a=\"", "x", "\"", false), ("a=\"", "\\n", "\"", false),
        ("a=\"\"\"", "\"\"x", "\"\"\"", false), ("", "#\n", "", false), ("", "\n", "", false),
        ("a=", "1", "", true), ("a=1.", "1", "", false), ("a=1e", "0", "", false),
        ("a=00:00:00.", "1", "", false), ("", "\u{0}", "", true), ("", "=\n", "", true),
        ("", "a=[\n", "", true), ("", "a={\n", "", true), ("a=[", "1,", "]", true),
        ("", "[[a]]\n", "", true), ("", "a=1\n", "", true),
    ])
    func `a file of a megabyte made of one thing comes to an end`(
        _ start: String,
        _ unit: String,
        _ end: String,
        _ isRefused: Bool
    ) {
        let room = PolicyLimits.fileBytesMax - start.utf8.count - end.utf8.count
        let text = start + String(repeating: unit, count: room / unit.utf8.count) + end
        #expect(messages(text).isEmpty == !isRefused)
    }

    @Test func `any bytes are read or refused and never trap`() {
        var random = SeededRandom(seed: 3)
        let alphabet = Array("[]{}=.,\"'#\\\n\r\t abe019-_:TZu+\u{E9}".utf8) + [0, 0xFF]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).compactMap { _ in alphabet.randomElement(using: &random) }
            let source = PolicySource(name: "f", bytes: bytes)
            let (policy, diagnostics) = Policy.load([source])
            #expect((policy == nil) == diagnostics.contains { $0.severity == .error })
            #expect(diagnostics.allSatisfy { $0.span.map { $0.end <= count } ?? false }, "\(bytes)")
        }
    }
}

private func messages(_ text: String) -> [String] {
    faults(Array(text.utf8)).map(\.message)
}
