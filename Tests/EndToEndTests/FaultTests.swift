import Glibc
import LapseStage
import Testing

@Suite(.needsStage) struct FaultTests {
    private static let loginCount = 21

    @Test func `without a daemon a login takes less than 50 milliseconds longer and is logged`()
        async throws
    {
        try await onStage(StageOptions(.absent)) { plain in
            try await onStage(StageOptions(.module)) { stage in
                var without: [Double] = []
                var with: [Double] = []
                // In turns, so that both meet the same load of the machine.
                for _ in 1...Self.loginCount {
                    without.append(try await secondsOfLogin(plain))
                    with.append(try await secondsOfLogin(stage))
                }
                let longer = median(with) - median(without)
                print("without a daemon a login takes \(rounded(longer)) s longer")
                #expect(longer < 0.050)
                let lines = stage.syslog.sightings(of: ["pam_lapse", "alice", "let in unwatched"])
                #expect(lines.count == Self.loginCount)
            }
        }
    }

    @Test func `with a stopped daemon the login goes through after the module's deadline`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let before = try await secondsOfLogin(stage)
            try stage.signalDaemon(SIGSTOP)
            let start = ContinuousClock.now
            let alice = try await stage.logIn(.alice)
            let took = (ContinuousClock.now - start).inSeconds
            print("a login took \(rounded(before)) s, with a stopped daemon \(rounded(took)) s")
            // The deadline is 0.5 s; the rest is room for a busy machine, on which the login
            // itself takes its time.
            #expect(took > 0.45 && took < before + 10)
            _ = try await stage.syslog.wait(
                for: ["pam_lapse", "alice", "let in unwatched", "did not answer"],
                after: .start,
                within: .seconds(2)
            )
            try stage.signalDaemon(SIGCONT)
            #expect(try await alice.logOut().status == 0)
            // The daemon is its old self again.
            let bob = try await stage.logIn(.bob)
            #expect(try await stage.session(of: .bob).stage == "active")
            try await bob.logOut()
        }
    }

    @Test func `a module with required refuses the login and tells the user whom to ask`()
        async throws
    {
        var options = StageOptions(.module)
        options.moduleControl = "required"
        options.moduleArguments = ["required"]
        try await onStage(options) { stage in
            let refused = try stage.ssh(.alice)
            _ = try await refused.wait(
                for: ["cannot be opened", "lapsed"],
                after: .start,
                within: .seconds(10)
            )
            let exit = try await refused.process.waitForExit(within: .seconds(10))
            #expect(exit.status == 254)
            #expect(!refused.text.contains("{"))
            _ = try await stage.syslog.wait(
                for: ["pam_lapse", "alice", "is refused"],
                after: .start,
                within: .seconds(2)
            )
        }
    }

    @Test func `a module with required lets a user in when the daemon is there`() async throws {
        var options = StageOptions(policy: idlePolicy)
        options.moduleControl = "required"
        options.moduleArguments = ["required"]
        try await onStage(options) { stage in
            let alice = try await stage.logIn(.alice)
            #expect(try await stage.session(of: .alice).stage == "active")
            #expect(try await alice.logOut().status == 0)
        }
    }

    /// How long a whole login with a command that does nothing takes.
    private func secondsOfLogin(_ stage: Stage) async throws -> Double {
        try await stage.run(["ssh", "-T", "alice@stage", "true"]).checked().duration.inSeconds
    }
}

private func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
}
