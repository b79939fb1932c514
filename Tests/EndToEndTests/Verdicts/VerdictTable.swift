/// The table of lapse-activity(7): the one place where its rows are.
enum VerdictTable {
    /// The groups in the order of the page.
    static let groups: [VerdictGroup] = [
        hands, waiting, work, loops, flood, multiplexers, nested, transfers, connections, alive,
        deceit, escapes, settings,
    ]

    static var rows: [VerdictRow] { groups.flatMap(\.rows) }

    /// A table of what was expected and what was seen, for the end of a run.
    static func report(_ outcomes: [VerdictOutcome]) -> String {
        let width = outcomes.map(\.row.count).max() ?? 0
        let lines = outcomes.map { outcome in
            let columns = [
                outcome.complaint == nil ? "  " : "!!",
                padded(outcome.row, width), padded(outcome.column.rawValue, 7),
                padded(outcome.expected, 7), outcome.seen,
            ]
            let complaint = outcome.complaint.map { " (\($0.prefix(300)))" } ?? ""
            return columns.joined(separator: " ") + complaint
        }
        let good = outcomes.count { $0.complaint == nil }
        let sum = "\(good) of \(outcomes.count) cells are judged as lapse-activity(7) says"
        return (lines + [sum]).joined(separator: "\n")
    }

    /// Outcomes come as they are known; the page has an order.
    static func inOrder(_ outcomes: [VerdictOutcome], of group: VerdictGroup) -> [VerdictOutcome] {
        let columns = VerdictColumn.allCases
        return group.rows.flatMap { row in
            columns.flatMap { column in
                outcomes.filter { $0.row == row.name && $0.column == column }
            }
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
