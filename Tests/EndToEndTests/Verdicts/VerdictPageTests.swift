import Glibc
import Testing

/// lapse-activity(7) against the rows that are played.
@Suite struct VerdictPageTests {
    /// With LAPSE_WRITE_PAGE=1 the page is written anew from the rows, and holds.
    @Test func `the page has every row, in order, with the verdicts that are played`() throws {
        let rows = VerdictTable.rows.map { VerdictPage.Row($0) }
        if getenv("LAPSE_WRITE_PAGE") != nil { try VerdictPage().write(rows) }
        let shown = try VerdictPage().rows
        for (row, other) in zip(rows, shown) {
            #expect(row == other, "the row \"\(row.name)\"")
        }
        #expect(rows.map(\.name) == shown.map(\.name))
    }

    @Test func `the table has at least 40 rows, each with a name of its own and a verdict`() {
        let rows = VerdictTable.rows
        #expect(rows.count >= 40)
        #expect(Set(rows.map(\.name)).count == rows.count)
        for row in rows {
            #expect(!row.cells.isEmpty, "\(row.name)")
            #expect(Set(row.cells.map(\.column)).count == row.cells.count, "\(row.name)")
        }
    }

    @Test func `the page names every suspicion that a row waits for`() throws {
        let page = try VerdictPage().text.split(separator: "\\-").joined(separator: "-")
        for kind in Set(VerdictTable.rows.compactMap(\.suspicion)) {
            #expect(page.contains("\n.TP\n.B \(kind)\n"), "\(kind)")
        }
    }

    @Test func `a session that is to stay is watched beyond its limit`() {
        for row in VerdictTable.rows where row.cells.contains(where: \.isActive) {
            #expect(row.watch > row.limit + row.lateMax, "\(row.name)")
        }
    }
}
