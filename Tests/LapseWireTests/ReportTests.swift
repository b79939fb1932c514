import LapseWire
import Testing

@Suite struct ReportTests {
    /// The frame of version 1, byte for byte: a change of these bytes needs a new version.
    private static let openedFrame: [UInt8] = [
        0x4C, 0x41, 0x50, 0x53, 1, 1, 30, 0,
        1, 4, 0, 0xE8, 0x03, 0, 0,
        2, 3, 0, 0x61, 0x6E, 0x6E,
        3, 4, 0, 0x73, 0x73, 0x68, 0x64,
        4, 3, 0, 0x73, 0x73, 0x68,
        8, 1, 0, 2,
    ]

    private static let closedFrame: [UInt8] = [
        0x4C, 0x41, 0x50, 0x53, 1, 2, 30, 0,
        16, 8, 0, 8, 7, 6, 5, 4, 3, 2, 1,
        17, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ]

    @Test func `an opened frame is read field by field`() throws {
        let report = try Report.decode(Self.openedFrame)
        guard case .opened(let opened) = report else {
            Issue.record("not an opened report: \(report)")
            return
        }
        #expect(opened.uid == 1000)
        #expect(opened.user == [UInt8]("ann".utf8))
        #expect(opened.service == [UInt8]("sshd".utf8))
        #expect(opened.tty == [UInt8]("ssh".utf8))
        #expect(opened.rhost.isEmpty && opened.ruser.isEmpty && opened.authInfo.isEmpty)
        #expect(opened.cut == .rhost)
        #expect(report.encode() == Self.openedFrame)
    }

    @Test func `a nested frame has the fields of an opened one and is told from it`() throws {
        var frame = Self.openedFrame
        frame[5] = 4
        guard case .opened(let opened) = try Report.decode(Self.openedFrame) else {
            Issue.record("not an opened report")
            return
        }
        #expect(try Report.decode(frame) == .nested(opened))
        #expect(Report.nested(opened).encode() == frame)
        #expect(Report.nested(opened) != .opened(opened))
    }

    @Test func `a closed frame is read field by field`() throws {
        let token = CloseToken(low: 0x0807_0605_0403_0201, high: 0x100F_0E0D_0C0B_0A09)
        let expected = Report.closed(Closed(session: 0x0102_0304_0506_0708, token: token))
        #expect(try Report.decode(Self.closedFrame) == expected)
        #expect(expected.encode() == Self.closedFrame)
    }

    @Test func `every prefix of a frame is refused`() {
        for frame in [Self.openedFrame, Self.closedFrame] {
            for length in 0..<frame.count {
                let prefix = [UInt8](frame[..<length])
                let expected: WireError =
                    length < WireLimits.headerSize
                    ? .notAFrame
                    : .bodyLength(declared: 30, actual: length - WireLimits.headerSize)
                #expect(throws: expected) { try Report.decode(prefix) }
            }
        }
    }

    @Test func `a frame that ends within a field is refused, whatever its header says`() throws {
        // Where the fields of the two frames begin; tty and cut may be missing.
        let whole: [(frame: [UInt8], ends: [Int])] = [
            (Self.openedFrame, [28, 34]), (Self.closedFrame, []),
        ]
        for (frame, ends) in whole {
            for length in WireLimits.headerSize..<frame.count {
                let prefix = resized([UInt8](frame[..<length]))
                if ends.contains(length) {
                    #expect(throws: Never.self) { try Report.decode(prefix) }
                } else {
                    #expect(throws: WireError.self) { try Report.decode(prefix) }
                }
            }
        }
    }

    struct BadFrame: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let frame: [UInt8]
        let error: WireError

