import LapseSources
import LinuxFixture
import Testing

@Suite struct LocalAccountsTests {
    private let directory = TemporaryDirectory()
    private static let today: Int64 = 20_784

    private func write(passwd: String, group: String? = nil, shadow: String? = nil) {
        directory.write("passwd", passwd)
        if let group { directory.write("group", group) }
        if let shadow { directory.write("shadow", shadow) }
    }

    private func read() -> LocalAccounts { LocalAccounts(in: directory.path, day: Self.today) }

    @Test(arguments: [
        ("alice:$6$salt$hash:19000:0:99999:7:::", true), ("alice:*:19000:0:99999:7:::", false),
        ("alice:!:19000:0:99999:7:::", false), ("alice:!!:19000::::::", false),
        ("alice:!$6$salt$hash:19000:0:99999:7:::", false), ("alice::19000:0:99999:7:::", false),
        // An entry that is cut off; one of somebody else, with alice in a directory.
        ("alice", false), ("bob:*:19000:0:99999:7:::", true), ("", true),
    ])
    func `a shadow entry says whether there is a password to ask for`(
        line: String,
        hasPassword: Bool
    ) throws {
        write(passwd: "alice:x:1001:100::/:/bin/sh\n", shadow: line + "\n")
        #expect(try #require(read().user("alice")).hasPassword == hasPassword)
    }

    @Test func `without shadow nothing is known of passwords`() throws {
        write(passwd: "alice:x:1001:100::/:/bin/sh\n")
        let alice = try #require(read().user("alice"))
        #expect(alice.hasPassword == nil)
        #expect(alice.groups == nil)
        #expect(alice.canLogIn)
        #expect(LocalAccounts(in: directory.path("none"), day: 0).users.isEmpty)
    }

    @Test(arguments: [
        ("/bin/bash", true), ("", true), ("/usr/bin/git-shell", true), ("/usr/sbin/nologin", false),
        ("/bin/false", false), ("/bin/sync", false), ("nologin", false),
    ])
    func `a shell that says no is none to log in with`(shell: String, canLogIn: Bool) throws {
        write(passwd: "a:x:1:1::/:\(shell)\n")
        #expect(try #require(read().user("a")).canLogIn == canLogIn)
    }

    @Test(arguments: [
        ("", true), ("20785", true), ("20784", false), ("1", false), ("0", false), ("-1", true),
        ("never", true),
    ])
    func `an account that is over is none to log in with`(expires: String, canLogIn: Bool) throws {
        write(passwd: "a:x:1:1::/:/bin/sh\n", shadow: "a:*:19000:0:99999:7::\(expires):\n")
        #expect(try #require(read().user("a")).canLogIn == canLogIn)
    }

    @Test func `groups are the primary one and those that name the user`() throws {
        write(
            passwd: """
                alice:x:1001:100::/:/bin/sh
                bob:x:1002:4711::/:/bin/sh

                """,
            group: """
                users:x:100:
                staff:x:50:bob,alice
                wheel:x:10:carol
                broken:x:10
                empty::11:

                """
        )
        #expect(try #require(read().user("alice")).groups == ["users", "staff"])
        #expect(try #require(read().user("bob")).groups == ["staff"])
    }

    @Test func `lines that are no users are passed over, and of two the first counts`() {
        write(
            passwd: """
                a:x:1:1::/:/bin/sh
                # a:x:9:9::/:/bin/sh
                b:x:-1:1::/:/bin/sh
                c:x:1:x::/:/bin/sh
                d:x:1
                +::::::
                a:x:2:2::/:/bin/false
                e:x:4294967295:0::/:/bin/sh

                """
        )
        #expect(read().users.map(\.name) == ["a", "e"])
        #expect(read().user("a")?.uid == 1)
        #expect(read().user("e")?.uid == .max)
    }
}
