import LapseStage
import Testing

/// Who is let in, and who has to make room.
@Suite(.needsStage) struct AdmissionTests {
    private static let three = """
        [defaults]
        idle = "never"
        sessions-max = 3

        """

    /// The line of README: with `optional` libpam would pass over a refusal.
    private func options(_ policy: String) -> StageOptions {
        var options = StageOptions(policy: policy)
        options.moduleControl = "[success=ok session_err=die default=ignore]"
        return options
    }

    @Test func `a fourth session is refused with a text, and costs its address nothing`()
        async throws
    {
        try await onStage(options(Self.three)) { stage in
            var sessions: [ShellSession] = []
            for _ in 1...3 { sessions.append(try await stage.logIn(.alice)) }
            for _ in 1...5 {
                let refused = try stage.ssh(.alice)
                _ = try await refused.wait(
                    for: ["Lapse: you have 3 sessions open", "allows 3"],
                    after: .start,
                    within: .seconds(20)
                )
                #expect(try await !refused.process.waitForExit(within: .seconds(20)).succeeded)
            }
            #expect(stage.log("refused", of: .alice).count == 5)
            #expect(stage.syslog.sightings(of: ["penalty"]).isEmpty)
            // Others come in from the same address, and so does she when there is room.
            try await stage.logIn(.bob).logOut()
            try await sessions.removeFirst().logOut()
            _ = try await stage.waitForLog("closed", of: .alice, within: .seconds(15))
            sessions.append(try await stage.logIn(.alice))
            for session in sessions { try await session.logOut() }
        }
    }

    @Test func `the session that is idle the longest makes room for a new one`() async throws {
        try await onStage(options(Self.three + "over-max = \"end-oldest\"\n")) { stage in
            var sessions: [ShellSession] = []
            for _ in 1...3 { sessions.append(try await stage.logIn(.alice)) }
            for index in [0, 2] {
                try await Task.sleep(for: .milliseconds(200))
                _ = try await sessions[index].pressEnter()
            }
            let mark = sessions[1].terminal.mark()
            let fourth = try await stage.logIn(.alice)
            _ = try await sessions[1].terminal.wait(
                for: ["Lapse: session ended", "3 sessions"],
                after: mark,
                within: .seconds(15)
            )
            _ = try await sessions[1].terminal.process.waitForExit(within: .seconds(20))
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(15))
            #expect(ended.fields["reason"] == "sessions")
            for session in [sessions[0], sessions[2], fourth] { try await session.logOut() }
        }
    }

    @Test func `outside the hours nobody is let in, and in observe mode that is only recorded`()
        async throws
    {
        let now = LocalMinute.now
        // Far enough away for the slowest machine.
        let closed = "hours = \"Mon-Sun \(now.plus(120))-\(now.plus(121))\"\n"
        try await onStage(options("[defaults]\n" + closed)) { stage in
            let refused = try stage.ssh(.alice)
            _ = try await refused.wait(
                for: ["Lapse: logins are not allowed at this time", "again from"],
                after: .start,
                within: .seconds(20)
            )
            #expect(try await !refused.process.waitForExit(within: .seconds(20)).succeeded)
        }
        try await onStage(options("mode = \"observe\"\n[defaults]\n" + closed)) { stage in
            let alice = try await stage.logIn(.alice)
            let line = try await stage.waitForLog("would-refuse", of: .alice, within: .seconds(15))
            #expect(line.fields["reason"] == "hours")
            try await alice.logOut()
        }
    }
}
