import LapseStage
import Testing

/// A key each 9 s is less than the first warning's 10 s apart, and more than the kernel's step of
/// 8 s: each key moves atime, and each step of it lies differently.
@Suite(.needsStage) struct TypingKeepsTests {
    @Test func `an ssh session with a key each 9 seconds is not touched in 3 minutes`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            try await expectUntouched(try await stage.logIn(.alice), on: stage)
        }
    }

    @Test(.needsVirtualTerminal)
    func `a console session with a key each 9 seconds is not touched in 3 minutes`() async throws {
        var options = StageOptions(policy: idlePolicy)
        options.consoleCount = 1
        try await onStage(options) { stage in
            let number = try #require(stage.consoleNumbers.first)
            try await expectUntouched(try await stage.logIn(.alice, onConsole: number), on: stage)
        }
    }

    private func expectUntouched(_ session: ShellSession, on stage: Stage) async throws {
        let start = ContinuousClock.now
        for turn in 1...20 {
            _ = try await session.pressEnter()
            try await sleep(until: start + .seconds(9) * turn)
            #expect(session.terminal.process.ended == nil)
        }
        #expect(!session.terminal.text.contains("Lapse"))
        #expect(stage.log("warned").isEmpty)
        #expect(stage.log("ended").isEmpty)
        #expect(try await stage.session(of: .alice).stage == "active")
    }
}
