import TestRandom
import Testing

@testable import LapsePolicy

struct DiagnosticRenderingTests {
    @Test func `the number of the line sets the margin`() {
        let text = String(repeating: "\n", count: 99) + "abc"
        let rendered = render(.error("wrong", span(100, 101), help: "do"), text)
        #expect(
            rendered == """
                error: wrong
                   --> f.toml:100:2
                    |
                100 | abc
                    |  ^
                    = help: do

                """
        )
    }

    @Test func `a diagnostic without a place has none`() {
        #expect(render(.error("wrong", nil, help: "do"), "") == "error: wrong\n  = help: do\n")
    }

    @Test func `a span over several lines is marked on its first`() {
        let rendered = render(.warning("wrong", span(2, 9)), "a [\n1,\n2\n]\n")
        #expect(
            rendered == """
                warning: wrong
                 --> f.toml:1:3
                  |
                1 | a [
                  |   ^

                """
        )
    }

    @Test func `columns count characters and carets count what is shown`() {
        // The first é is two bytes, one character and one column; 日 is one character, two columns.
        let rendered = render(.error("wrong", span(11, 12)), "é\t日\u{301}\u{200B}x")
        #expect(
            rendered == """
                error: wrong
                 --> f.toml:1:6
                  |
                1 | é    日\u{301}\\u{200B}x
                  |                ^

                """
        )
    }

    @Test func `a long line is shown around the caret alone`() {
        let text = String(repeating: "a", count: 500) + "WRONG" + String(repeating: "b", count: 500)
        let rendered = render(.error("wrong", span(500, 505)), text)
        let before = String(repeating: "a", count: 60)
        let after = String(repeating: "b", count: 40)
        #expect(
            rendered == """
                error: wrong
                 --> f.toml:1:501
                  |
                1 | …\(before)WRONG\(after)…
                  |  \(String(repeating: " ", count: 60))^^^^^

                """
        )
    }

    @Test func `a long fault is marked at its start`() {
        let text = "x" + String(repeating: "é", count: 500)
        let rendered = render(.error("wrong", span(1, 1_001)), text)
        #expect(rendered.contains("| x" + String(repeating: "é", count: 50) + "…\n"))
        #expect(rendered.contains("|  " + String(repeating: "^", count: 30) + "\n"))
    }

    @Test func `a line of 160 bytes is shown whole`() {
        let text = String(repeating: "a", count: 160)
        #expect(render(.error("wrong", span(0, 1)), text).contains("| \(text)\n"))
        let longer = render(.error("wrong", span(0, 1)), text + "a")
        #expect(longer.contains("| " + String(repeating: "a", count: 41) + "…\n"))
    }

    @Test func `the name of a file cannot move the cursor`() {
        let source = PolicySource(name: "a\u{1B}[2J\n.toml", bytes: [])
        let rendered = Diagnostic.error("wrong", span(0, 0)).render(sources: [source])
        #expect(rendered.contains(" --> a\\u{1B}[2J\\u{A}.toml:1:1\n"))
    }

    @Test func `a span of no known file or behind the end is no trap`() {
        let far = SourceSpan(file: 7, 1_000..<2_000)
        let noted = Diagnostic.error("wrong", far).noting("see", far)
        #expect(render(noted, "abc") == "error: wrong\n")
        #expect(render(.error("wrong", span(1_000, 2_000)), "abc\nd").contains("--> f.toml:2:2\n"))
    }

    @Test func `any span of any bytes is rendered in bounded lines`() {
        var random = SeededRandom(seed: 2)
        let alphabet: [UInt8] = [0x0A, 0x0D, 0x09, 0x61, 0x80, 0xC3, 0xA9, 0xE2, 0xAE, 0xFF, 0]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...600, using: &random)
            let isOneLine = Bool.random(using: &random)
            let bytes = (0..<count).compactMap { _ -> UInt8? in
                let byte = alphabet.randomElement(using: &random)
                return isOneLine && byte == 0x0A ? nil : byte
            }
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = Int.random(in: start...bytes.count, using: &random)
            let source = PolicySource(name: "f.toml", bytes: bytes)
            let text = Diagnostic.error("wrong", span(start, end)).render(sources: [source])
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 6, "\(bytes) \(start) \(end)")
            #expect(lines.allSatisfy { $0.unicodeScalars.count < 1_400 })
        }
    }
}

private func span(_ start: Int, _ end: Int) -> SourceSpan {
    SourceSpan(file: 0, start..<end)
}

private func render(_ diagnostic: Diagnostic, _ text: String) -> String {
    diagnostic.render(sources: [PolicySource(name: "f.toml", bytes: Array(text.utf8))])
}
