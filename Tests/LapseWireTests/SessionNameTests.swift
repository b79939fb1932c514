import LapseWire
import TestRandom
import Testing

@Suite struct SessionNameTests {
    @Test(
        arguments: [
            (0, "00000000"),
            (1, "00000001"),
            (31, "0000000z"),
            (32, "00000010"),
            (0xFF_FFFF_FFFF, "zzzzzzzz"),
            (0x01_2345_6789, "04hmasw9"),
        ] as [(UInt64, String)]
    )
    func `a session's name is its low 40 bits in base32`(session: UInt64, name: String) {
        #expect(String(decoding: SessionName.encode(session), as: UTF8.self) == name)
        #expect(SessionName.decode([UInt8](name.utf8)) == session)
    }

    @Test func `the high bits do not show`() {
        #expect(SessionName.encode(0xABCD_EF00_0000_0001) == SessionName.encode(1))
        #expect(SessionName.decode(SessionName.encode(.max)) == SessionName.mask)
    }

    @Test func `what people type for a digit is understood`() {
        #expect(
            SessionName.decode([UInt8]("OoIiLl0A".utf8))
                == SessionName.decode([UInt8]("0011110a".utf8))
        )
    }

    @Test(arguments: ["", "0000000", "000000000", "0000000u", "0000-000", "0000000 ", "0000000é"])
    func `what is no name is refused`(text: String) {
        #expect(SessionName.decode([UInt8](text.utf8)) == nil)
    }

    @Test func `every session comes back from its name`() {
        var random = SeededRandom(seed: 40)
        for _ in 0..<10_000 {
            let session = random.next()
            #expect(SessionName.decode(SessionName.encode(session)) == session & SessionName.mask)
        }
    }
}
