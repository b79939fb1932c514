/// A table of plain text that fits a terminal.
struct TextTable {
    /// One column.
    struct Column {
        /// Its heading.
        let heading: String
        /// Width to which it may be cut, in terminal columns; nil for one that is never cut.
        let widthMin: Int?

        init(_ heading: String, cutTo widthMin: Int? = nil) {
            self.heading = heading
            self.widthMin = widthMin
        }
    }

    private static let gap = "  "

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row.
    ///
    /// - Parameter cells: One text a column; safe for a terminal.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "A row has one cell a column.")
        rows.append(cells)
    }

    /// Writes the table.
    ///
    /// Cells are cut with "…" while the table is wider than the terminal, the widest first. When
    /// that is not enough, lines run over.
    ///
    /// - Parameter width: Columns of the terminal; nil to cut nothing.
    /// - Returns: The heading and the rows, a line each, without spaces at their ends.
    func text(width: Int?) -> String {
        let widths = widths(within: width)
        let lines = [columns.map(\.heading)] + rows
        return lines.map { line(of: $0, widths) + "\n" }.joined()
    }

    private func line(of cells: [String], _ widths: [Int]) -> String {
        var line = ""
        var owed = 0
        for (cell, width) in zip(cells, widths) {
            let cut = TextWidth.cut(cell, to: width)
            let cutWidth = TextWidth.of(cut)
            if cutWidth > 0 {
                line += String(repeating: " ", count: owed) + cut
                owed = 0
            }
            owed += width - cutWidth + Self.gap.count
        }
        return line
    }

    private func widths(within limit: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.map { TextWidth.of($0[index]) }.max().map {
                max($0, TextWidth.of(columns[index].heading))
            } ?? TextWidth.of(columns[index].heading)
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - limit
        while excess > 0 {
            let cuttable = columns.indices.filter { widths[$0] > columns[$0].widthMin ?? .max }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
