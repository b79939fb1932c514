import Glibc
import LapseStage
import Testing

/// The table of lapse-activity(7), played with real clients against real sshd and login.
///
/// LAPSE_ROWS names rows by parts of their names, separated by `|`, where not all are wanted.
@Suite(.needsStage) struct VerdictTests {
    /// Groups that are played at the same time.
    ///
    /// Each has some twenty sessions, the hungry ones niced.
    private static let width = 3

    @Test func `each row of lapse-activity(7) is judged as the page says`() async throws {
        let wanted = getenv("LAPSE_ROWS").map { String(cString: $0).split(separator: "|") }
        let start = ContinuousClock.now
        let outcomes = await play { row in
            wanted.map { $0.contains { row.name.contains($0) } } ?? true
        }
        let seconds = Int((ContinuousClock.now - start).inSeconds)
        print("\(VerdictTable.report(outcomes)), in \(seconds) s")
        for outcome in outcomes {
            guard let complaint = outcome.complaint else { continue }
            Issue.record(
                "\(outcome.row), \(outcome.column.rawValue): \(outcome.seen): \(complaint)"
            )
        }
        #expect(!outcomes.isEmpty)
    }

    /// Plays every group, some at a time, and gives the outcomes in the order of the page.
    private func play(
        where isWanted: @escaping @Sendable (VerdictRow) -> Bool
    ) async -> [VerdictOutcome] {
        let groups = VerdictTable.groups
        let outcomes = await withTaskGroup(of: (Int, [VerdictOutcome]).self) { tasks in
            var all: [Int: [VerdictOutcome]] = [:]
            for (number, group) in groups.enumerated() {
                if number >= Self.width, let done = await tasks.next() { all[done.0] = done.1 }
                tasks.addTask { (number, await group.play(number, where: isWanted)) }
            }
            for await done in tasks { all[done.0] = done.1 }
            return all
        }
        return groups.indices.flatMap { number in
            VerdictTable.inOrder(outcomes[number] ?? [], of: groups[number])
        }
    }
}
