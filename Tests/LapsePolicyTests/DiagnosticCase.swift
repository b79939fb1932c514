import Foundation
import Testing

@testable import LapsePolicy

/// One case of the tables in `Diagnostics/`: policy files, and exactly what is said of them.
///
/// ```
/// === name of the case
/// text of lapse.toml
/// --- name of a further file
/// its text
/// >>> accepted, or refused
/// the rendered diagnostics
/// ```
/// A file's text ends without a line feed. `<ESC>` and the like stand for what editors hide.
struct DiagnosticCase: Sendable, CustomTestStringConvertible {
    let name: String
    let sources: [PolicySource]
    let isAccepted: Bool
    let rendered: String

    var testDescription: String { name }

    /// All cases of the table `Diagnostics/NAME.txt`.
    static func table(_ name: String) throws -> [DiagnosticCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "Diagnostics/\(name).txt")
        let text = "\n" + (try String(contentsOf: file, encoding: .utf8))
        return try text.components(separatedBy: "\n=== ").dropFirst().map { part in
            let halves = part.components(separatedBy: "\n>>> ")
            try #require(halves.count == 2, "\(part)")
            return DiagnosticCase(given: halves[0], expected: halves[1])
        }
    }

    private init(given: String, expected: String) {
        var files = given.components(separatedBy: "\n--- ")
        let (name, main) = Self.firstLine(files.removeFirst())
        let (verdict, rendered) = Self.firstLine(expected)
        self.name = name
        isAccepted = verdict == "accepted"
        self.rendered = Self.unmarked(rendered)
        sources =
            [PolicySource(name: "lapse.toml", bytes: Array(Self.unmarked(main).utf8))]
            + files.map { file in
                let (name, text) = Self.firstLine(file)
                return PolicySource(name: name, bytes: Array(Self.unmarked(text).utf8))
            }
    }

    private static func firstLine(_ text: String) -> (first: String, rest: String) {
        let lines = text.components(separatedBy: "\n")
        return (lines[0], lines.dropFirst().joined(separator: "\n"))
    }

    private static func unmarked(_ text: String) -> String {
        let marks = [
            ("<ESC>", "\u{1B}"), ("<TAB>", "\t"), ("<CR>", "\r"), ("<RLO>", "\u{202E}"),
            ("<ZWSP>", "\u{200B}"), ("<KELVIN>", "\u{212A}"),
        ]
        return marks.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
