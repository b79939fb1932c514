import LapseStage
import Testing

/// What let a user in and does not hold any more.
@Suite(.needsStage) struct RightTests {
    private static let patience = Duration.seconds(30)
    private static let staff = """
        [defaults]
        idle = "never"

        [[rule]]
        name = "staff"
        when = { users = ["bob", "dave"] }
        member-of = "staff"

        """

    @Test func `a session ends when its certificate runs out`() async throws {
        try await onStage(StageOptions(policy: "[defaults]\nidle = \"never\"\n")) { stage in
            let certificate = try await stage.certificate(for: .alice, validity: "-1m:+1m")
            let alice = try await stage.logIn(.alice, options: certificate)
            let bob = try await stage.logIn(.bob)
            let line = try await stage.waitForLog(
                "authenticated",
                of: .alice,
                within: Self.patience
            )
            let until = try #require(line.fields["certificate-until"].flatMap { Int64($0) })
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "will be ended in 30s", "SSH certificate"],
                after: .start,
                within: .seconds(60)
            )
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(60))
            let late = (wallClock() - .seconds(until)).inSeconds
            print("a certificate's session was over \(rounded(late)) s after its end")
            #expect(ended.fields["reason"] == "certificate")
            #expect(late >= 0 && late < 1)
            #expect(try await stage.session(of: .bob).stage == "active")
            try await bob.logOut()
        }
    }

    @Test func `a locked account's sessions end, and others' go on`() async throws {
        try await onStage(StageOptions(policy: "[defaults]\nidle = \"never\"\n")) { stage in
            let alice = try await stage.logIn(.alice)
            let bob = try await stage.logIn(.bob)
            try await stage.lockAccount(of: .alice)
            try await expectEnd(of: alice, on: stage, what: "locked", shown: "account was locked")
            #expect(try await stage.session(of: .bob).stage == "active")
            // By key she may come in again, as sshd sees it: that is not taken for a new locking.
            let again = try await stage.logIn(.alice)
            try await stage.take(.bob, outOf: .staff)
            try await Task.sleep(for: .seconds(1))
            #expect(try await stage.session(of: .alice).stage == "active")
            try await again.logOut()
            try await bob.logOut()
        }
    }

    @Test func `a deleted account's sessions end`() async throws {
        try await onStage(StageOptions(policy: "[defaults]\nidle = \"never\"\n")) { stage in
            let alice = try await stage.logIn(.alice)
            try await stage.deleteAccount(of: .alice)
            try await expectEnd(of: alice, on: stage, what: "deleted", shown: "account is gone")
        }
    }

    @Test func `an account that is given a day of expiry that is past ends at once`() async throws {
        try await onStage(StageOptions(policy: "[defaults]\nidle = \"never\"\n")) { stage in
            let alice = try await stage.logIn(.alice)
            try await stage.expireAccount(of: .alice, onDay: 1)
            try await expectEnd(of: alice, on: stage, what: "expired", shown: "has expired")
        }
    }

    @Test func `a day's quota ends a session and refuses the next`() async throws {
        let policy = "[defaults]\nidle = \"never\"\nwarn = [\"30s\"]\nquota = \"1m\"\n"
        var options = StageOptions(policy: policy)
        options.moduleControl = "[success=ok session_err=die default=ignore]"
        try await onStage(options) { stage in
            let alice = try await stage.logIn(.alice)
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "ended in 30s", "used up"],
                after: .start,
                within: .seconds(40)
            )
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(40))
            #expect(ended.fields["reason"] == "quota")
            let duration = ended.fields["duration"].flatMap { Double($0.dropLast()) } ?? 0
            #expect(duration >= 60 && duration < 61)
            let refused = try stage.ssh(.alice)
            _ = try await refused.wait(
                for: ["Lapse: your sessions were open for 1m today"],
                after: .start,
                within: Self.patience
            )
            // A restart gives nobody a new day.
            try await stage.restartDaemon()
            let again = try stage.ssh(.alice)
            _ = try await again.wait(
                for: ["Lapse:", "today"],
                after: .start,
                within: Self.patience
            )
        }
    }

    @Test func `who leaves the group that lets him in is ended, and not let in again`()
        async throws
    {
        var options = StageOptions(policy: Self.staff)
        options.moduleControl = "[success=ok session_err=die default=ignore]"
        try await onStage(options) { stage in
            let bob = try await stage.logIn(.bob)
            let dave = try await stage.logIn(.dave)
            try await stage.take(.bob, outOf: .staff)
            try await expectEnd(of: bob, on: stage, what: "not-member", shown: "groups")
            #expect(try await stage.session(of: .dave).stage == "active")
            let refused = try stage.ssh(.bob)
            _ = try await refused.wait(
                for: ["Lapse: you are in none of the groups"],
                after: .start,
                within: Self.patience
            )
            #expect(try await !refused.process.waitForExit(within: Self.patience).succeeded)
            try await dave.logOut()
        }
    }

    @Test func `the hours end a session at their minute, after warnings`() async throws {
        try await onStage(StageOptions(policy: "[defaults]\nidle = \"never\"\n")) { stage in
            let alice = try await stage.logIn(.alice)
            let now = LocalMinute.now
            // Time enough for the reload and the first warning.
            let closes = now.plus(now.secondsLeft > 40 ? 1 : 2)
            try stage.writePolicy(
                """
                [defaults]
                idle = "never"
                warn = ["20s", "10s"]
                hours = "Mon-Sun \(now.plus(1_439))-\(closes)"

                """
            )
            try stage.reloadDaemon()
            for time in ["20s", "10s"] {
                _ = try await alice.terminal.wait(
                    for: ["Lapse:", "will be ended in \(time)", "hours"],
                    after: .start,
                    within: .seconds(120)
                )
            }
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(30))
            let late = wallClock().inSeconds.truncatingRemainder(dividingBy: 60)
            print("the hours' session was over \(rounded(late)) s after the minute")
            #expect(ended.fields["reason"] == "hours")
            #expect(late < 1)
        }
    }

    private func expectEnd(
        of session: ShellSession,
        on stage: Stage,
        what: String,
        shown: String
    ) async throws {
        _ = try await session.terminal.wait(
            for: ["Lapse: session ended", shown],
            after: .start,
            within: Self.patience
        )
        _ = try await session.terminal.process.waitForExit(within: Self.patience)
        let ended = try await stage.waitForLog("ended", of: session.user, within: Self.patience)
        #expect(ended.fields["reason"] == "account")
        #expect(ended.fields["what"] == what)
    }
}
