import LapseControl
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("", ""),
        ("alice", "alice"),
        ("DOMAIN\\alice", "DOMAIN\\alice"),
        ("Žluťoučký 波布 мир é ~!\"'&<>", "Žluťoučký 波布 мир é ~!\"'&<>"),
        ("smile \u{1F600}", "smile \u{1F600}"),
        ("\u{0}", "\\u{0}"),
        ("a\tb\r\nc", "a\\u{9}b\\u{d}\\u{a}c"),
        ("\u{1B}[2J", "\\u{1b}[2J"),
        ("\u{7F}", "\\u{7f}"),
        ("\u{80}\u{9B}\u{9F}", "\\u{80}\\u{9b}\\u{9f}"),
        ("\u{A0}x", "\u{A0}x"),
        ("\u{AD}", "\\u{ad}"),
        ("\u{61C}\u{200E}\u{200F}", "\\u{61c}\\u{200e}\\u{200f}"),
        ("\u{202A}\u{202E}", "\\u{202a}\\u{202e}"),
        ("\u{2066}\u{2069}", "\\u{2066}\\u{2069}"),
        (
            "a\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}b",
            "a\\u{200b}\\u{200c}\\u{200d}\\u{2060}\\u{feff}b"
        ),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
        ("\u{3164}\u{115F}\u{FE0F}\u{34F}", "\\u{3164}\\u{115f}\\u{fe0f}\\u{34f}"),
        ("\u{E0041}", "\\u{e0041}"),
        ("\u{E000}\u{10FFFF}\u{378}", "\\u{e000}\\u{10ffff}\\u{378}"),
    ])
    func `text keeps what is plainly visible and escapes the rest`(given: String, expected: String)
    {
        #expect(PlainText.escaped(given) == expected)
        #expect(PlainText.escaped(utf8: given.utf8) == expected)
    }

    @Test(
        arguments: [
            ([0xFF], "\\x{ff}"),
            ([0x61, 0xC3], "a\\x{c3}"),
            ([0xC3, 0x28], "\\x{c3}("),
            ([0xE2, 0x82, 0x62], "\\x{e2}\\x{82}b"),
            ([0xC0, 0x80], "\\x{c0}\\x{80}"),
            ([0xED, 0xA0, 0x80, 0x7A], "\\x{ed}\\x{a0}\\x{80}z"),
            ([0xF0, 0x9F, 0x98, 0x80, 0xF5], "\u{1F600}\\x{f5}"),
            ([0x1B, 0xFE, 0x0A], "\\u{1b}\\x{fe}\\u{a}"),
        ] as [([UInt8], String)]
    )
    func `bytes that are no UTF-8 are shown one by one`(given: [UInt8], expected: String) {
        #expect(PlainText.escaped(utf8: given) == expected)
    }

    @Test func `escaping twice changes nothing more`() {
        let wrong = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
            let once = PlainText.escaped("a\(scalar)b")
            return PlainText.escaped(once) != once
                || !once.unicodeScalars.allSatisfy(PlainText.isPlain)
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: [
        ("", ""), ("\n\n", ""), ("a", "a"), ("a\n\n b\n", "a\n\n b"), ("\na", "\na"),
        ("a\r\nb", "a\\u{d}\nb"), ("\u{1B}[2J\n\u{202E}x", "\\u{1b}[2J\n\\u{202e}x"),
        ("a\u{2028}b\u{B}c", "a\\u{2028}b\\u{b}c"),
    ])
    func `a text of several lines keeps its line feeds alone`(given: String, expected: String) {
        #expect(PlainText.escapedLines(given) == expected)
    }

    @Test func `a JSON document keeps its meaning and loses what a terminal would obey`() {
        let json = "{\n  \"a\" : \"x\u{9B}\u{202E}\u{7F}\u{E0041}é\\n\"\n}"
        let expected = "{\n  \"a\" : \"x\\u009b\\u202e\\u007f\\udb40\\udc41é\\n\"\n}"
        #expect(PlainText.escapedJSON(json) == expected)
    }
}
