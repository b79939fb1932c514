import Testing

@testable import LapsePolicy

struct LockObstacleTests {
    private static let cases: [(String, TerminalKind?, Bool?, LockObstacle?)] = [
        ("", .pty, true, nil), ("", nil, true, nil), ("", .pty, false, .noPassword),
        ("", .console, nil, .passwordUnknown), ("", .absent, true, .noTerminal),
        ("", .absent, false, .noTerminal),
        ("unlock = \"pam\"", .pty, false, nil), ("unlock = \"pam\"", .pty, nil, nil),
        ("unlock = \"pam\"", .absent, false, .noTerminal),
        ("on-idle = \"end\"", .pty, false, nil), ("on-idle = \"report\"", .pty, nil, nil),
        ("on-idle = \"end\"", .absent, false, nil),
        ("idle = \"never\"", .pty, false, nil),
        ("on-idle = \"end\"\non-lifetime = \"reauth\"", .pty, false, .noPassword),
        ("on-idle = \"end\"\non-lifetime = \"reauth\"\nlifetime = \"never\"", .pty, false, nil),
    ]

    @Test(arguments: cases)
    func `a session that is to be locked is, unless something keeps it from that`(
        settings: String,
        terminal: TerminalKind?,
        hasPassword: Bool?,
        obstacle: LockObstacle?
    ) throws {
        let decision = try decide("[defaults]\n\(settings)\n")
        let found = decision.lockObstacle(terminal: terminal, hasPassword: hasPassword)
        #expect(found == obstacle, "\(settings)")
    }

    @Test func `nobody is locked who is only watched`() throws {
        let decision = try decide("mode = \"observe\"\n")
        #expect(!decision.locks)
        #expect(decision.lockObstacle(terminal: .absent, hasPassword: false) == nil)
        #expect(try decide("").locks)
    }

    private func decide(_ text: String) throws -> Decision {
        let source = PolicySource(name: "f.toml", bytes: Array(text.utf8))
        let policy = try #require(Policy.load([source]).policy)
        let now = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)
        let subject = Subject(
            user: "alice",
            uid: 1001,
            groups: [],
            service: "sshd",
            source: .unknown,
            terminal: nil,
            auth: nil,
            isPrivileged: false
        )
        return policy.allowance(for: subject, at: now)
    }
}
