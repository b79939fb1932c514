import LockScreen
import Testing

@Suite struct ShownTextTests {
    private static func rows(_ text: String, _ width: Int, isUTF8: Bool = true) -> [String] {
        ShownText.rows(Array(text.utf8), width: width, isUTF8: isUTF8).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static let broken: [(text: String, width: Int, rows: [String])] = [
        ("", 10, [""]),
        ("abc", 10, ["abc"]),
        ("Password: ", 10, ["Password: "]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 5, ["one", "two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("a bcdefgh", 4, ["a", "bcde", "fgh"]),
        ("abcd ", 4, ["abcd", ""]),
        ("one\ntwo", 10, ["one", "two"]),
        ("one\r\ntwo", 10, ["one", "two"]),
        ("one\n\ntwo\n", 10, ["one", "", "two", ""]),
        ("a\tb", 10, ["a b"]),
        ("日本語", 4, ["日本", "語"]),
        ("日本語", 5, ["日本", "語"]),
        ("日本", 1, ["?", "?"]),
        ("äöü", 2, ["äö", "ü"]),
        ("abc", 0, ["a", "b", "c"]),
    ]

    @Test(arguments: broken)
    func `rows are broken at blanks where there are some`(text: String, width: Int, rows: [String])
    {
        #expect(Self.rows(text, width) == rows)
    }

    private static let hidden: [(bytes: [UInt8], shown: String)] = [
        ([0x1B, 0x5B, 0x32, 0x4A], "?[2J"), ([0x07], "?"), ([0x0D, 0x61], "?a"), ([0x08], "?"),
        ([0x7F], "?"), ([0x00], "?"), ([0x0E], "?"), ([0x0D], "?"),
        // C1 in one byte and in UTF-8: CSI, OSC.
        ([0x9B, 0x41], "?A"), ([0xC2, 0x9B, 0x41], "?A"), ([0xC2, 0x9D], "?"), ([0xC2, 0x85], "?"),
        // Overlong, surrogate, too large, cut off.
        ([0xC0, 0x9B], "??"), ([0xE0, 0x80, 0x9B], "???"), ([0xED, 0xA0, 0x80], "???"),
        ([0xF4, 0x90, 0x80, 0x80], "????"), ([0xC3], "?"), ([0xE2, 0x82], "??"),
        ([0xE2, 0x1B, 0x63], "??c"), ([0xFF, 0xFE], "??"),
        // Direction of writing, line separators, invisible ones.
        ([0xE2, 0x80, 0xAE], "?"), ([0xE2, 0x81, 0xA7], "?"), ([0xE2, 0x80, 0xA8], "?"),
        ([0xEF, 0xBB, 0xBF], "?"), ([0xD8, 0x9C], "?"),
    ]

    @Test(arguments: hidden)
    func `no byte of a text is a command`(bytes: [UInt8], shown: String) {
        let rows = ShownText.rows(bytes, width: 40, isUTF8: true)
        #expect(rows.map { String(decoding: $0, as: UTF8.self) } == [shown])
    }

    @Test func `a terminal that does not read UTF-8 gets ASCII`() {
        #expect(Self.rows("für 日本 €", 40, isUTF8: false) == ["f?r ?? ?"])
    }
}
