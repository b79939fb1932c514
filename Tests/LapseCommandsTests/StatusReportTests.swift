import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct StatusReportTests {
    @Test func `the whole status is shown`() {
        #expect(
            StatusReport.text(FixtureSessions.status, zone: .utc) == """
                Daemon     lapsed 0.1.0
                Up         3d 4h, since 2026-03-01 09:15:02 +0000
                Boot       6f1c2b1e-0000-4000-8000-123456789abc
                Mode       enforce
                Policy     /etc/lapse/lapse.toml
                           /etc/lapse/lapse.d/10-site.toml
                Loaded     2026-03-01 09:16:02 +0000
                Sessions   3 active, 1 warned, 2 locked, 1 ending; 2 not measurable
                Totals     120 opened, 115 closed, 7 of them ended by Lapse
                Locks      31, 24 unlocked by their users (after 5m on average)
                           1 by root, 3 ended; 9 tries failed, 0 lockers died
                Forged     2 attempts to look active
                Looks      5000 at what sessions do
                Reports    4 refused
                Faults     0

                """
        )
    }

    @Test func `what an ordinary user may not see is named, not left out in silence`() {
        var status = FixtureSessions.status
        status.policy = nil
        status.counts = nil
        status.mode = .observe
        #expect(
            StatusReport.text(status, zone: .utc) == """
                Daemon     lapsed 0.1.0
                Up         3d 4h, since 2026-03-01 09:15:02 +0000
                Boot       6f1c2b1e-0000-4000-8000-123456789abc
                Mode       observe: everything is recorded, nobody is warned, locked or ended
                More       is shown to root and to members of group lapse

                """
        )
    }

    @Test func `a refused reload is shown line by line, with what holds instead`() {
        var status = FixtureSessions.status
        status.policy = .init(
            files: [],
            loadedUs: FixtureSessions.opened,
            refused: "error: no such key \u{1B}[1m\n --> lapse.toml:3:1\n"
        )
        let text = StatusReport.text(status, zone: .utc)
        #expect(
            text.contains(
                #"""
                Policy     no file: the built-in defaults
                Loaded     2026-03-01 09:15:02 +0000
                Refused    the last reload; the policy from before stays in force:
                           error: no such key \u{1b}[1m
                            --> lapse.toml:3:1
                Sessions
                """#
            )
        )
    }

    @Test func `an exception that is over is named with its place and reason`() {
        var status = FixtureSessions.status
        status.policy?.exceptionsOver = [
            .init(
                rule: "night",
                reason: "migration \u{7}",
                untilUs: FixtureSessions.opened,
                place: "/etc/lapse/lapse.toml:9"
            )
        ]
        #expect(
            StatusReport.text(status, zone: .utc).contains(
                #"""
                Over       exception night, since 2026-03-01 09:15:02 +0000: migration \u{7} \#
                (/etc/lapse/lapse.toml:9)

                """#
            )
        )
    }
}
