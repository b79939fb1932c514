// What is possible but surely not meant in the rules, seen together.

enum RuleDoubts {
    /// Errors: a name is there to tell rules apart.
    static func sameNames(_ rules: [Rule]) -> [Diagnostic] {
        var first: [ExactName: SourceSpan] = [:]
        return rules.compactMap { rule in
            let name = ExactName(rule.name.value)
            guard let other = first[name] else {
                first[name] = rule.name.span
                return nil
            }
            let quoted = VisibleText.quoted(rule.name.value)
            return .error("there are two rules with the name \(quoted)", rule.name.span)
                .noting("it was first given at", other)
        }
    }
}

extension Policy {
    /// What is doubtful in the rules at a time; without one, none is over.
    func ruleDoubts(_ now: WallMoment?) -> [Diagnostic] {
        var doubts: [Diagnostic] = []
        for rule in rules {
            doubts += rule.settings.doubts(beside: settings)
            for fact in Fact.allCases {
                doubts += rule.condition.overlaps(of: fact)
            }
            if let exception = rule.exception, let now {
                doubts += overdue(exception, of: rule, now)
            }
        }
        let hidden = unreachable()
        return doubts + hidden.doubts + idleRules(besides: hidden.rules)
    }

    private func overdue(
        _ exception: RuleException,
        of rule: Rule,
        _ now: WallMoment
    ) -> [Diagnostic] {
        guard exception.until.value.isOver(at: now) else { return [] }
        let name = VisibleText.quoted(rule.name.value)
        let help = "remove the rule, or give it a new `until` and a `reason` that still holds"
        let message = "the exception is over, the rule \(name) does not hold any more"
        return [.warning(message, exception.until.span, help: help)]
    }

    /// Rules that give nothing, or only what would hold without them.
    private func idleRules(besides hidden: Set<Int>) -> [Diagnostic] {
        var doubts: [Diagnostic] = []
        /// Settings that a later rule gives otherwise than the defaults.
        var differing: SettingSet = []
        var isModeDiffering = false
        for (place, rule) in rules.enumerated().reversed() {
            let name = VisibleText.quoted(rule.name.value)
            var own: SettingSet = []
            for setting in rule.settings.all where setting.value != defaults.same(setting.value) {
                own.insert(SettingSet(setting.value.setting))
            }
            let isOwnMode = rule.mode.map { $0.value != mode } ?? false
            let isNeeded = !own.isEmpty || !rule.settings.given.isDisjoint(with: differing)
            let isModeNeeded = isOwnMode || (rule.mode != nil && isModeDiffering)
            if !isNeeded && !isModeNeeded && !hidden.contains(place) {
                let help =
                    rule.isSilent
                    ? "give it a setting, or a `mode`"
                    : "what it gives would hold without it"
                let message = "the rule \(name) changes nothing"
                doubts.append(.warning(message, rule.name.span, help: help))
            }
            differing.formUnion(own)
            isModeDiffering = isModeDiffering || isOwnMode
        }
        return doubts
    }

    /// Rules, or settings of them, that earlier rules give to all whom they are for; and the
    /// places of the rules that are without effect as a whole.
    private func unreachable() -> (doubts: [Diagnostic], rules: Set<Int>) {
        var doubts: [Diagnostic] = []
        var whole: Set<Int> = []
        var budget = Condition.comparisonsMax
        for (place, rule) in rules.enumerated() where !rule.isSilent && budget >= 0 {
            let hidden = hidden(place, budget: &budget)
            guard let first = hidden.first else { continue }
            let help = "of two rules, the narrower one has to come first"
            let isWhole = hidden.count == rule.settings.all.count + (rule.mode == nil ? 0 : 1)
            if isWhole {
                whole.insert(place)
            }
            let name = VisibleText.quoted(rule.name.value)
            for one in isWhole ? [first] : hidden {
                let message =
                    isWhole
                    ? "the rule \(name) can never take effect"
                    : "`\(one.key)` can never take effect here"
                let by = VisibleText.quoted(one.by.name.value)
                let note = "the rule \(by) gives `\(one.key)` to all whom this one is for, at"
                doubts.append(
                    .warning(message, isWhole ? rule.name.span : one.span, help: help)
                        .noting(note, one.bySpan)
                )
            }
        }
        return (doubts, whole)
    }

    private struct Hidden {
        let key: String
        let span: SourceSpan
        let by: Rule
        let bySpan: SourceSpan
    }

    /// What of the rule at `place` never takes effect.
    private func hidden(_ place: Int, budget: inout Int) -> [Hidden] {
        let rule = rules[place]
        var open = rule.settings.given
        var openMode = rule.mode
        var hidden: [Hidden] = []
        for earlier in matcher.candidates(covering: rule.condition) where earlier < place {
            let gift = gifts[earlier]
            guard !gift.settings.isDisjoint(with: open) || (openMode != nil && gift.hasMode) else {
                continue
            }
            let other = rules[earlier]
            guard other.exception == nil, other.condition.covers(rule.condition, budget: &budget)
            else { continue }
            if let mode = openMode, let otherMode = other.mode {
                hidden.append(
                    Hidden(key: "mode", span: mode.span, by: other, bySpan: otherMode.span)
                )
                openMode = nil
            }
            for given in other.settings.all where open.contains(SettingSet(given.value.setting)) {
                let setting = given.value.setting
                guard let own = rule.settings[setting] else { continue }
                hidden.append(
                    Hidden(key: setting.rawValue, span: own.span, by: other, bySpan: given.span)
                )
            }
            open.subtract(gift.settings)
            if open.isEmpty && openMode == nil { break }
        }
        return hidden
    }
}

extension Allowance {
    /// This allowance's value of the setting that `value` is of.
    fileprivate func same(_ value: SettingValue) -> SettingValue { self.value(of: value.setting) }
}
