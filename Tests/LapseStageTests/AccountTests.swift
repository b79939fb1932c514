import LapseStage
import Testing

@Suite(.needsBareStage) struct AccountTests {
    @Test func `accounts have their groups, and lose them, their password and themselves`()
        async throws
    {
        let stage = try await Stage.start(StageOptions(.absent))
        let groups = { (user: StageUser) in
            try await stage.run(["id", "-Gn", user.rawValue]).output
        }
        #expect(try await groups(.dave) == "dave wheel staff\n")
        try await stage.take(.dave, outOf: .staff)
        #expect(try await groups(.dave) == "dave wheel\n")
        #expect(try await groups(.bob) == "bob staff\n")

        try await stage.lockAccount(of: .bob)
        try await stage.expireAccount(of: .erin, onDay: 1)
        let shadow = try await stage.run(["cat", "/etc/shadow"]).checked().output
        #expect(shadow.contains("\nbob:!*:"))
        #expect(shadow.contains("\nerin:*:19000:0:99999:7::1:"))

        let alice = try await stage.logIn(.alice)
        try await stage.deleteAccount(of: .alice)
        #expect(try await stage.run(["id", "alice"]).exit.status == 1)
        #expect(try await alice.logOut().status == 0)
        try await stage.stop()
    }

    @Test func `a policy and its drop-ins are replaced`() async throws {
        var options = StageOptions(.absent, policy: "one\n")
        options.dropIns = ["10-a.toml": "a\n", "20-b.toml": "b\n"]
        let stage = try await Stage.start(options)
        let all = ["sh", "-c", "cat /etc/lapse/lapse.toml /etc/lapse/lapse.d/*"]
        #expect(try await stage.run(all).output == "one\na\nb\n")
        try stage.writePolicy("two\n")
        try stage.writeDropIn("20-b.toml", "B\n")
        try stage.removeDropIn("10-a.toml")
        #expect(try await stage.run(all).output == "two\nB\n")
        try await stage.stop()
    }
}
