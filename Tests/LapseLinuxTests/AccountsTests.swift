import Testing

@testable import LapseLinux

@Suite(.needsRoot) struct AccountsTests {
    private static let people = """
        root:x:0:0::/root:/bin/sh
        alice:x:1001:1001::/:/bin/sh
        bob:!:1002:1002::/:/bin/sh

        """
    private static let groups = """
        root:x:0:
        alice:x:1001:
        staff:x:50:bob,alice
        wheel:x:10:alice

        """

    private func facts(of user: String, shadow: String) throws -> String {
        let host = AccountHost(
            services: "files",
            passwd: Self.people,
            group: Self.groups,
            shadow: shadow
        )
        return try #require(try host.probe("facts", user).first)
    }

    @Test(arguments: [
        ("alice:*:19000:0:99999:7:::", "locked=false expires=never"),
        ("alice:$6$salt$hash:19000:0:99999:7:::", "locked=false expires=never"),
        // usermod -L, passwd -l; an account that never had a password.
        ("alice:!$6$salt$hash:19000:0:99999:7:::", "locked=true expires=never"),
        ("alice:!:19000:0:99999:7:::", "locked=true expires=never"),
        ("alice:!*:19000::::::", "locked=true expires=never"),
        ("alice::19000:0:99999:7:::", "locked=false expires=never"),
        ("alice:*:19000:0:99999:7::1:", "locked=false expires=1"),
        ("alice:*:19000:0:99999:7::0:", "locked=false expires=0"),
        ("alice:*:19000:0:99999:7::20500:", "locked=false expires=20500"),
    ])
    func `a shadow entry says whether an account is locked and until when it lasts`(
        line: String,
        facts: String
    ) throws {
        let found = try self.facts(of: "alice", shadow: line + "\n")
        #expect(found == "uid=1001 groups=alice,staff,wheel silent= \(facts)")
    }

    @Test func `without a shadow entry the password field of passwd counts`() throws {
        // His primary group has no name: no rule can name it either.
        let bob = try facts(of: "bob", shadow: "alice:*:19000:0:99999:7:::\n")
        #expect(bob == "uid=1002 groups=staff silent= locked=true expires=never")
        let alice = try facts(of: "alice", shadow: "")
        #expect(alice.hasSuffix("locked=false expires=never"))
    }

    @Test func `a user whom nobody has is deleted`() throws {
        #expect(try facts(of: "carol", shadow: "") == "no-such-user")
        #expect(try AccountHost().probe("facts", "carol") == ["no-such-user"])
        // A service that the host does not have is passed over, as glibc does.
        let host = AccountHost(services: "files nosuchmodule [NOTFOUND=return] lapsetest")
        #expect(try host.probe("facts", "carol") == ["no-such-user"])
    }

    @Test func `a user and a group of the directory are found`() throws {
        let dora = try AccountHost().probe("facts", "dora")
        #expect(dora == ["uid=3001 groups=remote silent= locked=false expires=never"])
    }

    @Test(
        arguments: ["lapsetest", "lapsetest files", "files lapsetest"],
        [
            AccountHost.Server.down, .busy,
        ]
    )
    func `a directory that does not answer is never a deleted account`(
        services: String,
        server: AccountHost.Server
    ) throws {
        let host = AccountHost(services: services, server: server)
        let lines = try host.probe("facts", "dora", "carol")
        #expect(lines.count == 2)
        for line in lines { #expect(line.hasPrefix("failed "), "\(line)") }
    }

    @Test(arguments: [AccountHost.Server.down, .busy])
    func `a directory that does not answer is named beside the groups that are known`(
        server: AccountHost.Server
    ) throws {
        let host = AccountHost(passwd: Self.people, group: Self.groups, server: server)
        let line = try #require(try host.probe("facts", "alice").first)
        #expect(line.hasPrefix("uid=1001 groups=alice,staff,wheel silent=lapsetest "), "\(line)")
    }

    @Test func `sssd that is not running is silent, though its module says that nobody is there`()
        throws
    {
        let host = AccountHost(
            services: "sss files",
            passwd: Self.people,
            group: Self.groups
        )
        let lines = try host.probe("facts", "carol", "alice")
        #expect(lines.first == "failed sss of /etc/nsswitch.conf did not answer")
        #expect(lines.last?.hasPrefix("uid=1001 groups=alice,staff,wheel silent=sss ") == true)
    }

    @Test func `a user in more groups than the first guess has all of them`() throws {
        let many = (1...300).map { "g\($0):x:\(5000 + $0):alice\n" }.joined()
        let host = AccountHost(services: "files", passwd: Self.people, group: Self.groups + many)
        let line = try #require(try host.probe("facts", "alice").first)
        #expect(line.split(separator: ",").count == 303)
    }

    @Test func `a group with thirty thousand members is read`() throws {
        let members = (1...30_000).map { "member\($0)" }.joined(separator: ",")
        let host = AccountHost(
            services: "files",
            passwd: Self.people,
            group: "crowd:x:1001:\(members)\n"
        )
        let line = try #require(try host.probe("facts", "alice").first)
        #expect(line.hasPrefix("uid=1001 groups=crowd "), "\(line.prefix(200))")
    }
}

@Suite struct NameServicesTests {
    @Test(arguments: [
        ("passwd: files sss\n", ["files", "sss"]),
        ("passwd:\t\tfiles systemd", ["files", "systemd"]),
        ("  passwd :files", ["files"]),
        ("group: nis\npasswd: sss [NOTFOUND=return success=merge] files # db\n", ["sss", "files"]),
        ("passwd: files[UNAVAIL=return]ldap", ["files", "ldap"]),
        ("passwd: ../evil files a/b", ["files"]),
        ("passwd: \(String(repeating: "x", count: 33)) files", ["files"]),
        ("passwd: \(String(repeating: "x", count: 32))", [String(repeating: "x", count: 32)]),
        ("passwd:", []),
        ("#passwd: sss", ["files"]),
        ("passwd_compat: nis", ["files"]),
        ("", ["files"]),
    ])
    func `the services of a database stand in their order`(text: String, names: [String]) {
        #expect(NameServices.services(for: .passwd, in: text) == names)
    }

    @Test func `where initgroups has no line, group counts`() {
        #expect(
            NameServices.services(for: .initgroups, in: "group: files sss") == ["files", "sss"]
        )
        let both = "group: files\ninitgroups: sss"
        #expect(NameServices.services(for: .initgroups, in: both) == ["sss"])
    }
}
