import FoundationEssentials
import LapseStage

/// The table as it stands in lapse-activity(7).
struct VerdictPage {
    /// A row of it, as a reader sees it.
    struct Row: Equatable {
        let name: String
        /// By columns; nil for a dash.
        let cells: [String?]

        init(name: String, cells: [String?]) {
            self.name = name
            self.cells = cells
        }

        init(_ row: VerdictRow) {
            name = row.name
            cells = VerdictColumn.allCases.map { column in
                row.cells.first { $0.column == column }?.text
            }
        }

        /// The row in tbl(1)'s words: each cell is a text block, so that it can be wrapped.
        var source: String {
            let texts = cells.map { $0.map(VerdictPage.block) ?? "\\(em" }
            return ([VerdictPage.block(name)] + texts).joined(separator: "|") + "\n"
        }
    }

    private static let file: URL = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return folder.appending(path: "../../../man/lapse-activity.7").standardized
    }()
    private static let begin = "\n_\n"
    private static let end = ".TE\n"

    let text: String

    init() throws {
        text = try String(contentsOf: Self.file, encoding: .utf8)
    }

    /// What stands between the table's head and its end.
    private var table: Substring {
        let head = text.split(separator: Self.begin, maxSplits: 1, omittingEmptySubsequences: false)
        return head.last?.split(separator: Self.end, omittingEmptySubsequences: false).first ?? ""
    }

    /// Its rows.
    ///
    /// A row begins with a text block; cells are parted by bars.
    var rows: [Row] {
        let lines = table.split(separator: "\n")
        var rows: [[String?]] = []
        for (index, line) in lines.enumerated() {
            if line == "T{" {
                rows.append([Self.plain(lines[index + 1])])
            } else if line.hasPrefix("T}|") {
                // `T}|T{` opens the next block; a dash stands for itself, then comes the next cell.
                for cell in line.split(separator: "|").dropFirst() {
                    let isBlock = cell == "T{"
                    rows[rows.count - 1].append(isBlock ? Self.plain(lines[index + 1]) : nil)
                }
            }
        }
        return rows.map { Row(name: ($0.first ?? nil) ?? "", cells: Array($0.dropFirst())) }
    }

    /// Writes the page anew, with these rows.
    func write(_ rows: [Row]) throws {
        let parts = text.split(separator: Self.begin, maxSplits: 1)
        let rest = parts[1].split(separator: Self.end, omittingEmptySubsequences: false)
        let body = rows.map(\.source).joined()
        let after = rest.dropFirst().joined(separator: Self.end)
        let page = "\(parts[0])\(Self.begin)\(body)\(Self.end)\(after)"
        try page.write(to: Self.file, atomically: true, encoding: .utf8)
    }

    /// A text block of tbl(1).
    private static func block(_ text: String) -> String { "T{\n\(roff(text))\nT}" }

    /// A text in roff: what stands in backquotes is bold.
    private static func roff(_ text: String) -> String {
        let escaped = escapes.reversed().reduce(text) { text, pair in
            text.split(separator: pair.plain, omittingEmptySubsequences: false)
                .joined(separator: pair.roff)
        }
        let parts = escaped.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : bold($0.element) }
            .joined()
    }

    private static func bold(_ text: Substring) -> String { "\\fB\(text)\\fR" }

    /// In the order in which they are undone: the backslash last.
    private static let escapes: [(roff: String, plain: String)] = [
        ("\\-", "-"), ("\\(dq", "\""), ("\\(ti", "~"), ("\\(ha", "^"), ("\\e", "\\"),
    ]

    /// The text that a reader sees.
    private static func plain(_ roff: Substring) -> String {
        let fonts = [(roff: "\\fB", plain: "`"), (roff: "\\fR", plain: "`")]
        return (fonts + escapes).reduce(String(roff)) { text, pair in
            text.split(separator: pair.roff, omittingEmptySubsequences: false)
                .joined(separator: pair.plain)
        }
    }
}
