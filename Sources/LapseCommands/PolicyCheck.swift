import LapseControl
import LapsePolicy
import LapseSources

/// What `lapsectl policy check` says of a policy; its fields are the JSON document.
struct PolicyCheck: Encodable {
    struct Place: Encodable, Equatable {
        let file: String
        /// From 1.
        let line: Int
        /// From 1, in Unicode scalar values.
        let column: Int

        /// Nil for a span that no source holds.
        init?(_ span: SourceSpan, in sources: [PolicySource]) {
            guard sources.indices.contains(span.file) else { return nil }
            let source = sources[span.file]
            let position = source.position(of: span.start)
            (file, line, column) = (source.name, position.line, position.column)
        }
    }

    struct Problem: Encodable {
        /// "error" or "warning".
        let severity: String
        let message: String
        /// Nil when the matter is the set of files.
        let place: Place?
        let notes: [Note]
        let help: String?

        struct Note: Encodable {
            let text: String
            let place: Place?
        }
    }

    struct Comparison: Encodable {
        let id: String
        let title: String
        let findings: [Finding]

        struct Finding: Encodable {
            /// Nil where all of the standard is broken, because nothing is enforced.
            let clause: String?
            let setting: String?
            let value: String
            let text: String
            let rule: String?
            let place: String?
            /// The reason of an exception that the standard allows; such a finding is no fault.
            let excuse: String?
            /// Nobody has compared the figure with the text of the standard.
            let isFromMemory: Bool
        }
    }

    /// Whether the daemon would refuse it.
    let isRefused: Bool
    let files: [String]
    let problems: [Problem]
    /// One a standard that was named; empty where the policy is refused.
    let against: [Comparison]
    /// Names of which nobody could say in time whether this host has them, as "user `alice`".
    let unanswered: [String]
    /// Whom a lock does not help; nil where the policy is refused or locks nobody.
    let lockless: LocklessUsers?
    /// All of it for people; safe for a terminal.
    var text: String { diagnosed + report }

    private let diagnosed: String

    private enum CodingKeys: CodingKey {
        case isRefused
        case files
        case problems
        case against
        case unanswered
        case lockless
    }

    /// Loads a policy as the daemon does.
    ///
    /// - Parameters:
    ///   - sources: Its files.
    ///   - host: What the host knows.
    ///   - baselines: The standards to hold it against.
    ///   - unanswered: Asked when it is loaded.
    ///   - accounts: The users of the host; nil to leave out whom a lock does not help.
    init(
        _ sources: [PolicySource],
        host: HostFacts,
        against baselines: [Baseline],
        unanswered: () -> [String],
        accounts: LocalAccounts?
    ) {
        let (policy, diagnostics) = Policy.load(sources, host: host)
        self.unanswered = unanswered()
        isRefused = policy == nil
        files = sources.map(\.name)
        problems = diagnostics.map { Problem($0, in: sources) }
        against = policy.map { policy in baselines.map { Comparison($0, policy) } } ?? []
        lockless = policy.flatMap { policy in
            guard let accounts, let now = host.now else { return nil }
            return LocklessUsers(accounts, policy, at: now)
        }
        diagnosed = diagnostics.map { $0.render(sources: sources) + "\n" }.joined()
    }

    private var report: String {
        var text = ""
        if !unanswered.isEmpty {
            text += "warning: no answer in time from where this host looks up users and groups;"
            text += " not checked: \(unanswered.joined(separator: ", "))\n\n"
        }
        for comparison in against { text += comparison.report }
        if let note = lockless?.text { text += "\(note)\n\n" }
        let errors = problems.count { $0.severity == Diagnostic.Severity.error.rawValue }
        let warnings = problems.count - errors
        let sum =
            "\(counted(files.count, "file")): \(counted(errors, "error")),"
            + " \(counted(warnings, "warning"))"
        return text + sum + (isRefused ? "; the policy is refused as a whole\n" : "\n")
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}

extension PolicyCheck.Problem {
    fileprivate init(_ diagnostic: Diagnostic, in sources: [PolicySource]) {
        severity = diagnostic.severity.rawValue
        message = diagnostic.message
        place = diagnostic.span.flatMap { .init($0, in: sources) }
        notes = diagnostic.notes.map { .init(text: $0.text, place: .init($0.span, in: sources)) }
        help = diagnostic.help
    }
}

extension PolicyCheck.Comparison {
    fileprivate init(_ baseline: Baseline, _ policy: Policy) {
        id = baseline.id
        title = baseline.title
        findings = policy.check(against: [baseline]).map { finding in
            let origin = policy.shown(finding.origin)
            return Finding(
                clause: finding.requirement?.clause,
                setting: finding.setting?.rawValue,
                value: finding.value,
                text: finding.text,
                rule: origin.rule,
                place: origin.place,
                excuse: finding.excuse,
                isFromMemory: finding.requirement?.isFromMemory ?? false
            )
        }
    }

    /// The findings, or that there are none; ends with an empty line.
    fileprivate var report: String {
        guard !findings.isEmpty else { return "\(title) (\(id)): nothing is weaker\n\n" }
        let count = findings.count == 1 ? "1 place is" : "\(findings.count) places are"
        var text = "\(title) (\(id)): \(count) weaker\n"
        for finding in findings {
            let rule = finding.rule.map { "rule \(VisibleText.quoted($0)), " } ?? ""
            text += "  \(rule)\(finding.place ?? "built in"):\n    \(finding.text)\n"
            if let excuse = finding.excuse {
                text += "    its reason: \(VisibleText(excuse.utf8).text)\n"
            }
        }
        return text + "\n"
    }
}
