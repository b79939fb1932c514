import Testing

@testable import LapsePolicy

/// What the official suite cannot say: places, and how reading goes on after a fault.
struct TOMLReaderTests {
    @Test func `every key and value carries its place`() throws {
        let text = """
            a.b = [1, { c = "x" }]
            [t."ü"]
            d = 1.5
            [[u]]
            """
        let root = try TOMLReader.read(Array(text.utf8), file: 3)
        var found: [String] = []
        collect(root, into: &found, from: text)
        #expect(
            found == [
                "a: a", "b: b", "[1, { c = \"x\" }]", "1", "{ c = \"x\" }", "c: c", "\"x\"",
                "t: t", "ü: \"ü\"", "d: d", "1.5", "u: u",
            ]
        )
        #expect(root["t"]?.span.file == 3)
    }

    @Test func `a table is placed at its header, once it has one`() throws {
        let text = "[a.b]\n[a]\n[[c]]\n[[c]]\n"
        let root = try TOMLReader.read(Array(text.utf8), file: 0)
        let table = try #require(root["a"])
        #expect(table.span == SourceSpan(file: 0, 6..<9))
        let array = try #require(root["c"])
        #expect(array.span == SourceSpan(file: 0, 10..<15))
        guard case .array(let elements) = array.content else {
            Issue.record("no array")
            return
        }
        #expect(elements.map(\.span.start) == [10, 16])
    }

    @Test func `keys that only look alike are different keys`() throws {
        let text = "\"\u{E9}\" = 1\n\"e\u{301}\" = 2\n"
        let root = try TOMLReader.read(Array(text.utf8), file: 0)
        #expect(root.keys.all.count == 2)
        #expect(root["\u{E9}"]?.content == .integer(1))
        #expect(root["e\u{301}"]?.content == .integer(2))
    }

    @Test(arguments: [5, 8, 9, 10, 100])
    func `keys are found in tables of any size`(_ count: Int) throws {
        let text = (0..<count).map { "k\($0) = \($0)\n" }.joined()
        let root = try TOMLReader.read(Array(text.utf8), file: 0)
        for number in 0..<count {
            #expect(root["k\(number)"]?.content == .integer(Int64(number)))
        }
        #expect(root["k\(count)"] == nil)
        for number in 0..<count {
            let places = lines(text + "k\(number) = 0\n")
            #expect(places == [count + 1])
        }
    }

    @Test(
        arguments: [
            ("a = \nb = 1\nc =\n", [1, 3]),
            ("a = [\n  1 2,\n  3,\n]\nb = x\n", [2, 5]),
            ("a = [\n  1,\nb = x\nc = x\n", [3, 3, 4]),
            ("a = [\n  1,\nb = 2\nc = x\n", [3, 4]),
            ("a = [\n  1,\n[b]\nc = x\n", [3, 4]),
            ("a = [[1,\n 2 3],\n [4]]\nb = x", [2, 4]),
            ("a = { b = 1,\n c = 2 }\nd = x", [1, 3]),
            ("a = {\n b = 1\n[c]\nd = x", [1, 4]),
            ("a = [ \"]\", '[', # ]\n 1 2 ]\nb = x", [2, 3]),
            ("a = \"\\q\"\nb = \"\\q\\q\"\n", [1, 2, 2]),
            ("a = \"\"\"\n\\q\n\"\"\"\nb = x\n", [2, 4]),
            ("a = \"\"\"\nb = x\n", [1]),
            ("a = [0x, 1__0, 2]\nb = x\n", [1, 2]),
            ("a = [99999999999999999999, 2023-13-01, 25:00:00]\n", [1, 1, 1]),
            ("[a\nb = 1\nb = 1\n[c]\nd = 1\nd = 1\n", [1, 3, 6]),
            ("[a]\nb = 1\n[a]\nb = 2\n", [3]),
            ("a\u{0}b = 1\nc = x\n", [1, 2]),
        ] as [(String, [Int])]
    )
    func `reading goes on at the next statement`(_ text: String, _ wanted: [Int]) {
        #expect(lines(text) == wanted)
    }

    @Test func `a byte that is no UTF-8 is told once and hides nothing after it`() {
        let bytes = Array("a = \"?\"\nb = !\nc = x".utf8).map {
            $0 == UInt8(ascii: "?") ? 0xFF : $0 == UInt8(ascii: "!") ? 0xC3 : $0
        }
        #expect(lines(of: bytes) == [1, 2, 3])
    }

    @Test func `a table that a dotted key added to takes no header any more`() {
        #expect(lines("[a.b.c]\n[a]\nb.x = 1\n[a.b.d]\n[a.b]\n") == [5])
    }

    @Test(
        arguments: [
            [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]]
    )
    func `what UTF-8 forbids is refused`(_ bytes: [UInt8]) {
        #expect(lines(of: [UInt8(ascii: "#")] + bytes) == [1])
    }

    @Test(arguments: [
        ("+23:59", true), ("-23:59", true), ("+24:00", false), ("+00:60", false),
    ])
    func `an offset is less than a day`(_ offset: String, _ isRead: Bool) {
        #expect(lines("a = 2023-01-01T00:00:00\(offset)").isEmpty == isRead)
    }

    @Test func `a leap second is a time of day`() throws {
        let root = try TOMLReader.read(Array("a = 23:59:60.123456789123".utf8), file: 0)
        let time = TOMLTime(hour: 23, minute: 59, second: 60, nanosecond: 123_456_789)
        #expect(root["a"]?.content == .dateTime(.localTime(time)))
    }

    @Test(arguments: [
        ("-9223372036854775808", TOMLValue.Content.integer(.min)),
        ("0x7FFFFFFFFFFFFFFF", .integer(.max)),
        ("-0", .integer(0)), ("1e308", .float(1e308)),
        ("5e-324", .float(.leastNonzeroMagnitude)), ("1e-400", .float(0)),
    ])
    func `numbers at the edge are read`(_ text: String, _ wanted: TOMLValue.Content) throws {
        #expect(try TOMLReader.read(Array("a = \(text)".utf8), file: 0)["a"]?.content == wanted)
    }

    @Test(arguments: ["9223372036854775808", "0x8000000000000000", "1e309", "-1e999999999"])
    func `numbers over the edge are refused`(_ text: String) {
        #expect(lines("a = \(text)") == [1])
    }
}

/// The lines of the errors in `text`.
private func lines(_ text: String) -> [Int] {
    lines(of: Array(text.utf8))
}

private func lines(of bytes: [UInt8]) -> [Int] {
    let source = PolicySource(name: "f", bytes: bytes)
    return faults(bytes).compactMap { $0.span.map { source.position(of: $0.start).line } }
}

/// Keys with the text at their place, and the text at the place of values that are no tables.
private func collect(_ table: TOMLTable, into found: inout [String], from text: String) {
    func slice(_ span: SourceSpan) -> String {
        String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self)
    }
    func collect(_ value: TOMLValue) {
        switch value.content {
        case .table(let table):
            if slice(value.span).hasPrefix("{") {
                found.append(slice(value.span))
            }
            LapsePolicyTests.collect(table, into: &found, from: text)
        case .array(let elements):
            if !slice(value.span).hasPrefix("[[") {
                found.append(slice(value.span))
            }
            elements.forEach(collect)
        default:
            found.append(slice(value.span))
        }
    }
    for (key, value) in table.entries {
        found.append("\(key.name): \(slice(key.span))")
        collect(value)
    }
}
