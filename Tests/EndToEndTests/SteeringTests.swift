import LapseStage
import Testing

/// What users and administrators may do for sessions, by the command.
@Suite(.needsStage) struct SteeringTests {
    private static let policy = """
        [defaults]
        idle = "10s"
        warn = ["5s"]
        hold-max = "1m"

        """
    private static let warning: Phrase = ["Lapse:", "idle", "will be ended in 5s"]

    @Test func `a user holds his session and takes that back, within what the policy gives`()
        async throws
    {
        try await onStage(StageOptions(policy: Self.policy)) { stage in
            let alice = try await stage.logIn(.alice)
            _ = try await alice.terminal.wait(
                for: Self.warning,
                after: .start,
                within: .seconds(8)
            )
            // From outside: no key is read in the session itself.
            let id = try await stage.session(of: .alice).id
            let tooLong = ["hold", "2m", "--why", "restore is running", id]
            let refused = try await stage.lapsectl(tooLong, as: .alice)
            #expect(!refused.exit.succeeded)
            #expect(refused.error.contains("hold-max"))
            #expect(try await !stage.lapsectl(["hold", "30s", id], as: .alice).exit.succeeded)
            #expect(try await stage.lapsectl(tooLong, as: .bob).exit.status == 3)

            let hold = ["hold", "12s", "--why", "restore is running", id]
            try await stage.lapsectl(hold, as: .alice).checked()
            let held = try await stage.waitForLog("held", of: .alice, within: .seconds(15))
            #expect(held.fields["why"] == "restore is running")
            #expect(held.fields["by"] == "\(StageUser.alice.uid)")
            let listed = try await stage.lapsectl(["list"], as: .alice).checked().output
            #expect(listed.contains("hold") || listed.contains("held"))
            let why = try await stage.lapsectl(["why", id], as: .alice).checked().output
            #expect(why.contains("restore is running"))
            try await Task.sleep(for: .seconds(6))
            #expect(stage.log("ending", of: .alice).isEmpty)
            #expect(stage.log("warned", of: .alice).count == 1)

            try await stage.lapsectl(["release", id], as: .alice).checked()
            let released = try await stage.waitForLog("released", of: .alice, within: .seconds(15))
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(10))
            // Long past its limit by then, it gets its warning and the whole time of it.
            let span = (ended.at - released.at).inSeconds
            #expect(span >= 4.9 && span < 8)
            _ = try await alice.terminal.process.waitForExit(within: .seconds(15))
        }
    }

    @Test func `a touch is as good as a key, and the session names itself`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            // The shell touches its own session, without a key, while nobody types.
            try await alice.run("(sleep 12; lapsectl touch) & disown")
            let mark = alice.terminal.mark()
            let key = try await alice.pressEnterExactly()
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "the session goes on"],
                after: mark,
                within: .seconds(20)
            )
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(40))
            // Not 20 s after the key, but after the touch that came 12 s later.
            #expect((ended.at - key.notBefore).inSeconds > 30)
            #expect(stage.log("touched", of: .alice).count == 1)
        }
    }

    @Test func `root extends a lifetime, and revokes all sessions of a user`() async throws {
        let policy = "[defaults]\nidle = \"never\"\nlifetime = \"10s\"\nwarn = [\"5s\"]\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            let alice = try await stage.logIn(.alice)
            let id = try await stage.session(of: .alice).id
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "lifetime", "5s"],
                after: .start,
                within: .seconds(8)
            )
            let extend = ["extend", "1h", "--why", "migration", id]
            #expect(try await stage.lapsectl(extend, as: .alice).exit.status == 4)
            try await stage.lapsectl(extend).checked()
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "does not come now"],
                after: .start,
                within: .seconds(15)
            )
            try await Task.sleep(for: .seconds(6))
            #expect(try await stage.session(of: .alice).stage == "active")

            let second = try await stage.logIn(.alice)
            let revoke = ["revoke", "alice", "--why", "left the company"]
            #expect(try await stage.lapsectl(revoke, as: .carol).exit.status == 4)
            try await stage.lapsectl(revoke).checked()
            for session in [alice, second] {
                _ = try await session.terminal.wait(
                    for: ["Lapse: session ended", "left the company"],
                    after: .start,
                    within: .seconds(15)
                )
                _ = try await session.terminal.process.waitForExit(within: .seconds(10))
            }
        }
    }

    @Test func `a reload by the command says what is wrong, and the status does too`()
        async throws
    {
        try await onStage(StageOptions(policy: Self.policy)) { stage in
            try stage.writePolicy("[defaults]\nidel = \"10s\"\n")
            let refused = try await stage.lapsectl(["reload"])
            #expect(!refused.exit.succeeded)
            #expect(refused.error.contains("did you mean `idle`?"))
            #expect(try await stage.lapsectl(["status"]).checked().output.contains("idel"))
            #expect(try await stage.lapsectl(["reload"], as: .alice).exit.status == 4)
            try stage.writePolicy("[defaults]\nidle = \"never\"\n")
            try await stage.lapsectl(["reload"]).checked()
            #expect(try await !stage.lapsectl(["status"]).checked().output.contains("idel"))
            let shown = try await stage.lapsectl(["policy", "show"]).checked().output
            #expect(shown.contains("idle = \"never\""))
        }
    }

    @Test func `what is explained of a policy is what a session gets`() async throws {
        let policy = """
            [defaults]
            idle = "never"

            [[rule]]
            name = "from afar"
            when = { from = "127.0.0.2", groups = "staff" }
            idle = "17m"

            """
        try await onStage(StageOptions(policy: policy)) { stage in
            let bob = try await stage.logIn(.bob, from: Stage.secondAddress)
            let id = try await stage.session(of: .bob).id
            let explained = try await stage.lapsectl(
                ["policy", "explain", "bob", "--service", "sshd", "--from", Stage.secondAddress]
            ).checked().output
            let why = try await stage.lapsectl(["why", id]).checked().output
            for text in [explained, why] {
                let line = text.split(separator: "\n").first { $0.contains("17m") } ?? ""
                #expect(line.contains("from afar") && line.contains("lapse.toml:7"), "\(text)")
            }
            try await bob.logOut()
        }
    }
}
