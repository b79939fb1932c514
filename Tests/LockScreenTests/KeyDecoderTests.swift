import LockScreen
import TestRandom
import Testing

@Suite struct KeyDecoderTests {
    private static func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        var decoder = KeyDecoder()
        return bytes.compactMap { decoder.take($0) }
    }

    private static func text(_ text: String) -> [Key] { text.utf8.map { .byte($0) } }

    private static let keys: [(bytes: String, key: Key)] = [
        ("\r", .enter), ("\n", .enter), ("\u{8}", .erase), ("\u{7F}", .erase),
        ("\u{15}", .eraseLine), ("\u{17}", .eraseWord), ("\u{C}", .redraw),
        ("\u{3}", .cancel), ("\u{4}", .cancel), ("\u{1A}", .cancel), ("\u{1C}", .cancel),
        // Answers of the terminal.
        ("\u{1B}[?1049;1$y", .screenMode(1)), ("\u{1B}[?1049;2$y", .screenMode(2)),
        ("\u{1B}[?1049;0$y", .screenMode(0)), ("\u{1B}[?1049$y", .screenMode(0)),
        ("\u{1B}[?1047;1$y", .screenMode(1)), ("\u{1B}[?1047;2$y", .screenMode(2)),
        ("\u{1B}[?62;22c", .attributes), ("\u{1B}[?1;2c", .attributes), ("\u{1B}[?6c", .attributes),
        // kitty's protocol: code:shifted:base;modifiers:event;text.
        ("\u{1B}[97u", .scalar(0x61)), ("\u{1B}[97;1u", .scalar(0x61)),
        ("\u{1B}[97;1:1u", .scalar(0x61)), ("\u{1B}[97;1:2u", .scalar(0x61)),
        ("\u{1B}[97;2u", .scalar(0x41)), ("\u{1B}[97:65;2u", .scalar(0x41)),
        ("\u{1B}[97;65u", .scalar(0x41)), ("\u{1B}[97;66u", .scalar(0x61)),
        ("\u{1B}[49:33;2u", .scalar(0x21)), ("\u{1B}[97;129u", .scalar(0x61)),
        ("\u{1B}[97;;97u", .scalar(0x61)), ("\u{1B}[49;2;33u", .scalar(0x21)),
        ("\u{1B}[97;2;228u", .scalar(228)), ("\u{1B}[57399u", .scalar(0x30)),
        ("\u{1B}[57408u", .scalar(0x39)), ("\u{1B}[13u", .enter), ("\u{1B}[57414u", .enter),
        ("\u{1B}[127u", .erase), ("\u{1B}[27u", .cancel), ("\u{1B}[99;5u", .cancel),
        ("\u{1B}[117;5u", .eraseLine), ("\u{1B}[119;5u", .eraseWord), ("\u{1B}[100;5u", .cancel),
        ("\u{1B}[109;5u", .enter), ("\u{1B}[128512u", .scalar(128_512)),
        // xterm's modifyOtherKeys.
        ("\u{1B}[27;2;65~", .scalar(0x41)), ("\u{1B}[27;2;33~", .scalar(0x21)),
        ("\u{1B}[27;5;99~", .cancel), ("\u{1B}[27;2;13~", .enter),
    ]

    @Test(arguments: keys)
    func `a sequence or control character is one key`(bytes: String, key: Key) {
        #expect(Self.keys(bytes.utf8) == [key])
        let around = Self.keys(Array("x".utf8) + bytes.utf8 + Array("y".utf8))
        #expect(around == [.byte(0x78), key, .byte(0x79)])
    }

    private static let silent: [String] = [
        "", "\u{0}", "\u{9}", "\u{7}", "\u{E}", "\u{18}", "\u{1F}",
        // Cursor keys, function keys, keypad, with and without modifiers.
        "\u{1B}[A", "\u{1B}OA", "\u{1B}[1;5A", "\u{1B}[3~", "\u{1B}[15;2~", "\u{1B}OP", "\u{1B}OM",
        "\u{1B}[[A", "\u{1B}[[E", "\u{1B}[Z", "\u{1B}[E", "\u{1B}\u{1B}[A", "\u{1B}Nx",
        // Alt and a key.
        "\u{1B}x", "\u{1B}\u{7F}", "\u{1B} ", "\u{1B}1",
        // Mouse: X10 with any three bytes, SGR, urxvt.
        "\u{1B}[M !!", "\u{1B}[M\u{20}\r\r", "\u{1B}[M\u{1B}[A", "\u{1B}[M\u{0}\u{3}\u{7F}",
        "\u{1B}[<0;12;13M", "\u{1B}[<0;12;13m", "\u{1B}[<35;1;1M", "\u{1B}[32;10;10M",
        // What the application had asked for.
        "\u{1B}[?2026;1$y", "\u{1B}[?25;2$y", "\u{1B}[?10470;1$y",
        // Focus, bracketed paste.
        "\u{1B}[I", "\u{1B}[O", "\u{1B}[200~", "\u{1B}[201~",
        // Keys without text, released keys, Alt and Super of both protocols.
        "\u{1B}[57441u", "\u{1B}[57358u", "\u{1B}[97;1:3u", "\u{1B}[13;1:3u", "\u{1B}[97;3u",
        "\u{1B}[97;9u", "\u{1B}[9u", "\u{1B}[97;7u", "\u{1B}[49;5u", "\u{1B}[27;3;97~",
        "\u{1B}[27;1~", "\u{1B}[u", "\u{1B}[55296u", "\u{1B}[1114112u", "\u{1B}[133u",
        "\u{1B}[99999999999999999999u", "\u{1B}[0;0;0u", "\u{1B}[7;1;7u",
        // Answers to what others asked.
        "\u{1B}[?2004;1$y", "\u{1B}[>0;276;0c", "\u{1B}[12;40R", "\u{1B}[0n", "\u{1B}[8;24;80t",
        "\u{1B}[?1u", "\u{1B}P1$r0m\u{1B}\\", "\u{1B}P>|XTerm(370)\u{1B}\\",
        "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", "\u{1B}]11;rgb:0000/0000/0000\u{7}",
        "\u{1B}_Gi=31;OK\u{1B}\\", "\u{1B}^pm\u{1B}\\", "\u{1B}Xsos\u{1B}\\",
        "\u{1B}[1:2:3:4;5:6:7;8:9;10;11;12;13z", "\u{1B}[ !\"#$%&'()*+,-./@",
    ]

    @Test(arguments: silent)
    func `what terminals send by themselves is no key`(bytes: String) {
        #expect(Self.keys(bytes.utf8) == [])
        let around = Self.keys(Array("x".utf8) + bytes.utf8 + Array("y".utf8))
        #expect(around == [.byte(0x78), .byte(0x79)])
    }

    @Test func `text comes as it is, whatever its encoding`() {
        #expect(Self.keys("Pa55 wörd~".utf8) == Self.text("Pa55 wörd~"))
        let high = (0x80...0xFF).map { UInt8($0) }
        #expect(Self.keys(high) == high.map { .byte($0) })
        #expect(Self.keys("\u{1B}[200~abc\u{1B}[201~".utf8) == Self.text("abc"))
    }

    private static let begun = [
        "\u{1B}", "\u{1B}[", "\u{1B}[1;", "\u{1B}O", "\u{1B}[[", "\u{1B}]11;", "\u{1B}P", "\u{1B}_",
        "\u{1B}[?1049;1$", "\u{1B}[<0;1", "\u{1B}\u{1B}",
    ]

    @Test(arguments: begun)
    func `Enter counts within whatever was begun`(bytes: String) {
        #expect(Self.keys(bytes.utf8 + Array("\rx".utf8)) == [.enter, .byte(0x78)])
        #expect(Self.keys(bytes.utf8 + Array("\u{3}x".utf8)) == [.cancel, .byte(0x78)])
    }

    @Test(arguments: begun + ["\u{1B}[M", "\u{1B}[M !"])
    func `what does not go on is over after a while`(bytes: String) {
        var decoder = KeyDecoder()
        #expect(decoder.patience == nil)
        #expect(bytes.utf8.compactMap { decoder.take($0) } == [])
        let isEscape = bytes.utf8.last == 0x1B
        #expect(decoder.patience == (isEscape ? 100 : 1_000))
        #expect(decoder.pause() == (isEscape ? .cancel : nil))
        #expect(decoder.patience == nil)
        #expect(decoder.take(0x78) == .byte(0x78))
        #expect(decoder.pause() == nil)
    }

    /// No state is for ever, and none is reached that text or Enter could not leave.
    @Test func `after any bytes and a pause a terminal can be typed at`() {
        var random = SeededRandom(seed: 20_261_128)
        let text = "\u{1B}\u{1B}\u{1B}[[[?$;:0123456789uyc~MOP]\\X^_<>AZmhl \r\n\u{3}\u{7}"
        let alphabet = Array(text.utf8)
        for round in 0..<200_000 {
            var decoder = KeyDecoder()
            for byte in random.bytes(0...24) {
                let isChosen = round % 2 == 0
                _ = decoder.take(isChosen ? alphabet[Int(byte) % alphabet.count] : byte)
            }
            _ = decoder.pause()
            let after = [0x61, 0x0D].map { decoder.take($0) }
            guard after == [.byte(0x61), .enter] else {
                Issue.record("round \(round) left it with \(after)")
                return
            }
        }
    }

    /// Text that is made of control sequences alone never yields a byte of theirs.
    @Test func `no piece of a sequence is ever text`() {
        var random = SeededRandom(seed: 7)
        let sequences = Self.silent + Self.keys.map(\.bytes)
        for _ in 0..<20_000 {
            let chosen = (0..<8).map { _ in sequences.randomElement(using: &random) ?? "" }
            // Alt and a key, or SS2, before another sequence are still that.
            let found = Self.keys(chosen.flatMap { Array($0.utf8) })
            let texts = found.filter { if case .byte = $0 { true } else { false } }
            guard texts.isEmpty else {
                Issue.record("\(chosen) yields \(texts)")
                return
            }
        }
    }
}
