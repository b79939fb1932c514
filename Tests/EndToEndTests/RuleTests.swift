import LapseStage
import Testing

/// Different people, different limits.
@Suite(.needsStage) struct RuleTests {
    private static let contractors = """
        [defaults]
        idle = "never"

        [[rule]]
        name = "contractors"
        when = { groups = "contractors" }
        idle = "20s"
        warn = ["10s", "5s"]

        """

    private static let far = """
        [defaults]
        idle = "never"

        [[rule]]
        name = "from afar"
        when = { from = "127.0.0.2/32" }
        idle = "20s"
        warn = ["10s", "5s"]

        """

    private static let root = """
        [defaults]
        idle = "1h"
        warn = ["10s", "5s"]
        privileged = { idle = "20s" }

        """

    @Test func `users in different groups have different limits`() async throws {
        try await onStage(StageOptions(policy: Self.contractors)) { stage in
            let bob = try await stage.logIn(.bob)
            let erin = try await stage.logIn(.erin)
            let mark = erin.terminal.mark()
            let key = try await erin.pressEnterExactly()
            try await IdleEnd.watch(erin, lastKey: key, after: mark).expectOnTime()
            #expect(try await stage.session(of: .bob).stage == "active")
            #expect(stage.log("warned", of: .bob).isEmpty)
            try await bob.logOut()
        }
    }

    @Test func `a rule by source address is for those who come from there`() async throws {
        try await onStage(StageOptions(policy: Self.far)) { stage in
            let bob = try await stage.logIn(.bob)
            let alice = try await stage.logIn(.alice, from: Stage.secondAddress)
            let mark = alice.terminal.mark()
            let key = try await alice.pressEnterExactly()
            try await IdleEnd.watch(alice, lastKey: key, after: mark).expectOnTime()
            #expect(stage.log("warned", of: .bob).isEmpty)
            try await bob.logOut()
        }
    }

    @Test(arguments: ["sudo -i", "su -"])
    func `root's limit comes with a root shell and goes with it`(command: String) async throws {
        try await onStage(StageOptions(policy: Self.root)) { stage in
            let dave = try await stage.logIn(.dave)
            try await dave.run(command)
            let mark = dave.terminal.mark()
            let warning: Phrase = ["Lapse:", "idle", "will be ended in "]
            _ = try await dave.terminal.wait(for: warning, after: mark, within: .seconds(12))
            try await dave.run("exit")
            _ = try await stage.waitForLog("unprivileged", of: .dave, within: .seconds(15))
            let lifted = stage.daemonLog.mark()
            try await Task.sleep(for: .seconds(22))
            #expect(stage.daemonLog.sightings(of: ["event=warned"], after: lifted).isEmpty)

            try await dave.run(command)
            let again = dave.terminal.mark()
            let key = try await dave.pressEnterExactly()
            try await IdleEnd.watch(dave, lastKey: key, after: again).expectOnTime()
        }
    }
}
