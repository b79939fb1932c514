// The rules: `[[rule]]` with its name, its `when`, its settings, and why and until when it holds.

extension PolicyReader {
    /// The keys of a rule that are no settings.
    private enum RuleKey: String, Word {
        case name
        case when
        case mode
        case reason
        case until
    }

    /// A rule in the making.
    private struct Draft {
        var name: Sourced<String>?
        var mode: Sourced<Mode>?
        var condition = Condition(terms: [])
        var settings = Settings()
        var reason: Sourced<String>?
        var until: Sourced<Expiry>?
    }

    mutating func rules(_ value: TOMLValue) -> [Rule] {
        guard case .array(let elements) = value.content else {
            let help = "each rule begins with `[[rule]]`"
            reportKind(value, "`rule`", "an array of tables", help: help)
            return []
        }
        var rules: [Rule] = []
        for element in elements where !problems.isOverfull {
            ruleCount += 1
            guard ruleCount <= PolicyLimits.rulesMax else {
                let message = "the policy has more than \(PolicyLimits.rulesMax) rules"
                report(.error(message, element.span))
                break
            }
            guard case .table(let table) = element.content else {
                reportKind(element, "a rule", "a table", help: "each rule begins with `[[rule]]`")
                continue
            }
            if let rule = rule(table, element.span) {
                rules.append(rule)
            }
        }
        return rules
    }

    private mutating func rule(_ table: TOMLTable, _ span: SourceSpan) -> Rule? {
        var draft = Draft()
        for (key, value) in table.entries where !problems.isOverfull {
            switch RuleKey.word(key.name) {
            case .name:
                draft.name = text(value, key.name, bytesMax: PolicyLimits.ruleNameBytesMax)
            case .when: draft.condition = condition(value)
            case .mode: draft.mode = word(value, key.name)
            case .reason:
                draft.reason = text(value, key.name, bytesMax: PolicyLimits.reasonBytesMax)
            case .until: draft.until = expiry(value)
            case nil:
                if !read(value, of: key, into: &draft.settings) {
                    report(unknownRuleKey(key))
                }
            }
        }
        let exception = exception(draft, table)
        guard let name = draft.name else {
            if table[RuleKey.name.rawValue] == nil {
                let help = "every log line and every explanation calls a rule by its name"
                report(.error("the rule has no `name`", span, help: help))
            }
            return nil
        }
        return Rule(
            name: name,
            mode: draft.mode,
            condition: draft.condition,
            settings: draft.settings,
            exception: exception
        )
    }

    private func unknownRuleKey(_ key: TOMLKey) -> Diagnostic {
        if Fact.keys.contains(key.name) {
            let help = "it stands in `when`, as in `when = { \(key.name) = … }`"
            return .error("`\(key.name)` cannot stand here", key.span, help: help)
        }
        return .unknown("key", key, among: RuleKey.words + SettingKey.words)
    }

    /// `reason` and `until`: both or neither.
    private mutating func exception(_ draft: Draft, _ table: TOMLTable) -> RuleException? {
        if let reason = draft.reason, let until = draft.until {
            return RuleException(reason: reason.value, until: until)
        }
        if let reason = draft.reason, table[RuleKey.until.rawValue] == nil {
            let help = "say until when, as in `until = 2026-12-31`; a mere remark begins with `#`"
            report(.error("the exception has no `until`", reason.span, help: help))
        }
        if let until = draft.until, table[RuleKey.reason.rawValue] == nil {
            let help = "who reads the report wants to know why: `reason = \"…\"`"
            report(.error("the exception has no `reason`", until.span, help: help))
        }
        return nil
    }

    private mutating func expiry(_ value: TOMLValue) -> Sourced<Expiry>? {
        if case .dateTime(let written) = value.content, let expiry = Expiry(written) {
            return Sourced(value: expiry, span: value.span)
        }
        let isQuoted = if case .string = value.content { true } else { false }
        let help =
            isQuoted
            ? "write it without quotes, as in `until = 2026-12-31`"
            : "write a day or a time, as in `2026-12-31` or `2026-12-31T18:00:00+01:00`"
        reportKind(value, "`until`", "a date", help: help)
        return nil
    }

    /// A text for people: on one line, visible, not empty.
    private mutating func text(
        _ value: TOMLValue,
        _ name: String,
        bytesMax: Int
    ) -> Sourced<String>? {
        guard case .string(let text) = value.content else {
            reportKind(value, "`\(name)`", "a text", help: nil)
            return nil
        }
        if text.isEmpty {
            report(.error("`\(name)` is empty", value.span))
        } else if text.utf8.count > bytesMax {
            let found = "found \(text.utf8.count)"
            report(.error("`\(name)` can have at most \(bytesMax) bytes, \(found)", value.span))
        } else if VisibleText(text.utf8).text.utf8.elementsEqual(text.utf8) {
            return Sourced(value: text, span: value.span)
        } else {
            report(.error("`\(name)` has characters that cannot be seen", value.span))
        }
        return nil
    }
}
