import Testing

@testable import LapsePolicy

struct TOMLTextTests {
    @Test(arguments: [
        ("", "\"\""), ("sshd", "\"sshd\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("a\tb\n", "\"a\\u0009b\\u000A\""), ("größe", "\"größe\""),
        ("a\u{200B}b", "\"a\\u200Bb\""), ("\u{E0041}", "\"\\U000E0041\""),
        ("e\u{301}", "\"e\u{301}\""), ("\u{7F}\u{A0}", "\"\\u007F\\u00A0\""),
    ])
    func `what hides in a text is escaped`(_ text: String, _ written: String) {
        #expect(TOMLText.string(text).utf8.elementsEqual(written.utf8))
    }

    @Test func `every scalar is read back as itself`() throws {
        for value in [UInt32](0...0x30FF) + [UInt32](0xD7F0...0xE010) + [0xFEFF, 0x1F600, 0x10FFFF]
        {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a" + String(Character(scalar)) + "b"
            let table = try TOMLReader.read(Array("k = \(TOMLText.string(text))".utf8), file: 0)
            guard case .string(let read)? = table["k"]?.content, read.isExactly(text) else {
                Issue.record("U+\(String(value, radix: 16))")
                continue
            }
        }
    }
}
