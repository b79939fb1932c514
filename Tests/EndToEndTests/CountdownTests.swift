import LapseStage
import Testing

@Suite(.needsStage) struct CountdownTests {
    /// When, after the last key, another key comes: right after the first warning, between the two,
    /// right after the second, and in the last moment.
    private static let moments = [10.2, 13.0, 15.2, 17.0, 19.0, 19.8]

    @Test func `a key at any time of the countdown of an ssh session cancels it at once`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let cancelled = try await withThrowingTaskGroup(of: Double.self) { group in
                for moment in Self.moments {
                    group.addTask { try await cancel(try await stage.logIn(.alice), at: moment) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            report("ssh", cancelled)
            #expect(stage.log("kept", of: .alice).count == Self.moments.count)
        }
    }

    @Test(.needsVirtualTerminal)
    func `a key during the countdown of a console session cancels it at once`() async throws {
        var options = StageOptions(policy: idlePolicy)
        options.consoleCount = 2
        try await onStage(options) { stage in
            let cancelled = try await withThrowingTaskGroup(of: Double.self) { group in
                for (number, moment) in zip(stage.consoleNumbers, [12.0, 19.5]) {
                    group.addTask {
                        let session = try await stage.logIn(.bob, onConsole: number)
                        return try await cancel(session, at: moment)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            report("console", cancelled)
        }
    }

    /// Lets a session run into its countdown, presses a key, and lets it run out in the end.
    ///
    /// - Returns: The seconds from the key to the word on the terminal.
    private func cancel(_ session: ShellSession, at moment: Double) async throws -> Double {
        let first = try await session.pressEnter()
        try await sleep(until: first.notBefore + .seconds(moment))
        let mark = session.terminal.mark()
        let key = try await session.pressEnterExactly()
        let word = try await session.terminal.wait(
            for: ["Lapse:", "activity", "goes on"],
            after: mark,
            within: .seconds(2)
        )
        // The limit counts from the new key, and the session ends by it as if nothing had been.
        try await IdleEnd.watch(session, lastKey: key, after: mark).expectOnTime()
        return (word.at - key.notBefore).inSeconds
    }

    private func report(_ what: String, _ seconds: [Double]) {
        print("\(what): a key was answered within \(rounded(seconds.max() ?? 0)) s")
        for span in seconds { #expect(span < 0.2) }
    }
}
