import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct SessionReportTests {
    private static func report(_ session: SessionInfo) -> String {
        SessionReport.text(session, zone: .utc)
    }

    @Test func `a warned session is shown with its terminals and what is due`() {
        #expect(
            Self.report(FixtureSessions.warned) == """
                Session    a1
                User       alice (uid 1001)
                From       192.0.2.7
                Service    sshd
                Leader     pid 4242
                Opened     2026-03-01 09:15:02 +0000 (1h 2m ago)
                Terminal   pts/3, idle 12.3s
                           pts/4, idle 4m 5s
                Idle       12.3s of 15m
                Seen       input, 12.3s ago
                Lifetime   1h 2m of 12h
                Stage      warned (idle)
                Next       end in 12s (idle)

                """
        )
    }

    @Test func `a session without limits says so`() {
        #expect(
            Self.report(FixtureSessions.console) == """
                Session    a2
                User       alice (uid 1001)
                From       this host
                Service    login
                Leader     pid 77
                Opened     2026-03-01 09:15:02 +0000 (1d 1h ago)
                Terminal   tty1, idle 0s
                Idle       0s (no limit)
                Lifetime   1d 1h (no limit)
                Stage      active
                Next       nothing is due

                """
        )
    }

    @Test func `a session that cannot be measured says why`() {
        let lines = Self.report(FixtureSessions.sftp).split(separator: "\n")
        #expect(lines.contains("Idle       not measurable: no terminal found"))
        #expect(lines.contains("Next       warn in 11h 57m (lifetime)"))
    }

    @Test func `a session that has ended is shown with who, why and what was spared`() {
        #expect(
            Self.report(FixtureSessions.ended) == """
                Session    a6
                User       alice (uid 1001, asked for by al)
                From       192.0.2.7
                Service    sshd
                Leader     pid 3000
                Opened     2026-03-01 09:15:02 +0000 (2h 1m ago)
                Stage      ended
                Ended      2026-03-01 10:15:02 +0000
                Lasted     1h
                Reason     by command
                By         uid 0
                Why        maintenance at noon
                Spared     tmux: server, pid 3100
                           rsync, pid 3200

                """
        )
    }

    @Test func `a hold and root are shown`() {
        let lines = Self.report(FixtureSessions.held).split(separator: "\n")
        #expect(lines.contains("Root       works in it: root's limits hold"))
        #expect(lines.contains("Held       until 2026-03-01 09:45:02 +0000"))
        #expect(lines.contains("           restoring the ledger"))
    }

    @Test func `work that keeps a session is named, and until when it may`() {
        let lines = Self.report(FixtureSessions.held).split(separator: "\n")
        let until = "2026-03-01 13:15:02 +0000"
        #expect(
            lines.contains(
                "Seen       work of make[123], 59m 59s ago; counts until \(until) at most (work-max)"
            )
        )
    }

    @Test func `every kind of activity has its words`() {
        let words = ActivityInfo.Doing.allCases.map { ActivityInfo(doing: $0, agoMs: 0).name }
        #expect(Set(words).count == ActivityInfo.Doing.allCases.count)
    }

    @Test func `hostile text is shown, and obeyed by no terminal`() {
        #expect(
            Self.report(FixtureSessions.hostile) == #"""
                Session    h4
                User       ev\u{1b}[2Jil\u{202e} (uid unknown, asked for by \u{7f})
                From       a\u{200b}b\u{d}\u{a}
                Service    ss\u{9b}hd
                Leader     pid 5
                Opened     2026-03-01 09:15:02 +0000 (0s ago)
                Terminal   \u{1}, not measurable
                Idle       not measurable: \u{0}
                Lifetime   0s (no limit)
                Stage      active
                Next       nothing is due

                """#
        )
    }

    @Test func `a locked session is shown with its lock`() {
        let text = SessionReport.text(FixtureSessions.locked, zone: .utc)
        #expect(
            text.hasSuffix(
                """
                Stage      locked (idle)
                Locked     since 2026-03-01 10:30:02 +0000, because it was idle
                           2 tries to unlock it failed
                           will be ended at 2026-03-01 11:30:02 +0000 unless it is unlocked
                Next       end in 55m (locked)

                """
            )
        )
    }
}
