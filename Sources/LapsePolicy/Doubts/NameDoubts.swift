// Names in the policy that nobody and nothing has.

extension Policy {
    /// Names that the host, or OpenSSH, does not know, under `[defaults]` and in the rules.
    func nameDoubts(_ host: HostFacts) -> [Diagnostic] {
        var names = NameCheck(host)
        var doubts = names.unknown(in: settings)
        for rule in rules {
            for term in rule.condition.terms {
                doubts += names.unknown(in: term)
            }
            doubts += names.unknown(in: rule.settings)
        }
        return doubts
    }
}

/// Names that the host, or OpenSSH, does not know.
private struct NameCheck {
    private let host: HostFacts
    /// Answers so far: a look-up may ask a server.
    private var users: [ExactName: Bool] = [:]
    private var groups: [ExactName: Bool] = [:]

    /// RFC 4252, RFC 4256 and RFC 4462, as OpenSSH's sshd has them.
    private static let methods = [
        "publickey", "password", "keyboard-interactive", "hostbased", "gssapi-with-mic",
        "gssapi-keyex", "none",
    ]

    init(_ host: HostFacts) {
        self.host = host
    }

    mutating func unknown(in term: Condition.Term) -> [Diagnostic] {
        switch term.fact {
        case .users: unknown(term, &users, host.isUser)
        case .groups: unknown(term, &groups, host.isGroup)
        case .auth: unknownMethods(term)
        case .services, .from, .terminal: []
        }
    }

    mutating func unknown(in settings: Settings) -> [Diagnostic] {
        guard case .memberOf(let given) = settings[.memberOf]?.value else { return [] }
        // Among several groups the word for anyone would be wrong too.
        let words = given.count == 1 ? [Membership.wordForAnyone] : []
        return given.compactMap { group in
            guard !Self.isKnown(group.value, &groups, host.isGroup) else { return nil }
            let help = nearest(to: group.value.name, among: words).map { "did you mean \"\($0)\"?" }
            return Self.doubt(.groups, group.value, group.span, help: help)
        }
    }

    private func unknown(
        _ term: Condition.Term,
        _ answers: inout [ExactName: Bool],
        _ isThere: ((String) -> Bool?)?
    ) -> [Diagnostic] {
        term.patterns.compactMap { pattern in
            guard case .name(let name) = pattern.value else { return nil }
            return Self.isKnown(name, &answers, isThere)
                ? nil : Self.doubt(term.fact, name, pattern.span)
        }
    }

    private static func doubt(
        _ fact: Fact,
        _ name: ExactName,
        _ span: SourceSpan,
        help: String? = nil
    ) -> Diagnostic {
        let quoted = VisibleText.quoted(name.name)
        return .warning("there is no \(fact.noun) \(quoted) on this host", span, help: help)
    }

    private static func isKnown(
        _ name: ExactName,
        _ answers: inout [ExactName: Bool],
        _ isThere: ((String) -> Bool?)?
    ) -> Bool {
        guard let isThere else { return true }
        // Whoever cannot answer is not the proof that there is no such name.
        let answer = answers[name] ?? isThere(name.name) ?? true
        answers[name] = answer
        return answer
    }

    private func unknownMethods(_ term: Condition.Term) -> [Diagnostic] {
        term.patterns.compactMap { pattern in
            guard case .name(let name) = pattern.value else { return nil }
            let method = String(name.name.prefix { $0 != "/" })
            guard !Self.methods.contains(method) else { return nil }
            let help =
                nearest(to: method, among: Self.methods).map { "did you mean \"\($0)\"?" }
                ?? "it has " + Self.methods.map { "`\($0)`" }.joined(separator: ", ")
            let message = "OpenSSH has no method \(pattern.value.quoted)"
            return .warning(message, pattern.span, help: help)
        }
    }
}
