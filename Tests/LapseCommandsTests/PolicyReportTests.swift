import LapseControl
import LapseLinux
import LapsePolicy
import LapseSources
import Testing

@testable import LapseCommands

/// What the policy commands say, without any process.
@Suite struct PolicyReportTests {
    private static let text = """
        mode = "enforce"
        [defaults]
        idle = "20m"
        hours = "Mon-Fri 07:00-19:00"

        [[rule]]
        name = "night"
        when = { groups = "ops" }
        reason = "migration"
        until = 2027-01-01
        idle = "2h"

        """
    /// Fri 2026-11-27 20:00 UTC.
    private static let evening = WallMoment(
        WallInstant(seconds: CivilTime(year: 2026, month: 11, day: 27, hour: 20).seconds),
        in: FixedZone.utc
    )

    private static func sources(_ text: String = text) -> [PolicySource] {
        [PolicySource(name: "/p.toml", bytes: Array(text.utf8))]
    }

    private static func report(
        of user: String = "alice",
        _ account: Account = .exists(AccountFacts(uid: 1001, groups: ["staff", "ops"])),
        groups: [String] = [],
        terminal: TerminalKind? = nil,
        hasPassword: Bool? = true
    ) throws -> ExplainReport {
        let policy = try #require(Policy.load(sources()).policy)
        let directory = HostDirectory(lookUpUser: { _ in account }, lookUpGroup: { _ in true })
        var subject = ExplainedSubject(directory, user: user, groups: groups)
        subject.terminal = terminal
        return ExplainReport(policy, subject, at: evening, hasPassword: hasPassword)
    }

