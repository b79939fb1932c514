import Glibc
import LapseStage
import Testing

@Suite(.needsStage) struct RestartTests {
    /// What the daemon saw of the keys is gone with it.
    ///
    /// What the kernel keeps of them, atime, is up to 8 s too old, and the doubt is the user's gain.
    @Test func `sessions go on while the daemon is away, and end after its return, never early`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let id = try await stage.session(of: .alice).id
            let mark = alice.terminal.mark()
            let key = try await alice.pressEnterExactly()
            try await Task.sleep(for: .seconds(3))
            #expect(try await stage.stopDaemon(by: SIGTERM).status == 0)
            try await Task.sleep(for: .seconds(2))
            try await stage.startDaemon()
            #expect(try await stage.session(of: .alice).id == id)
            let end = try await IdleEnd.watch(alice, lastKey: key, after: mark)
            #expect(end.least(to: end.firstWarning) >= 10)
            #expect(end.least(to: end.notice) >= 20)
            #expect(end.most(to: end.gone) <= 28.5)
            printFigures("over a restart", [end])
        }
    }
    @Test func `what a leader that died while no daemon ran left behind is ended`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let leader = try #require(try stage.residents(titled: "sshd: alice [priv]").first)
            // A polite word is not enough for this shell.
            try await alice.run("trap '' HUP TERM")
            #expect(try await stage.stopDaemon(by: SIGTERM).status == 0)
            // Its relay carries the connection on.
            try stage.signal(leader, SIGKILL)
            try await Task.sleep(for: .seconds(1))
            #expect(try stage.residents().contains { $0.title.hasPrefix("sshd: alice@pts") })
            #expect(try stage.residents().contains { $0.title == "-bash" })

            try await stage.startDaemon()
            let closed = try await stage.waitForLog("closed", of: .alice, within: .seconds(5))
            #expect(closed.fields["reason"] == "leader-died")
            try await stage.waitForEmptyList(within: .seconds(30))
            #expect(try stage.residents().filter { $0.uid == StageUser.alice.uid }.isEmpty)
        }
    }

    @Test func `an end that was ordered is carried out by the next daemon too`() async throws {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let id = try await stage.session(of: .alice).id
            // It bears the first rung of the ladder, and the daemon dies before the second.
            try await alice.run("trap '' HUP")
            _ = try await stage.lapsectl(["end", id, "--why", "the disk is replaced"]).checked()
            _ = try await stage.stopDaemon(by: SIGKILL)
            let mark = ContinuousClock.now
            try await stage.startDaemon()
            let exit = try await alice.terminal.process.waitForExit(within: .seconds(15))
            print(
                "an ordered end was over \(rounded((exit.at - mark).inSeconds)) s after a restart"
            )
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(15))
            #expect(ended.fields["reason"] == "admin")
            #expect(ended.fields["why"] == "the disk is replaced")
        }
    }
}
