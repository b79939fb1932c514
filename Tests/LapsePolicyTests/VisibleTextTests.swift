import Testing

@testable import LapsePolicy

struct VisibleTextTests {
    @Test(arguments: [
        ("plain ~ text", "plain ~ text", 12),
        ("a\tb", "a    b", 6),
        ("\u{1B}[2J", "\\u{1B}[2J", 9),
        ("\u{0}\u{7F}\u{9B}", "\\u{0}\\u{7F}\\u{9B}", 17),
        ("a\u{202E}b\u{2066}c", "a\\u{202E}b\\u{2066}c", 19),
        ("\u{200B}\u{200D}\u{FEFF}\u{AD}", "\\u{200B}\\u{200D}\\u{FEFF}\\u{AD}", 30),
        ("\u{2028}\u{A0}\u{3164}", "\\u{2028}\\u{A0}\\u{3164}", 22),
        ("\u{E000}\u{E0041}\u{FFFF}", "\\u{E000}\\u{E0041}\\u{FFFF}", 25),
        ("größe", "größe", 5),
        ("e\u{301}", "e\u{301}", 1),
        ("日本", "日本", 4),
        ("back\\slash", "back\\slash", 10),
    ])
    func `what hides is spelled out, and its columns counted`(
        _ text: String,
        _ shown: String,
        _ width: Int
    ) {
        let visible = VisibleText(text.utf8)
        #expect(Array(visible.text.utf8) == Array(shown.utf8))
        #expect(visible.width == width)
    }

    @Test(
        arguments: [
            ([0xFF], "\\xFF"), ([0x61, 0xC3], "a\\xC3"), ([0xC0, 0xAF], "\\xC0\\xAF"),
            ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
            ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
            ([0xE2, 0x82, 0x61], "\\xE2\\x82a"), ([0xF0, 0x9F, 0x98, 0x80], "😀"),
        ] as [([UInt8], String)]
    )
    func `bytes that are no UTF-8 are shown as bytes`(_ bytes: [UInt8], _ shown: String) {
        #expect(VisibleText(bytes).text == shown)
    }

    @Test func `a quoted text is cut after sixty characters`() {
        let text = String(repeating: "é", count: 60)
        #expect(VisibleText.quoted(text) == "`\(text)`")
        #expect(VisibleText.quoted(text + "x") == "`\(text)…`")
    }

    @Test func `every scalar comes out visible and alone on its line`() {
        // The planes with characters of every kind, and the tags of plane 14.
        for value in [UInt32](0...0xFFFF) + [UInt32](0xE0000...0xE0FFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = VisibleText(String(Character(scalar)).utf8).text
            let isSafe = text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value)
                    && $0.properties.generalCategory != .format
            }
            if text.isEmpty || !isSafe {
                Issue.record("U+\(String(value, radix: 16)) comes out as \(text)")
            }
        }
    }
}
