import LockScreen
import TestRandom
import Testing

@Suite struct AnswerLineTests {
    /// Types into a line and gives what is there, and what lies behind it in the memory.
    private static func typed(_ keys: [Key]) -> (text: [UInt8], behind: [UInt8], isTooLong: Bool) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 600, alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        var line = AnswerLine(in: memory)
        for key in keys { _ = line.take(key) }
        return (Array(line.bytes), Array(memory[line.count...]), line.isTooLong)
    }

    private static func text(_ text: String) -> [Key] { text.utf8.map { .byte($0) } }

    private static let edited: [(keys: [Key], result: String)] = [
        (text("geheim"), "geheim"),
        (text("ab") + [.erase] + text("c"), "ac"),
        ([.erase, .erase] + text("a"), "a"),
        (text("aä") + [.erase], "a"),
        (text("a😀") + [.erase], "a"),
        (text("one two") + [.eraseWord], "one "),
        (text("one two  ") + [.eraseWord, .eraseWord], ""),
        (text("one two") + [.eraseLine] + text("three"), "three"),
        (text("one") + [.cancel] + text("two"), "two"),
        ([.scalar(0x61), .scalar(0xE4), .scalar(0x20AC), .scalar(0x1F600)], "aä€😀"),
        ([.scalar(0x7F), .erase], ""),
        (text("a") + [.enter, .redraw, .attributes, .screenMode(1)], "a"),
    ]

    @Test(arguments: edited)
    func `keys edit the line, and nothing is left of what they take away`(
        keys: [Key],
        result: String
    ) {
        let found = Self.typed(keys)
        #expect(String(decoding: found.text, as: UTF8.self) == result)
        #expect(!found.behind.contains { $0 != 0 })
    }

    @Test func `bytes that are no UTF-8 go one by one, at most four at a time`() {
        let bytes: [Key] = (0..<6).map { _ in .byte(0xA0) }
        #expect(Self.typed(bytes + [.erase]).text == [0xA0, 0xA0])
    }

    @Test func `512 bytes are an answer, one more is none until the line is begun anew`() {
        let full = [Key](repeating: .byte(0x61), count: 512)
        #expect(!Self.typed(full).isTooLong)
        #expect(Self.typed(full).text.count == 512)
        #expect(Self.typed(full + [.byte(0x62)]).isTooLong)
        // Not a room that becomes free again: what is missing is somewhere in the middle.
        for key in [Key.erase, .eraseWord, .eraseLine, .cancel] {
            let found = Self.typed(full + [.byte(0x62), key])
            #expect(found.text == [] && !found.isTooLong)
            #expect(!found.behind.contains { $0 != 0 })
        }
        // A character does not fit in half.
        #expect(Self.typed(full.dropLast() + [.scalar(0xE4)]).isTooLong)
    }

    @Test func `random keys stay within the memory and are forgotten`() {
        var random = SeededRandom(seed: 11)
        let special: [Key] = [.erase, .erase, .erase, .eraseWord, .eraseLine, .cancel, .enter]
        for _ in 0..<2_000 {
            var keys: [Key] = []
            for byte in random.bytes(0...900) {
                if byte == 0, let key = special.randomElement(using: &random) { keys.append(key) }
                keys.append(byte % 16 == 0 ? .scalar(UInt32(byte) &* 257) : .byte(byte))
            }
            let found = Self.typed(keys)
            #expect(found.text.count <= 512)
            #expect(!found.behind.contains { $0 != 0 })
            #expect(Self.typed(keys + [.eraseLine]).text == [])
        }
    }
}