        init(_ what: String, _ frame: [UInt8], _ error: WireError) {
            testDescription = what
            self.frame = frame
            self.error = error
        }
    }

    private static let uid: [UInt8] = [1, 4, 0, 0, 0, 0, 0]
    private static let user: [UInt8] = [2, 1, 0, 0x61]
    private static let service: [UInt8] = [3, 1, 0, 0x62]

    static let badFrames: [BadFrame] = [
        BadFrame("nothing", [], .notAFrame),
        BadFrame("other magic", [0x4C, 0x41, 0x50, 0x54, 1, 1, 0, 0], .notAFrame),
        BadFrame("version 0", [0x4C, 0x41, 0x50, 0x53, 0, 1, 0, 0], .version(0)),
        BadFrame("version 2", [0x4C, 0x41, 0x50, 0x53, 2, 1, 0, 0], .version(2)),
        BadFrame("kind 0", header(0), .kind(0)),
        BadFrame("an answer", header(3), .kind(3)),
        BadFrame("kind 255", header(255), .kind(255)),
        BadFrame("no fields", header(1), .missing(.uid)),
        BadFrame("no user", resized(header(1) + uid + service), .missing(.user)),
        BadFrame("no service", resized(header(1) + uid + user), .missing(.service)),
        BadFrame("closed without session", header(2), .missing(.session)),
        BadFrame("header too long", header(1) + uid, .bodyLength(declared: 0, actual: 7)),
        BadFrame("one byte of a field", resized(header(1) + [1]), .truncated(at: 8)),
        BadFrame("a field's header only", resized(header(1) + [1, 4, 0]), .truncated(at: 8)),
        BadFrame(
            "a field beyond the frame",
            resized(header(1) + uid + [2, 0xFF, 0xFF, 0x61]),
            .truncated(at: 15)
        ),
        BadFrame("tag 0", resized(header(1) + [0, 0, 0]), .unknownField(tag: 0, at: 8)),
        BadFrame(
            "an unknown tag that matters",
            resized(header(1) + uid + [0x7F, 0, 0]),
            .unknownField(tag: 0x7F, at: 15)
        ),
        BadFrame(
            "a field of another kind",
            resized(header(1) + uid + user + service + [18, 1, 0, 1]),
            .unknownField(tag: 18, at: 23)
        ),
        BadFrame("uid twice", resized(header(1) + uid + uid), .duplicate(tag: 1, at: 15)),
        BadFrame("service first", resized(header(1) + service + uid), .disordered(tag: 1, at: 12)),
        BadFrame(
            "a skipped field twice",
            resized(header(1) + uid + user + service + [0x80, 0, 0, 0x80, 0, 0]),
            .duplicate(tag: 0x80, at: 26)
        ),
        BadFrame(
            "uid of 3 bytes",
            resized(header(1) + [1, 3, 0, 0, 0, 0]),
            .length(.uid, length: 3, at: 8)
        ),
        BadFrame(
            "empty user",
            resized(header(1) + uid + [2, 0, 0]),
            .length(.user, length: 0, at: 15)
        ),
        BadFrame(
            "NUL in the user",
            resized(header(1) + uid + [2, 3, 0, 0x61, 0, 0x62]),
            .value(.user, at: 15)
        ),
        BadFrame(
            "an unknown cut",
            resized(header(1) + uid + user + service + [8, 1, 0, 16]),
            .value(.cut, at: 23)
        ),
    ]

    @Test(arguments: badFrames)
    func `a bad frame is refused with what and where`(bad: BadFrame) {
        #expect(throws: bad.error) { try Report.decode(bad.frame) }
    }

    @Test func `a field that may be skipped is skipped`() throws {
        let frame = resized(Self.openedFrame + [0x80, 2, 0, 1, 2, 0xFF, 0, 0])
        #expect(try Report.decode(frame) == Report.decode(Self.openedFrame))
    }

    @Test func `the error texts name field, place and figure`() {
        #expect(
            WireError.length(.user, length: 0, at: 15).description
                == "the field 'user' at byte 15 has a length of 0"
        )
        #expect(
            WireError.version(2).description
                == "the frame is of version 2, understood is 1"
        )
        #expect(
            WireError.bodyLength(declared: 7, actual: -1).description
                == "the header announces 7 bytes, there are -1"
        )
    }
}

/// A header of this version with no fields.
func header(_ kind: UInt8) -> [UInt8] {
    [0x4C, 0x41, 0x50, 0x53, 1, kind, 0, 0]
}

/// The frame with the length in its header set to what it has.
func resized(_ frame: [UInt8]) -> [UInt8] {
    var frame = frame
    let length = frame.count - WireLimits.headerSize
    frame[6] = UInt8(truncatingIfNeeded: length)
    frame[7] = UInt8(truncatingIfNeeded: length >> 8)
    return frame
}
