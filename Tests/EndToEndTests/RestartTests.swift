import Glibc
import LapseStage
import Testing

@Suite(.needsStage) struct RestartTests {
    @Test func `sessions go on while the daemon is away, and end on time after its return`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            let id = try await stage.session(of: .alice).id
            let mark = alice.terminal.mark()
            let key = try await alice.pressEnter()
            try await Task.sleep(for: .seconds(3))
            #expect(try await stage.stopDaemon(by: SIGTERM).status == 0)
            try await Task.sleep(for: .seconds(2))
            try await stage.startDaemon()
            #expect(try await stage.session(of: .alice).id == id)
            let end = try await IdleEnd.watch(alice, lastKey: key, after: mark)
            end.expectOnTime()
            printFigures("over a restart", [end])
        }
    }
}
