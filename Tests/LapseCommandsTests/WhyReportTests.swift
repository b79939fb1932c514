import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct WhyReportTests {
    private static func report(_ why: Explanation, of session: SessionInfo) -> String {
        WhyReport.text(why, of: session, width: nil, zone: .utc)
    }

    @Test func `the reasons are shown, what happens first of all`() {
        #expect(
            Self.report(FixtureSessions.explanation, of: FixtureSessions.warned) == """
                Session    a1: alice, sshd
                Stage      warned (idle)
                Next       will be warned in 12s (idle)
                           will be ended in 42s (idle)
                           will be ended in 1m 30s (certificate)
                Held       for 30m, until 2026-03-01 09:45:02 +0000
                           by uid 1001: a long lunch
                Seen       input, 12.3s ago
                           work of make[123], 0.5s ago; has counted until 2026-03-01 13:15:02 +0000 (work-max)
                           output, 0.4s ago; does not count (activity)
                Activity   pts/3: last input 12.3s ago (a read that was seen)
                           pts/4: last input unknown (cannot be read)
                Mode       enforce (built in)
                Unknown    groups: rules that ask for it were passed over
                Exception  rule night, /etc/lapse/lapse.d/10-site.toml:11, until 2026-03-02 09:15:02 +0000
                           migration of the ledger

                SETTING   VALUE          FROM
                idle      "15m"          rule night, /etc/lapse/lapse.d/10-site.toml:12
                lifetime  "12h"          /etc/lapse/lapse.toml:3
                warn      ["2m", "30s"]  built in

                """
        )
    }

    @Test func `what a lock is for, who asked for it and what comes of it is said`() {
        var why = FixtureSessions.explanation
        why.steps = [
            .init(what: .lock, reason: .lifetime, inMs: 60_000),
            .init(what: .end, reason: .hours, inMs: 90_000),
        ]
        let coming = Self.report(why, of: FixtureSessions.warned)
        #expect(coming.contains("\nNext       will be locked in 1m (lifetime)\n"))
        let idle = Self.report(why, of: FixtureSessions.locked)
        #expect(
            idle.contains(
                """

                Stage      locked (idle)
                Locked     since 2026-03-01 10:30:02 +0000, because it was idle
                           2 tries to unlock it failed
                           will be ended at 2026-03-01 11:30:02 +0000 unless it is unlocked
                Next\u{20}
                """
            )
        )
        let asked = Self.report(why, of: FixtureSessions.lockedByRoot)
        #expect(
            asked.contains(
                """

                Stage      locked (request)
                Locked     since 2026-03-01 10:30:02 +0000, because somebody asked for it
                           by uid 0: fire drill
                           without end
                Next\u{20}
                """
            )
        )
    }

    @Test func `a session with nothing due and nothing known says so`() {
        var why = FixtureSessions.explanation
        why.mode = .observe
        why.settings = []
        (why.unknown, why.exceptions, why.evidence, why.holds, why.steps) = ([], [], [], [], [])
        why.activities = []
        #expect(
            Self.report(why, of: FixtureSessions.sftp) == """
                Session    a1: alice, sshd
                Stage      active
                Next       nothing is due
                Activity   not measurable: no terminal found
                Mode       observe: everything is recorded, nobody is warned, locked or ended (built in)

                SETTING  VALUE  FROM

                """
        )
        let root = Self.report(why, of: FixtureSessions.held)
        #expect(root.contains("Session    a1: alexandra.von.hohenfels, remote-login, with root's"))
    }

    @Test func `the steps of an end have a row each`() {
        let end = SettingInfo(
            name: "end",
            value: "[{ signal = \"HUP\", wait = \"1s\" }, { signal = \"KILL\", wait = \"2s\" }]",
            origin: .builtIn
        )
        #expect(
            DecisionReport.table([end], width: nil) == """
                SETTING  VALUE                             FROM
                end      { signal = "HUP", wait = "1s" }   built in
                         { signal = "KILL", wait = "2s" }

                """
        )
    }

    @Test func `a table on a terminal fits it`() {
        for width in 44...120 {
            let text = DecisionReport.table(FixtureSessions.explanation.settings, width: width)
            let lines = text.split(separator: "\n")
            #expect(lines.allSatisfy { TextWidth.of(String($0)) <= width }, "\(width)")
        }
    }

    @Test func `hostile text is shown, and obeyed by no terminal`() {
        let bad = "\u{1B}[2J\u{202E}\n"
        let origin = OriginInfo(rule: bad, place: bad)
        let why = Explanation(
            id: bad,
            mode: .enforce,
            modeOrigin: origin,
            settings: [.init(name: bad, value: bad, origin: origin)],
            unknown: [bad],
            exceptions: [.init(rule: bad, reason: bad, untilUs: 0, place: bad)],
            activities: [.init(doing: .work, what: bad, agoMs: 1)],
            evidence: [.init(terminal: bad, lastInputMs: 1, how: bad)],
            holds: [.init(untilUs: 0, inMs: 0, by: bad, why: bad)]
        )
        let text = Self.report(why, of: FixtureSessions.hostile)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || PlainText.isPlain($0) })
        #expect(text.split(separator: "\n").count == 14)
    }
}
