import FoundationEssentials
import LapsePolicy
import LapseSources
import LinuxFixture
import Testing

@testable import LapseCommands

@Suite struct LocklessUsersTests {
    private let directory = TemporaryDirectory()
    private static let noon = WallMoment(
        WallInstant(seconds: CivilTime(year: 2026, month: 11, day: 27, hour: 12).seconds),
        in: FixedZone.utc
    )

    /// Root and alice have keys alone, bob has a password, games cannot log in.
    private func accounts(shadow: String? = nil) -> LocalAccounts {
        directory.write(
            "passwd",
            """
            root:x:0:0::/root:/bin/bash
            games:x:5:60::/usr/games:/usr/sbin/nologin
            bob:x:1002:100::/home/bob:/bin/bash
            alice:x:1001:100::/home/alice:/bin/bash

            """
        )
        directory.write("group", "users:x:100:\nstaff:x:50:alice\n")
        directory.write(
            "shadow",
            shadow ?? "root:*:::::::\ngames:*:::::::\nbob:$y$x:::::::\nalice:!:::::::\n"
        )
        return LocalAccounts(in: directory.path, day: 20_784)
    }

    private func found(_ text: String, _ accounts: LocalAccounts) throws -> LocklessUsers? {
        let source = PolicySource(name: "f.toml", bytes: Array(text.utf8))
        let policy = try #require(Policy.load([source]).policy)
        return LocklessUsers(accounts, policy, at: Self.noon)
    }

    @Test func `users without a password whom the policy would lock are named`() throws {
        let found = try found("", accounts())
        #expect(found?.users == ["alice", "root"])
        #expect(
            found?.text
                == "note: 2 users have no password and are ended instead of locked: alice, root"
        )
    }

    @Test(arguments: [
        "defaults.on-idle = \"end\"", "defaults.unlock = \"pam\"", "mode = \"observe\"",
        "defaults = { idle = \"never\", privileged = { idle = \"never\" } }",
    ])
    func `where nobody is locked, or all have a way back, nothing is said`(text: String) throws {
        #expect(try found(text, accounts()) == nil)
    }

    @Test func `each user is asked about by himself`() throws {
        let text = """
            [defaults]
            on-idle = "end"
            [[rule]]
            name = "staff"
            when = { groups = "staff" }
            on-idle = "lock"

            """
        let found = try found(text, accounts())
        #expect(
            found?.text == "note: 1 user has no password and is ended instead of locked: alice"
        )
        let all = "root:$y$x:::::::\nalice:$y$x:::::::\n"
        let nobody = try self.found("", accounts(shadow: all))
        #expect(nobody?.count == 0 && nobody?.text == nil)
    }

    @Test func `of many the first ten are named, and none with a terminal's commands`() throws {
        let names = (10..<30).map { "u\($0)" } + ["a\u{1B}[2J"]
        directory.write(
            "passwd",
            names.map { "\($0):x:1000:100::/:/bin/sh\n" }.joined()
        )
        directory.write("shadow", names.map { "\($0):*:::::::\n" }.joined())
        let accounts = LocalAccounts(in: directory.path, day: 20_784)
        let text = try #require(try found("", accounts)?.text)
        #expect(text.contains("21 users have no password"))
        #expect(
            text.hasSuffix(
                ": a\\u{1B}[2J, u10, u11, u12, u13, u14, u15, u16, u17, u18, and 11 more"
            )
        )
    }

    @Test func `what cannot be read is said to be unchecked`() throws {
        directory.write("passwd", "alice:x:1001:100::/:/bin/sh\n")
        let unread = LocalAccounts(in: directory.path, day: 20_784)
        let found = try #require(try found("", unread))
        #expect(!found.isChecked)
        #expect(found.text?.contains("/etc/shadow cannot be read; it takes root") == true)
        #expect(try self.found("defaults.on-idle = \"end\"", unread) == nil)
    }

    @Test func `a check says it before its sum, and in its document`() throws {
        let sources = [PolicySource(name: "/p.toml", bytes: [])]
        let check = PolicyCheck(
            sources,
            host: HostFacts(now: Self.noon),
            against: [],
            unanswered: { [] },
            accounts: accounts()
        )
        #expect(
            check.text == """
                note: 2 users have no password and are ended instead of locked: alice, root

                1 file: 0 errors, 0 warnings

                """
        )
        struct Document: Decodable {
            struct Lockless: Decodable {
                let isChecked: Bool
                let count: Int
                let users: [String]
            }
            let lockless: Lockless
        }
        let text = JSONDocument.text(check)
        let lockless = try JSONDecoder().decode(Document.self, from: Data(text.utf8)).lockless
        #expect(lockless.isChecked && lockless.count == 2 && lockless.users == ["alice", "root"])
    }
}
