import ControlFixture
import LapseControl
import Testing

@testable import LapseCommands

@Suite struct SessionTableTests {
    private static func table(ended: Bool = true, width: Int? = nil) -> String {
        let sessions = FixtureSessions.all.filter { ended || $0.ended == nil }
        return SessionTable.text(sessions, includingEnded: ended, width: width, zone: .utc)
    }

    @Test func `a list that goes to a file is whole`() {
        var sessions = [FixtureSessions.warned, FixtureSessions.console, FixtureSessions.bobs]
        sessions[0].user = "al"
        sessions[1].user = "al"
        #expect(
            SessionTable.text(sessions, includingEnded: false, width: nil, zone: .utc) == """
                ID  USER  FROM        SERVICE  TERMINALS    IDLE   AGE    STAGE   NEXT
                a1  al    192.0.2.7   sshd     pts/3,pts/4  12.3s  1h 2m  warned  end in 12s (idle)
                a2  al    -           login    tty1         0s     1d 1h  active  -
                b5  波布  host.local  sshd     pts/9        0.4s   1s     ending  -

                """
        )
        let lines = Self.table().split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[3].contains("  2001:db8:ffff:ffff:ffff:ffff:ffff:1234  sshd  "))
        #expect(lines[3].hasSuffix("warn in 11h 57m (lifetime); not measurable: no terminal found"))
        #expect(lines[4].hasPrefix(#"h4  ev\u{1b}[2Jil\u{202e}  a\u{200b}b\u{d}\u{a}  "#))
        #expect(lines[6].hasSuffix("  1h     ended   ended 2026-03-01 10:15:02 +0000 (by command)"))
    }

    @Test func `a list on a terminal fits it`() {
        #expect(
            Self.table(ended: false, width: 80) == #"""
                ID  USER     FROM     SERVICE  TERMINA…  IDLE   AGE    STAGE   NEXT
                a1  alice    192.0.…  sshd     pts/3,p…  12.3s  1h 2m  warned  end in 12s (idle)
                a2  alice    -        login    tty1      0s     1d 1h  active  -
                a3  alice    2001:d…  sshd     -         ?      59.9s  active  warn in 11h 57m …
                h4  ev\u{1…  a\u{20…  ss\u{9…  \u{1}     ?      0s     active  not measurable: …
                b5  波布     host.l…  sshd     pts/9     0.4s   1s     ending  -

                """#
        )
        for width in 78...200 {
            let lines = Self.table(width: width).split(separator: "\n")
            #expect(lines.allSatisfy { TextWidth.of(String($0)) <= width }, "\(width)")
        }
    }

    @Test func `a hold and root are shown`() {
        var warned = FixtureSessions.held
        warned.stage = .warned
        #expect(
            SessionTable.text(
                [FixtureSessions.held, warned],
                includingEnded: false,
                width: 80,
                zone: .utc
            ) == """
                ID        USER   FROM  SER…  TERM…  IDLE     AGE      STAGE    NEXT
                7k3m9qzt  alex…  jum…  rem…  pts/…  59m 59s  23h 58m  held#    end in 59m 59s (…
                7k3m9qzt  alex…  jum…  rem…  pts/…  59m 59s  23h 58m  warned#  end in 59m 59s (…
                # root works in the session: root's limits hold

                """
        )
        let whole = SessionTable.text(
            [FixtureSessions.held],
            includingEnded: false,
            width: nil,
            zone: .utc
        )
        #expect(
            whole.contains(
                "  held#  end in 59m 59s (certificate); held until 2026-03-01 09:45:02 +0000;"
                    + " last work of make[123]\n"
            )
        )
    }

    @Test func `a locked session says since when and why, and when it ends`() {
        let text = SessionTable.text(
            [FixtureSessions.locked, FixtureSessions.lockedByRoot],
            includingEnded: false,
            width: nil,
            zone: .utc
        )
        let lines = text.split(separator: "\n")
        #expect(
            lines[1].hasSuffix(
                "  locked  end in 55m (locked); locked since 2026-03-01 10:30:02 +0000 (idle)"
            )
        )
        #expect(lines[2].hasSuffix("  locked  locked since 2026-03-01 10:30:02 +0000 (request)"))
    }

    @Test func `nothing to show is said`() {
        for (ended, text) in [(false, "No open sessions.\n"), (true, "No sessions on record.\n")] {
            #expect(
                SessionTable.text([], includingEnded: ended, width: 80, zone: .utc) == text
            )
        }
    }

    @Test func `no text of a session reaches the terminal raw`() {
        let all = Self.table() + SessionReport.text(FixtureSessions.hostile, zone: .utc)
        #expect(all.unicodeScalars.allSatisfy { $0 == "\n" || PlainText.isPlain($0) })
    }

    @Test(arguments: [
        (NextStep(what: .warn, reason: .idle, inMs: 12_000), "warn in 12s (idle)"),
        (NextStep(what: .end, reason: .lifetime, inMs: 3_725_000), "end in 1h 2m (lifetime)"),
        (NextStep(what: .lock, reason: .idle, inMs: 120_000), "lock in 2m (idle)"),
        (NextStep(what: .end, reason: .locked, inMs: 60_000), "end in 1m (locked)"),
        (NextStep(what: .end, reason: .idle, inMs: 0), "end now (idle)"),
        (NextStep(what: .end, reason: .idle, inMs: -5), "end now (idle)"),
    ])
    func `what happens next is said in words`(step: NextStep, expected: String) {
        #expect(step.text == expected)
    }
}
