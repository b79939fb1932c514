import LapseWire
import Testing

@Suite struct CloseTokenTests {
    @Test func `a token comes back from its bytes`() throws {
        let bytes = [UInt8](1...16)
        let token = try #require(CloseToken(bytes))
        #expect(token.bytes == bytes)
        #expect(token.low == 0x0807_0605_0403_0201)
        #expect(token.high == 0x100F_0E0D_0C0B_0A09)
    }

    @Test func `fifteen or seventeen bytes are no token`() {
        #expect(CloseToken([UInt8](repeating: 1, count: 15)) == nil)
        #expect(CloseToken([UInt8](repeating: 1, count: 17)) == nil)
    }

    @Test func `tokens that differ in one bit are different`() {
        let token = CloseToken(low: 5, high: 9)
        #expect(token == CloseToken(low: 5, high: 9))
        for bit in 0..<64 {
            #expect(token != CloseToken(low: 5 ^ (1 << UInt64(bit)), high: 9))
            #expect(token != CloseToken(low: 5, high: 9 ^ (1 << UInt64(bit))))
        }
    }
}