    @Test func `what is decided is shown with where it comes from`() throws {
        let text = try Self.report().text(width: nil, zone: .utc)
        #expect(
            text.hasPrefix(
                """
                User       alice (uid 1001)
                Groups     ops, staff
                Service    sshd
                From       unknown
                Terminal   unknown
                Auth       unknown
                At         2026-11-27 20:00:00 +0000
                Mode       enforce (/p.toml:1)
                Hours      closed until 2026-11-30 07:00:00 +0000
                Lock       locked where a limit says so
                Exception  rule night, /p.toml:10, until 2027-01-02 00:00:00 +0000
                           migration

                SETTING
                """
            )
        )
        let idle = text.split(separator: "\n").first { $0.hasPrefix("idle ") }
        #expect(idle?.hasSuffix("  rule night, /p.toml:11") == true)
        #expect(text.contains("\nlifetime             \"12h\""))
    }

    @Test(
        arguments: [
            (
                .exists(
                    AccountFacts(uid: 7, groups: ["ops"], silentServices: ["sss", "ld\u{7}ap"])
                ),
                #"the groups of the user are not all known: sss, ld\u{7}ap did not answer"#
            ),
            (.exists(AccountFacts(uid: 7, groups: nil)), "the groups of the user cannot be read"),
            (.noSuchUser, "this host has no such user: his uid is unknown"),
            (
                .failed(.silent(["sss"])),
                "the user cannot be looked up: sss of /etc/nsswitch.conf did not answer"
            ),
        ] as [(Account, String)]
    )
    func `what cannot be known of a user is said, and rules that ask for it are passed over`(
        account: Account,
        remark: String
    ) throws {
        let report = try Self.report(account)
        #expect(report.remarks == [remark])
        #expect(report.session.groups == nil)
        #expect(report.unknown == ["groups"])
        let text = report.text(width: nil, zone: .utc)
        #expect(text.contains("\nRemark     \(remark)\n"))
        #expect(text.contains("\nUnknown    groups: rules that ask for it were passed over\n"))
        #expect(report.settings.first?.value == "\"20m\"")
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || PlainText.isPlain($0) })
    }

    @Test func `groups that are given are those, and none other`() throws {
        let report = try Self.report(.noSuchUser, groups: ["ops"])
        #expect(report.session.groups == ["ops"])
        #expect(report.session.uid == nil)
        #expect(report.unknown == [])
        #expect(report.settings.first?.origin == .init(rule: "night", place: "/p.toml:11"))
        #expect(try Self.report(groups: ["staff"]).settings.first?.value == "\"20m\"")
    }

    @Test func `root is told that root's limits hold`() throws {
        let account = Account.exists(AccountFacts(uid: 0, groups: ["root"]))
        let report = try Self.report(of: "root", account)
        #expect(report.settings.first?.value == "\"10m\"")
        let text = report.text(width: nil, zone: .utc)
        #expect(
            text.hasPrefix("User       root (uid 0; root's limits hold where they are smaller)\n")
        )
    }

    @Test func `hours say whether they are open and when that changes`() throws {
        func hours(_ hours: String) throws -> String {
            let text = "[defaults]\nhours = \"\(hours)\"\n"
            let policy = try #require(Policy.load(Self.sources(text)).policy)
            let directory = HostDirectory(lookUpUser: { _ in .noSuchUser })
            let subject = ExplainedSubject(directory, user: "a", groups: [])
            let report = ExplainReport(policy, subject, at: Self.evening, hasPassword: nil)
                .text(width: nil, zone: .utc)
            return report.split(separator: "\n").first { $0.hasPrefix("Hours") }.map(String.init)
                ?? ""
        }
        #expect(try hours("always") == "Hours      open, always")
        #expect(try hours("00:00-24:00") == "Hours      open, always")
        let closes = try hours("Fri 19:00-21:30")
        #expect(closes == "Hours      open until 2026-11-27 21:30:00 +0000")
        let opens = try hours("Mon 07:00-08:00")
        #expect(opens == "Hours      closed until 2026-11-30 07:00:00 +0000")
    }

    private static let locks: [(TerminalKind?, Bool?, String)] = [
        (.pty, true, "locked where a limit says so"),
        (nil, false, "ended instead of locked: the user has no password (unlock)"),
        (.pty, nil, "ended instead of locked if the user has no password, which is not known"),
        (.absent, true, "ended instead of locked: there is no terminal"),
    ]

    @Test(arguments: locks)
    func `what becomes of a session that is to be locked is said`(
        terminal: TerminalKind?,
        hasPassword: Bool?,
        said: String
    ) throws {
        let report = try Self.report(terminal: terminal, hasPassword: hasPassword)
        #expect(report.text(width: nil, zone: .utc).contains("\nLock       \(said)\n"))
    }

    // MARK: Checks

    private static func check(
        _ text: String,
        against: [Baseline] = [],
        unanswered: [String] = [],
        accounts: LocalAccounts? = nil
    ) -> PolicyCheck {
        PolicyCheck(
            sources(text),
            host: HostFacts(now: evening, isUser: { _ in true }, isGroup: { _ in false }),
            against: against,
            unanswered: { unanswered },
            accounts: accounts
        )
    }

    @Test func `a doubt is shown with its place, and the policy is taken`() {
        let check = Self.check(Self.text)
        #expect(!check.isRefused)
        #expect(
            check.text == """
                warning: there is no group `ops` on this host
                 --> /p.toml:8:19
                  |
                8 | when = { groups = "ops" }
                  |                   ^^^^^

                1 file: 0 errors, 1 warning

                """
        )
        #expect(check.problems.map(\.severity) == ["warning"])
        #expect(check.problems.first?.place?.line == 8)
        #expect(check.problems.first?.place?.column == 19)
    }

    @Test func `a policy that is refused is held against nothing`() throws {
        let standard = try #require(Baseline.named("pci-dss"))
        let check = Self.check("[defaults]\nidel = \"5m\"\nwarn = 1\n", against: [standard])
        #expect(check.isRefused)
        #expect(check.against.isEmpty)
        #expect(check.problems.count == 2)
        #expect(check.problems.first?.help == "did you mean `idle`?")
        #expect(
            check.text.hasSuffix(
                "\n1 file: 2 errors, 0 warnings; the policy is refused as a whole\n"
            )
        )
    }

    @Test func `a standard names what is weaker, with clause, place and reason`() throws {
        let disa = try #require(Baseline.named("disa-srg"))
        let hipaa = try #require(Baseline.named("hipaa"))
        let hours = "hours = \"Mon-Fri 07:00-19:00\""
        let ending = Self.text.replacing(hours, with: "on-idle = \"end\"")
        let check = Self.check(ending, against: [disa, hipaa])
        #expect(!check.isRefused)
        #expect(check.against.map(\.id) == ["disa-srg", "hipaa"])
        let findings = try #require(check.against.first?.findings)
        #expect(findings.map(\.clause) == Array(repeating: "SRG-OS-000163-GPOS-00072", count: 2))
        #expect(findings.map(\.excuse) == [nil, "migration"])
        #expect(findings.map(\.place) == ["/p.toml:3", "/p.toml:11"])
        let text = check.text
        #expect(text.contains("DISA OS SRG (disa-srg): 2 places are weaker\n  /p.toml:3:\n"))
        #expect(text.contains("  rule `night`, /p.toml:11:\n"))
        #expect(text.contains("    its reason: migration\n"))
        #expect(text.contains("HIPAA Security Rule (hipaa): nothing is weaker\n"))
        let locked = Self.check(Self.text, against: [disa]).text
        #expect(locked.contains("  built in:\n    `lock-for = \"1h\"` after `privileged.idle ="))
        let observed = Self.check("mode = \"observe\"\n", against: [hipaa]).against.first?.findings
        #expect(observed?.map(\.clause) == [nil])
    }

    @Test func `names that nobody could look up in time are named`() {
        let check = Self.check("", unanswered: ["user `alice`", "group `ops`"])
        #expect(
            check.text == """
                warning: no answer in time from where this host looks up users and groups; \
                not checked: user `alice`, group `ops`

                1 file: 0 errors, 0 warnings

                """
        )
    }

    @Test func `the list of standards names each clause, and what is from memory`() {
        let text = BaselineList.text
        for baseline in Baseline.all {
            #expect(text.contains("\(baseline.id): \(baseline.title)"))
            for requirement in baseline.requirements {
                #expect(text.contains("  \(requirement.clause): "))
                #expect(text.contains("    \(requirement.text)\n"))
            }
        }
        let fromMemory = "idle + lock-for at most 15m (from memory, unverified)"
        #expect(text.contains("\n  AC-2(5), AC-12: \(fromMemory)\n"))
        #expect(text.contains("  8.2.8: idle at most 15m\n"))
        #expect(text.contains("  45 CFR 164.312(a)(2)(iii): idle + lock-for with any limit\n"))
        #expect(text.contains("privileged.idle + lock-for at most 10m\n"))
        #expect(text.contains("RHEL-08-020024: sessions-max at most 10\n"))
        let memory = Baseline.all.flatMap(\.requirements).count(where: \.isFromMemory)
        let marked = BaselineList.all.baselines.flatMap(\.requirements).count(where: \.isFromMemory)
        #expect(memory == marked && memory > 0)
    }
}
