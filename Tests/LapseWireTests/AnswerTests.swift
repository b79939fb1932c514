import LapseWire
import Testing

@Suite struct AnswerTests {
    private static let token = CloseToken(low: 1, high: 2)

    @Test(arguments: [
        Answer(.allowed(session: .max, token: token)),
        Answer(.allowed(session: 0, token: token), text: [UInt8]("Last session: idle.\n".utf8)),
        Answer(.refused, text: [UInt8]("Zu viele Sitzungen für dich.".utf8)),
        Answer(.refused),
        Answer(.noted),
        Answer(.outside),
        Answer(.unable, text: [UInt8]("the frame is of version 2".utf8)),
    ])
    func `an answer comes back as it was`(answer: Answer) throws {
        #expect(try Answer.decode(answer.encode()) == answer)
    }

    @Test func `the frame of a refusal is fixed byte for byte`() {
        let expected: [UInt8] = [
            0x4C, 0x41, 0x50, 0x53, 1, 3, 9, 0, 18, 1, 0, 2, 19, 2, 0, 0x6E, 0x6F,
        ]
        #expect(Answer(.refused, text: [0x6E, 0x6F]).encode() == expected)
    }

    @Test func `a text is cut at its limit between two characters`() {
        let limit = WireLimits.textMax
        let plain = [UInt8](repeating: 0x61, count: limit)
        #expect(Answer(.refused, text: plain).text == plain)
        #expect(Answer(.refused, text: plain + [0x62]).text == plain)
        for character in ["é", "€", "🔒"] {
            let bytes = [UInt8](character.utf8)
            for room in 1...bytes.count {
                let before = [UInt8](repeating: 0x61, count: limit - room)
                let text = Answer(.refused, text: before + bytes + [0x62]).text
                #expect(text == (room == bytes.count ? before + bytes : before))
            }
        }
    }

    @Test func `a text ends before its first NUL`() {
        #expect(Answer(.refused, text: [0x61, 0, 0x62]).text == [0x61])
        let long = [UInt8](repeating: 0x61, count: 4) + [0] + [UInt8](repeating: 0x62, count: 600)
        #expect(Answer(.refused, text: long).text == [0x61, 0x61, 0x61, 0x61])
    }

    @Test func `bytes that are no UTF-8 are cut as they are`() {
        let text = Answer(.refused, text: [UInt8](repeating: 0x80, count: 600)).text
        #expect((WireLimits.textMax - 3...WireLimits.textMax).contains(text.count))
    }

    private static let session: [UInt8] = [16, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    private static let tokenField: [UInt8] = [17, 16, 0] + [UInt8](repeating: 7, count: 16)
    private static let allowed: [UInt8] = [18, 1, 0, 1]
    private static let refused: [UInt8] = [18, 1, 0, 2]

    @Test func `session and token come with a permission and with nothing else`() {
        let cases: [([UInt8], WireError)] = [
            ([], .missing(.decision)),
            (Self.allowed, .missing(.session)),
            (Self.session + Self.allowed, .missing(.token)),
            (Self.tokenField + Self.allowed, .missing(.session)),
            (Self.session + Self.tokenField + Self.refused, .value(.decision, at: 38)),
            (Self.session + Self.refused, .value(.decision, at: 19)),
            ([18, 1, 0, 0], .value(.decision, at: 8)),
            ([18, 1, 0, 6], .value(.decision, at: 8)),
            (Self.session + Self.tokenField + [18, 1, 0, 5], .value(.decision, at: 38)),
            (Self.refused + [19, 1, 0, 0], .value(.text, at: 12)),
            ([1, 4, 0, 0, 0, 0, 0], .unknownField(tag: 1, at: 8)),
        ]
        for (fields, error) in cases {
            let frame = resized(header(3) + fields)
            #expect(throws: error) { try Answer.decode(frame) }
        }
    }

    @Test func `a report is no answer`() {
        let report = Report.closed(Closed(session: 1, token: Self.token)).encode()
        #expect(throws: WireError.kind(2)) { try Answer.decode(report) }
    }

    @Test func `a packet at the limit is read, one byte more is not`() {
        // A field that may be skipped fills the frame up.
        let fixed = header(3) + Self.refused
        let fill = WireLimits.frameMax - fixed.count - 3
        let atLimit =
            fixed + [0x80, UInt8(fill & 0xFF), UInt8(fill >> 8)]
            + [UInt8](repeating: 0, count: fill)
        #expect(atLimit.count == WireLimits.frameMax)
        #expect(throws: Never.self) { try Answer.decode(resized(atLimit)) }
        #expect(throws: WireError.frameTooLong(length: WireLimits.frameMax + 1)) {
            try Answer.decode(resized(atLimit + [0]))
        }
    }
}
