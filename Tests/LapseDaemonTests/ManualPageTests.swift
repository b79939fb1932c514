import Foundation
import LapseControl
import LapseCore
import LapseLinux
import Testing

@testable import LapseDaemon

/// lapsed(8) against what the daemon takes, says and returns.
@Suite struct ManualPageTests {
    private static let page: String = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../man/lapsed.8")
        // A page that cannot be read is an empty one, which no test here takes.
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.replacing("\\-", with: "-")
    }()

    private static let facts = SessionFacts(
        id: SessionID(value: 1),
        user: "alice",
        uid: UserID(value: 1001),
        service: "sshd",
        rhost: "host.example",
        tty: "ssh",
        leader: ProcessIdentity(pid: 40, startTicks: 1),
        auditSession: nil,
        opened: BootInstant(nanoseconds: 0)
    )

    private static let reasons: [EndReason] = [
        .idle(limit: .seconds(900)), .lifetime(limit: .seconds(900)),
        .hours, .quota(limit: .seconds(900)), .certificate, .account(.expired),
        .sessions(max: 3), .request(EndRequest(by: UserID(value: 0), why: "noon")),
    ]

    /// One record of each kind, with each reason.
    private static let records: [Record] = {
        let hold = Hold(
            until: BootInstant(nanoseconds: 0),
            by: UserID(value: 0),
            why: "noon"
        )
        let longer = Extension(by: .seconds(1), orderedBy: UserID(value: 0), why: "noon")
        var all: [Record.What] = [
            .suspicious(.stampSet(terminal: "/dev/pts/3")),
            .suspicious(.unbackedInput(terminal: "/dev/pts/3")),
            .suspicious(.rhythm(terminal: "/dev/pts/3", period: .seconds(7), times: 9)),
            .suspicious(.keepAlives(.init(period: .seconds(15), received: 52, sent: 28))),
            .suspicious(.masquerade(executable: "/home/alice/rsync", pid: 77)),
            .workMaxReached(.seconds(14_400), what: "make[123]"),
            .eased, .touched(by: UserID(value: 0)), .held(hold, for: .seconds(1)),
            .released(by: UserID(value: 0)), .extended(longer),
            .spared(["tmux[1]"], endIn: .seconds(1)),
            .opened(.reported), .opened(.adopted), .kept, .stuck, .spared(["tmux[1]"], endIn: nil),
            .swept(["tmux[1]"]), .left(["sh[1]"]),
            .closed(.logout, duration: .seconds(1)), .closed(.leaderDied, duration: .seconds(1)),
        ]
        for reason in reasons {
            all += [.ending(reason, idle: nil), .ended(reason, idle: nil, duration: .seconds(1))]
        }
        // A request and a newer session come without a warning and are never overdue.
        for reason in reasons.dropLast(2) {
            all += [
                .warned(reason, remaining: .seconds(1), idle: nil), .overdue(reason, idle: nil),
            ]
        }
        return all.map { Record($0, facts) }
    }()

    @Test func `it is of this version`() {
        #expect(Self.page.hasPrefix(".TH LAPSED 8 \"\" \"lapse \(LapseVersion.text)\" "))
    }

    @Test func `it names every option that the usage names, and every place of the log`() {
        let options = DaemonOptions.usage.split { " \n[]".contains($0) }.filter {
            $0.hasPrefix("--")
        }
        #expect(options.count == 6)
        for option in options { #expect(Self.page.contains(option), "\(option)") }
        for target in SystemLog.Target.allCases {
            #expect(
                Self.page.contains("\n.BR \(target.rawValue) ,\n")
                    || Self.page.contains("\n.B \(target.rawValue)\n"),
                "\(target)"
            )
        }
    }

    @Test func `it has the default paths`() {
        let options = DaemonOptions()
        for path in [options.policyFile, options.policyDirectory, options.runDirectory] {
            #expect(Self.page.contains("in place of\n.IR \(path) ."), "\(path)")
        }
    }

    @Test func `it names every exit status`() {
        let statuses: [DaemonMain.ExitStatus] = [.success, .usage, .system, .notRoot, .policy]
        for status in statuses {
            #expect(Self.page.contains("\n.TP\n.B \(status.rawValue)\n"), "\(status)")
        }
    }

    @Test func `it has every event of a session with its priority and fields`() {
        for record in Self.records {
            let entry = Self.entry(record.name)
            #expect(!entry.isEmpty, "\(record.name)")
            #expect(entry.contains("event=\(record.name) session="), "\(record.name)")
            let priority = "\(record.priority)"
            #expect(
                entry.lowercased().contains("priority \(priority == "error" ? "err" : priority)"),
                "\(record.name)"
            )
            let named = record.name == "ended" ? entry + Self.entry("ending") : entry
            for (field, _) in record.figures {
                #expect(named.contains(" \(field)="), "\(record.name) \(field)")
            }
        }
    }

    @Test func `it has every kind of suspicion`() {
        let entry = Self.entry("suspicious")
        for kind in Suspicion.Kind.allCases {
            let name = "\n.I \(kind.rawValue)\n"
            #expect(entry.contains(name), "\(kind)")
        }
    }

    @Test func `it has the daemon's own events`() {
        for name in [
            "started", "stopped", "policy", "reloaded", "reload-refused", "refused", "would-refuse",
            "fault", "privileged", "unprivileged", "authenticated",
        ] {
            #expect(Self.entry(name).contains("\nevent=\(name) "), "\(name)")
        }
    }

    /// The paragraph of an event.
    private static func entry(_ name: String) -> String {
        guard let start = page.range(of: "\n.TP\n.B \(name)\n") else { return "" }
        let rest = page[start.upperBound...]
        return String(rest[..<(rest.range(of: "\n.EE\n")?.lowerBound ?? rest.endIndex)])
    }
}
