// The condition of a rule.

extension PolicyReader {
    mutating func condition(_ value: TOMLValue) -> Condition {
        guard case .table(let table) = value.content else {
            let help = "write `when = { users = [\"backup\"] }`"
            reportKind(value, "`when`", "a table", help: help)
            return Condition(terms: [])
        }
        for key in table.keys.all where !problems.isOverfull && !isFact(key.name) {
            report(unknownWhenKey(key))
        }
        var terms: [Condition.Term] = []
        for fact in Fact.allCases {
            for isNegated in [false, true] {
                let key = (isNegated ? Fact.negation : "") + fact.rawValue
                guard let value = table[key] else { continue }
                if let patterns = patterns(value, fact, key) {
                    terms.append(
                        Condition.Term(fact: fact, isNegated: isNegated, patterns: patterns)
                    )
                }
            }
        }
        return Condition(terms: terms)
    }

    private func isFact(_ key: String) -> Bool {
        Fact.keys.contains { ExactName($0) == ExactName(key) }
    }

    private func unknownWhenKey(_ key: TOMLKey) -> Diagnostic {
        if SettingKey.word(key.name) != nil {
            let help = "settings stand beside `when`, not in it"
            return .error("`\(key.name)` cannot stand here", key.span, help: help)
        }
        return .unknown("condition", key, among: Fact.keys)
    }

    /// The values of one key; `nil`, with the reason reported, if one of them is none.
    private mutating func patterns(
        _ value: TOMLValue,
        _ fact: Fact,
        _ key: String
    ) -> [Sourced<Pattern>]? {
        let elements = list(value)
        guard !elements.isEmpty else {
            let meaning = key.hasPrefix(Fact.negation) ? "everybody" : "nobody"
            let help = "leave `\(key)` out if it is not to matter"
            report(
                .error("`\(key)` is empty, it would stand for \(meaning)", value.span, help: help)
            )
            return nil
        }
        var patterns: [Sourced<Pattern>] = []
        for element in elements where !problems.isOverfull {
            if let pattern = pattern(element, fact, key) {
                patterns.append(Sourced(value: pattern, span: element.span))
            }
        }
        return patterns.count == elements.count ? patterns : nil
    }

    private mutating func pattern(
        _ value: TOMLValue,
        _ fact: Fact,
        _ key: String
    ) -> Pattern? {
        if fact == .users, case .integer(let number) = value.content {
            if let uid = UInt32(exactly: number), uid != .max {
                return .uid(uid)
            }
            report(.error("there is no user with the number \(number)", value.span))
            return nil
        }
        if fact == .terminal {
            return word(value, key).map { (kind: Sourced<TerminalKind>) in .terminal(kind.value) }
        }
        guard case .string(let text) = value.content else {
            let help = "write `\(key) = \"…\"` or `\(key) = [\"…\", \"…\"]`"
            reportKind(value, "each entry of `\(key)`", "a text", help: help)
            return nil
        }
        return fact == .from
            ? network(text, value.span, key)
            : name(text, value.span, of: fact, help: nameHelp(text, fact, key)).map { .name($0) }
    }

    private mutating func network(_ text: String, _ span: SourceSpan, _ key: String) -> Pattern? {
        if text == "local" { return .local }
        do {
            return .network(try IPNetwork.parse(text))
        } catch {
            let near = nearest(to: text, among: ["local"]).map { "did you mean \"\($0)\"?" }
            report(.error(error.message, span, help: near ?? negationHelp(text, key) ?? error.help))
            return nil
        }
    }

    /// A name that is one by its form; `help`, if given, says what to do as it is none.
    mutating func name(
        _ text: String,
        _ span: SourceSpan,
        of fact: Fact,
        help: String?
    ) -> ExactName? {
        let isVisible = !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        if let help = isVisible ? help : "a name has no control characters" {
            let quoted = VisibleText.quoted(text)
            report(.error("\(quoted) is no name of a \(fact.noun)", span, help: help))
        } else if text.utf8.count > PolicyLimits.nameBytesMax {
            let most = "at most \(PolicyLimits.nameBytesMax) bytes"
            report(.error("the name of a \(fact.noun) has \(most)", span))
        } else {
            return ExactName(text)
        }
        return nil
    }

    /// Why a text cannot be a name: what to do instead.
    private func nameHelp(_ text: String, _ fact: Fact, _ key: String) -> String? {
        if text.isEmpty {
            return "leave `\(key)` out if it is not to matter"
        }
        if let help = negationHelp(text, key) {
            return help
        }
        if text.utf8.contains(UInt8(ascii: "*")) {
            return "names are whole names; leave `\(key)` out for all"
        }
        if fact == .users, let mark = text.utf8.first, mark == 0x25 || mark == 0x40 {
            return "groups stand in `groups`"
        }
        return nil
    }

    private func negationHelp(_ text: String, _ key: String) -> String? {
        guard text.utf8.first == UInt8(ascii: "!") else { return nil }
        return key.hasPrefix(Fact.negation)
            ? "leave out the `!`, the key says it"
            : "for all others, write `\(Fact.negation)\(key)`"
    }
}
