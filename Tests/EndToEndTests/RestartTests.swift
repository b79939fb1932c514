import Glibc
import LapseStage
import Testing

@Suite(.needsStage) struct RestartTests {
    /// What the daemon saw of the keys is gone with it.
    ///
    /// What the kernel keeps of them, atime, is up
    /// to 8 s too old, and the doubt is the user's gain.
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
}
