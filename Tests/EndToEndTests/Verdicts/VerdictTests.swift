import Glibc
import LapseStage
import Testing

/// The table of lapse-activity(7), played with real clients against real sshd and login.
///
/// LAPSE_ROWS names rows by parts of their names, separated by `|`, where not all are wanted.
///
/// A machine that others use may keep a program from working, or a client from answering: what
/// fails is played once more, and said so. An end that was early fails at once.
@Suite(.needsStage)
struct VerdictTests {
    /// Cells that are played a second time; more are no noise.
    private static let repeatedMax = 12

    @Test func `each row of lapse-activity(7) is judged as the page says`() async throws {
        let wanted = getenv("LAPSE_ROWS").map { String(cString: $0).split(separator: "|") }
        let start = ContinuousClock.now
        var outcomes = await play { row in
            wanted.map { $0.contains { row.name.contains($0) } } ?? true
        }
        let doubtful = outcomes.filter(\.mayBeNoise)
        if !doubtful.isEmpty, doubtful.count <= Self.repeatedMax {
            print("Played again:\n\(VerdictTable.report(doubtful))")
            let names = Set(doubtful.map(\.row))
            for second in await play(where: { names.contains($0.name) }) {
                guard let place = outcomes.firstIndex(where: { $0.isSameCell(as: second) }),
                    outcomes[place].mayBeNoise
                else { continue }
                outcomes[place] = second
            }
        }
        let seconds = Int((ContinuousClock.now - start).inSeconds)
        print("\(VerdictTable.report(outcomes)), in \(seconds) s")
        // Where a part is missing the table says so, and only under CI it is a failure.
        let passedOver: Set<VerdictOutcome.Trial> =
            StageRequirements.isDemanded ? [.impossible] : [.impossible, .missing]
        for outcome in outcomes where !passedOver.contains(outcome.trial) {
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
        // A program has to get enough of the processor to be seen at work: one hungry group at a
        // time. The last groups take longest, and go first.
        let numbers = groups.indices.reversed()
        async let hungry = Self.outcomes(numbers.filter { groups[$0].isHungry }, atOnce: 1) {
            await groups[$0].play($0, where: isWanted)
        }
        async let calm = Self.outcomes(numbers.filter { !groups[$0].isHungry }, atOnce: 2) {
            await groups[$0].play($0, where: isWanted)
        }
        let outcomes = await hungry.merging(calm) { first, _ in first }
        return groups.indices.flatMap { number in
            VerdictTable.inOrder(outcomes[number] ?? [], of: groups[number])
        }
    }

    private static func outcomes(
        _ numbers: [Int],
        atOnce width: Int,
        of play: @escaping @Sendable (Int) async -> [VerdictOutcome]
    ) async -> [Int: [VerdictOutcome]] {
        await withTaskGroup(of: (Int, [VerdictOutcome]).self) { tasks in
            var all: [Int: [VerdictOutcome]] = [:]
            for (index, number) in numbers.enumerated() {
                if index >= width, let done = await tasks.next() { all[done.0] = done.1 }
                tasks.addTask { (number, await play(number)) }
            }
            for await done in tasks { all[done.0] = done.1 }
            return all
        }
    }
}
