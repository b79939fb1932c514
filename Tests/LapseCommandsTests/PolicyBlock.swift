import LapsePolicy

/// A policy, or a part of one, that a text for people shows.
///
/// In Markdown it is a fenced block of the language `toml`; in a manual page it stands between `.nf`
/// and `.fi`, below the comment `.\" toml`. What is no whole file says so with one word behind
/// `toml`, in either: `defaults` for settings that stand under `[defaults]`, `rule` for what stands
/// in a `[[rule]]` that has its name already.
struct PolicyBlock: Equatable {
    enum Part: String {
        case defaults
        case rule
    }

    /// Of its first line, from 1.
    let line: Int
    /// Nil for a whole file.
    let part: Part?
    /// As it is read, not as it is written: roff's escapes are undone.
    let text: String

    /// The policy file that it is, or is of.
    var file: String { head + text }

    /// What a part is completed by.
    private var head: String {
        switch part {
        case nil: ""
        case .defaults: "[defaults]\n"
        case .rule: "[[rule]]\nname = \"example\"\n"
        }
    }

    /// Where a line of `file` stands in the text, both from 1.
    func line(ofFileLine number: Int) -> Int {
        line + number - 1 - head.utf8.count { $0 == 0x0A }
    }
}

/// Why the blocks of a text cannot be told for sure; each with the number of the line.
enum PolicyBlockError: Error, Equatable {
    /// The block has no end.
    case endless(Int)
    /// It says that it is a part of which there is none, or is no block at all.
    case strange(Int)
    /// It looks like a policy and does not say that it is one, so nobody would check it.
    case unmarked(Int)
}

/// Finds the policies in a text.
struct PolicyBlockReader {
    enum Form {
        case markdown
        case manualPage
    }

    private let form: Form
    private let lines: [Substring]
    private var place = 0

    private init(_ text: String, _ form: Form) {
        self.form = form
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// All policies of a text, in their order.
    static func blocks(of text: String, _ form: Form) throws(PolicyBlockError) -> [PolicyBlock] {
        var reader = PolicyBlockReader(text, form)
        var blocks: [PolicyBlock] = []
        while reader.place < reader.lines.count {
            if let block = try reader.next() { blocks.append(block) }
        }
        return blocks
    }

    /// Reads one line outside of any block, or a whole block.
    private mutating func next() throws(PolicyBlockError) -> PolicyBlock? {
        let line = Self.trimmed(lines[place])
        place += 1
        switch form {
        case .markdown:
            return line.hasPrefix("```") ? try block(of: line.dropFirst(3), endsWith: "```") : nil
        case .manualPage:
            if line == ".nf" || line == ".EX" {
                return try block(of: "", endsWith: line == ".nf" ? ".fi" : ".EE")
            }
            guard line.hasPrefix(".\\\" toml") else { return nil }
            guard place < lines.count, lines[place] == ".nf" else { throw .strange(place) }
            place += 1
            return try block(of: line.dropFirst(4), endsWith: ".fi")
        }
    }

    /// Reads to the end of a block; nil for one that is no policy.
    private mutating func block(
        of kind: Substring,
        endsWith end: String
    ) throws(PolicyBlockError) -> PolicyBlock? {
        let first = place
        while place < lines.count, Self.trimmed(lines[place]) != end { place += 1 }
        guard place < lines.count else { throw .endless(first) }
        let content = lines[first..<place]
        place += 1
        let words = kind.split(separator: " ")
        guard words.first == "toml" else {
            if let policy = content.firstIndex(where: Self.looksLikePolicy) {
                throw .unmarked(policy + 1)
            }
            return nil
        }
        let part = words.count == 2 ? PolicyBlock.Part(rawValue: String(words[1])) : nil
        guard words.count == 1 || part != nil else { throw .strange(first) }
        let text = content.map { "\($0)\n" }.joined()
        return PolicyBlock(
            line: first + 1,
            part: part,
            text: form == .manualPage ? Self.plain(text) : text
        )
    }

    /// A header or a key of a policy at the very beginning of the line.
    private static func looksLikePolicy(_ line: Substring) -> Bool {
        guard !line.hasPrefix("[defaults]"), !line.hasPrefix("[[rule]]") else { return true }
        guard !line.hasPrefix(" ") else { return false }
        let key = line.prefix { $0 != "=" }
        let keys = Setting.allCases.map(\.rawValue) + ["mode", "baseline", "privileged", "when"]
        return key.endIndex < line.endIndex
            && keys.contains(plain(String(trimmed(key))))
    }

    private static func trimmed(_ line: Substring) -> Substring {
        let rest = line.drop { $0 == " " }
        return rest.lastIndex { $0 != " " }.map { rest[...$0] } ?? ""
    }

    /// What a reader sees of roff text: the escapes that these pages use undone.
    private static func plain(_ roff: String) -> String {
        [("\\(dq", "\""), ("\\-", "-"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\&", ""), ("\\e", "\\")]
            .reduce(roff) { $0.replacing($1.0, with: $1.1) }
    }
}
