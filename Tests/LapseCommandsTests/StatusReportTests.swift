import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct StatusReportTests {
    @Test func `the whole status is shown`() {
        #expect(
            StatusReport.text(FixtureSessions.status, zone: .utc) == """
                Daemon    lapsed 0.1.0
                Up        3d 4h, since 2026-03-01 09:15:02 +0000
                Boot      6f1c2b1e-0000-4000-8000-123456789abc
                Mode      enforce
                Policy    /etc/lapse/lapse.toml
                          /etc/lapse/lapse.d/10-site.toml
                Sessions  3 active, 1 warned, 1 ending; 2 not measurable
                Totals    120 opened, 115 closed, 7 of them ended by Lapse
                Refused   4 reports
                Faults    0

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
                Daemon    lapsed 0.1.0
                Up        3d 4h, since 2026-03-01 09:15:02 +0000
                Boot      6f1c2b1e-0000-4000-8000-123456789abc
                Mode      observe: everything is recorded, nobody is warned or ended
                More      is shown to root and to members of group lapse

                """
        )
    }

    @Test func `a faulty policy is shown with what holds instead`() {
        var status = FixtureSessions.status
        status.policy = .init(files: [], problem: "lapse.toml:3:1: no such key \u{1B}[1m")
        let lines = StatusReport.text(status, zone: .utc).split(separator: "\n")
        #expect(lines.contains("Policy    no file: the built-in defaults"))
        #expect(lines.contains(#"Problem   lapse.toml:3:1: no such key \u{1b}[1m"#))
        #expect(
            lines.contains(
                "          The policy from before stays in force until the file is right."
            )
        )
    }
}
