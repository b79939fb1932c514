import LapseStage
import Testing

@Suite(.needsStage) struct IdleEndTests {
    /// The kernel moves a terminal's atime once in each of these.
    ///
    /// They count from the epoch of the wall clock (drivers/tty/tty_io.c, tty_update_time), so a time read from it is up to 8 s too old.
    private static let step = Duration.seconds(8)
    private static let sessionCount = 20

    @Test func `twenty idle ssh sessions end on time whatever the phase of their last key`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let sessions = try await logIn(stage)
            // The first key of a step is the one that atime shows; the last key comes later in the
            // same step, at another phase for each session.
            let now = wallClock()
            let phase = Duration.milliseconds(now.components.seconds % 8 * 1_000)
            let stepStart = ContinuousClock.now + Self.step - phase + .milliseconds(300)
            let ends = try await withThrowingTaskGroup(of: IdleEnd.self) { group in
                for (index, session) in sessions.enumerated() {
                    let spread = Self.step * index / Self.sessionCount
                    group.addTask {
                        try await sleep(until: stepStart)
                        _ = try await session.pressEnter()
                        try await sleep(until: stepStart + .milliseconds(200) + spread * 0.9)
                        let mark = session.terminal.mark()
                        let key = try await session.pressEnterExactly()
                        return try await IdleEnd.watch(session, lastKey: key, after: mark)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for end in ends { end.expectOnTime() }
            printFigures("ssh", ends)
            try await expectRecords(stage)
        }
    }

    private func logIn(_ stage: Stage) async throws -> [ShellSession] {
        try await withThrowingTaskGroup(of: ShellSession.self) { group in
            for _ in 0..<Self.sessionCount { group.addTask { try await stage.logIn(.alice) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Each end is in the log with its reason and figures, and nothing is left in the table.
    private func expectRecords(_ stage: Stage) async throws {
        // The record is written when sshd has closed the session, after its client has gone.
        try await stage.waitForEmptyList(within: .seconds(5))
        let ended = stage.log("ended", of: .alice)
        #expect(Set(ended.compactMap { $0.fields["session"] }).count == Self.sessionCount)
        for line in ended {
            #expect(line.fields["reason"] == "idle")
            #expect(line.seconds("limit") == 20)
            let idle = try #require(line.seconds("idle"))
            #expect(idle >= 20 && idle <= 20.5)
        }
    }
}
