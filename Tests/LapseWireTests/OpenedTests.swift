import LapseWire
import Testing

@Suite struct OpenedTests {
    private static func opened(
        user: Int = 1,
        service: Int = 1,
        tty: Int = 0,
        rhost: Int = 0,
        ruser: Int = 0,
        authInfo: [UInt8] = []
    ) throws -> Opened {
        func text(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x61, count: count) }
        return try Opened(
            uid: 0xFFFF_FFFE,
            user: text(user),
            service: text(service),
            tty: text(tty),
            rhost: text(rhost),
            ruser: text(ruser),
            authInfo: authInfo
        )
    }

    @Test func `a report with every text at its limit fits and comes back whole`() throws {
        let lines = [UInt8](repeating: 0x62, count: WireLimits.authInfoMax - 1) + [0x0A]
        let report = Report.opened(
            try Self.opened(
                user: WireLimits.userMax,
                service: WireLimits.serviceMax,
                tty: WireLimits.ttyMax,
                rhost: WireLimits.rhostMax,
                ruser: WireLimits.ruserMax,
                authInfo: lines
            )
        )
        let frame = report.encode()
        #expect(frame.count <= WireLimits.frameMax)
        #expect(try Report.decode(frame) == report)
        guard case .opened(let opened) = report else { return }
        #expect(opened.cut.isEmpty)
    }

    @Test func `one byte more of user or service is refused, never cut`() {
        #expect(throws: WireError.length(.user, length: 256, at: 0)) {
            try Self.opened(user: WireLimits.userMax + 1)
        }
        #expect(throws: WireError.length(.service, length: 65, at: 0)) {
            try Self.opened(service: WireLimits.serviceMax + 1)
        }
        #expect(throws: WireError.length(.user, length: 0, at: 0)) { try Self.opened(user: 0) }
    }

    @Test func `one byte more of the other texts is cut and flagged`() throws {
        let cutOfTTY = try Self.opened(tty: WireLimits.ttyMax + 1)
        #expect(cutOfTTY.tty.count == WireLimits.ttyMax && cutOfTTY.cut == .tty)
        let cutOfRhost = try Self.opened(rhost: WireLimits.rhostMax + 1)
        #expect(cutOfRhost.rhost.count == WireLimits.rhostMax && cutOfRhost.cut == .rhost)
        let cutOfRuser = try Self.opened(ruser: WireLimits.ruserMax + 1)
        #expect(cutOfRuser.ruser.count == WireLimits.ruserMax && cutOfRuser.cut == .ruser)
        for opened in [cutOfTTY, cutOfRhost, cutOfRuser] {
            #expect(try Report.decode(Report.opened(opened).encode()) == .opened(opened))
        }
    }

    @Test func `a field over its limit in a frame is refused`() throws {
        for field in WireField.allCases where field.lengths.upperBound > 16 && field != .text {
            let excess = field.lengths.upperBound + 1
            var frame = header(1)
            if field.rawValue > 1 { frame += [1, 4, 0, 0, 0, 0, 0] }
            if field.rawValue > 2 { frame += [2, 1, 0, 0x61] }
            if field.rawValue > 3 { frame += [3, 1, 0, 0x61] }
            let at = frame.count
            frame += [field.rawValue, UInt8(excess & 0xFF), UInt8(excess >> 8)]
            frame += [UInt8](repeating: 0x61, count: excess)
            let whole = resized(frame)
            #expect(throws: WireError.length(field, length: excess, at: at)) {
                try Report.decode(whole)
            }
        }
    }

    @Test func `authentication lines are cut at a line end`() throws {
        let line = [UInt8](repeating: 0x63, count: 999) + [0x0A]
        let five = line + line + line + line + line
        let cut = try Self.opened(authInfo: five)
        #expect(cut.authInfo == line + line + line + line)
        #expect(cut.cut == .authInfo)

        let oneLong = [UInt8](repeating: 0x63, count: WireLimits.authInfoMax + 1)
        let nothing = try Self.opened(authInfo: oneLong)
        #expect(nothing.authInfo.isEmpty)
        #expect(nothing.cut == .authInfo)

        // A line end as the first byte beyond does not save the line before it.
        let atLimit = [UInt8](repeating: 0x63, count: WireLimits.authInfoMax) + [0x0A]
        #expect(try Self.opened(authInfo: atLimit).authInfo.isEmpty)
    }

    @Test func `a text with a NUL is refused`() {
        #expect(throws: WireError.value(.rhost, at: 0)) {
            try Opened(uid: 0, user: [0x61], service: [0x62], rhost: [0x63, 0])
        }
    }
}
