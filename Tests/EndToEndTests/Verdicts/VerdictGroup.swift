import LapseStage

/// Rows that are played at the same time on one stage.
struct VerdictGroup: Sendable, CustomStringConvertible {
    let name: String
    let rows: [VerdictRow]
    var scenery = VerdictScenery.usual
    /// Its programs take all of the processor that they get.
    var isHungry = false

    var description: String { name }

    /// Cells of the group with the rows that they are of.
    private typealias Part = (row: VerdictRow, cell: VerdictCell)

    /// Plays the rows that are wanted, and says of each cell what was seen.
    ///
    /// - Parameters:
    ///   - number: The group's, for its addresses.
    ///   - isWanted: Whether a row is to be played.
    /// - Returns: One outcome a cell.
    func play(
        _ number: Int,
        where isWanted: (VerdictRow) -> Bool
    ) async -> [VerdictOutcome] {
        var parts: [Part] = []
        var outcomes: [VerdictOutcome] = []
        for row in rows.filter(isWanted) {
            let obstacle = row.needs.lazy.compactMap(StageRequirements.obstacle(toUsing:)).first
            for cell in row.cells {
                let isConsole = cell.column == .console
                let other = isConsole ? StageRequirements.consoleObstacle : nil
                if let why = obstacle ?? other {
                    outcomes.append(.untried(row, cell, StageError.unsuitable(why)))
                } else {
                    parts.append((row, cell))
                }
            }
        }
        guard !parts.isEmpty else { return outcomes }
        return outcomes + (await play(parts, number))
    }

    private func play(_ parts: [Part], _ number: Int) async -> [VerdictOutcome] {
        do {
            let consoleCount = parts.count { $0.cell.column == .console }
            let stage = try await scenery.start(consoleCount: consoleCount)
            let outcomes = await play(parts, number, on: stage)
            try await stage.stop()
            return outcomes
        } catch {
            return parts.map { .untried($0.row, $0.cell, error) }
        }
    }

    private func play(_ parts: [Part], _ number: Int, on stage: Stage) async -> [VerdictOutcome] {
        var consoles = stage.consoleNumbers
        return await withTaskGroup(of: VerdictOutcome.self) { group in
            for (index, part) in parts.enumerated() {
                let scene = VerdictScene(
                    on: stage,
                    part.cell.column,
                    // Three digits each, so that none is the beginning of another.
                    address: "127.1.\(number).\(100 + index)",
                    console: part.cell.column == .console ? consoles.popLast() : nil
                )
                group.addTask { await Self.play(part.row, part.cell, in: scene) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func play(
        _ row: VerdictRow,
        _ cell: VerdictCell,
        in scene: VerdictScene
    ) async -> VerdictOutcome {
        defer { scene.clear() }
        do {
            let act = try await row.deed(scene)
            let watch = VerdictWatch(row: row, verdict: cell.verdict, act: act, scene: scene)
            let seen = try await watch.run()
            let session = try await scene.session()
            let suspicions = scene.stage.log(["event=suspicious ", "session=\(session) "])
            let outcome = VerdictOutcome(
                row,
                cell,
                act,
                seen,
                suspicions: suspicions.compactMap { $0.fields["what"] }
            )
            return outcome.adding(try await act.check?())
        } catch {
            return .untried(row, cell, error)
        }
    }
}
