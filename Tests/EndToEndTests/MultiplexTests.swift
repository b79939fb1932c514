import LapseStage
import Testing

@Suite(.needsStage) struct MultiplexTests {
    @Test func `typing in one shell of a connection keeps both, and both rest to its end`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let path = ["-o", "ControlPath=/root/mux"]
            let first = try await stage.logIn(.alice, options: ["-M"] + path)
            let second = try await stage.logIn(.alice, options: path)
            _ = try await first.pressEnter()

            let terminals = ["/dev/pts/0", "/dev/pts/1"]
            try await stage.waitForTerminals(terminals, of: .alice, within: .seconds(3))

            // Twice the limit, with keys in the second shell alone.
            let start = ContinuousClock.now
            var key = try await second.pressEnterExactly()
            for turn in 1...8 {
                try await sleep(until: start + .seconds(5) * turn)
                key = try await second.pressEnterExactly()
            }
            for session in [first, second] {
                #expect(session.terminal.process.ended == nil)
                #expect(!session.terminal.text.contains("Lapse"))
            }

            let lastKey = key
            async let firstEnd = IdleEnd.watch(first, lastKey: lastKey, after: .start)
            async let secondEnd = IdleEnd.watch(second, lastKey: lastKey, after: .start)
            let ends = try await [firstEnd, secondEnd]
            for end in ends { end.expectOnTime() }
            printFigures("two shells of one connection", ends)
            try await stage.waitForEmptyList(within: .seconds(5))
            #expect(stage.log("opened").count == 1)
            #expect(stage.log("ended").count == 1)
        }
    }
}
