import LapseStage
import Testing

@Suite(.needsStage, .needsVirtualTerminal) struct ConsoleTests {
    @Test func `idle console sessions end on time and show on their tty what is happening`()
        async throws
    {
        var options = StageOptions(policy: idlePolicy)
        options.consoleCount = 3
        try await onStage(options) { stage in
            let ends = try await withThrowingTaskGroup(of: IdleEnd.self) { group in
                for (index, number) in stage.consoleNumbers.enumerated() {
                    group.addTask {
                        let session = try await stage.logIn(.alice, onConsole: number)
                        _ = try await session.pressEnter()
                        try await Task.sleep(for: .milliseconds(2_700) * index)
                        let mark = session.terminal.mark()
                        let key = try await session.pressEnterExactly()
                        return try await IdleEnd.watch(session, lastKey: key, after: mark)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for end in ends { end.expectOnTime() }
            printFigures("console", ends)
            try await stage.waitForEmptyList(within: .seconds(5))
            #expect(stage.log("ended", of: .alice).allSatisfy { $0.fields["service"] == "login" })
            #expect(stage.log("ended", of: .alice).count == 3)
        }
    }

    @Test func `a console session is listed with its tty`() async throws {
        var options = StageOptions(policy: idlePolicy)
        options.consoleCount = 1
        try await onStage(options) { stage in
            let number = try #require(stage.consoleNumbers.first)
            _ = try await stage.logIn(.bob, onConsole: number)
            #expect(try await stage.session(of: .bob).service == "login")
            // Before the first warning, which would be the next time to look for a terminal.
            let terminals = ["/dev/tty\(number)"]
            try await stage.waitForTerminals(terminals, of: .bob, within: .seconds(3))
        }
    }
}
