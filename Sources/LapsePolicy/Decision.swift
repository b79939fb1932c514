/// What the policy says of one session, and why: what is enforced is what is explained.
package struct Decision: Sendable, Equatable {
    /// What the session may do; root's limits are applied where root works in it.
    package fileprivate(set) var allowance: Allowance
    /// Whether the session is steered or only watched.
    package fileprivate(set) var mode: Mode
    package fileprivate(set) var modeOrigin: Origin
    /// What was not known of the session and would have to be for a decision without doubt.
    ///
    /// A rule that asks for it, and that fits the session as far as it is known, was passed over,
    /// though it gives a setting that no rule before it has given.
    package fileprivate(set) var unknown: [Fact] = []
    /// Exceptions that gave something, by the order of their rules.
    package fileprivate(set) var exceptions: [PolicyException] = []
    private var origins: [Origin]

    fileprivate init(_ policy: Policy) {
        allowance = .builtIn
        mode = policy.mode
        modeOrigin = policy.modeOrigin
        origins = [Origin](repeating: .builtIn, count: Setting.allCases.count)
    }

    /// Where the value of a setting comes from.
    package fileprivate(set) subscript(origin setting: Setting) -> Origin {
        get { origins[setting.index] }
        set { origins[setting.index] = newValue }
    }

    package func origin(of setting: Setting) -> Origin { self[origin: setting] }
}

/// A rule that holds for a reason and a time.
package struct PolicyException: Sendable, Equatable {
    package let rule: String
    package let reason: String
    package let until: Expiry
    package let origin: Origin
}

extension Policy {
    /// What a session may do: for each setting, what the first rule says that is for the session
    /// and gives the setting; what no rule gives is the defaults', and then built in.
    ///
    /// `mode` is such a setting too. A rule with an `until` that is over is as good as not there.
    /// While root works in the session, its `idle` and `lifetime` are the smaller of the limit for
    /// all and root's own.
    ///
    /// - Parameters:
    ///   - subject: what is known of the session.
    ///   - moment: now; it matters for exceptions alone. `nextExpiry(after:)` says when to ask
    ///     again.
    /// - Returns: every setting with its value and where that comes from.
    package func allowance(for subject: Subject, at moment: WallMoment) -> Decision {
        let match = matcher.match(subject)
        var decision = Decision(self)
        var open = SettingSet.all
        var isModeOpen = true
        for place in match.all {
            let gift = gifts[place]
            let isNew = !gift.settings.isDisjoint(with: open) || (isModeOpen && gift.hasMode)
            guard isNew else { continue }
            let rule = rules[place]
            if let exception = rule.exception {
                guard !exception.until.value.isOver(at: moment) else { continue }
            }
            guard !match.undecided.contains(place) else {
                decision.add(match.missing.filter { rule.condition.asks(for: $0) })
                continue
            }
            if let exception = rule.exception {
                decision.exceptions.append(PolicyException(rule, exception))
            }
            if isModeOpen, let mode = rule.mode {
                decision.mode = mode.value
                decision.modeOrigin = .rule(name: rule.name.value, mode.span)
                isModeOpen = false
            }
            for setting in rule.settings.all where open.contains(SettingSet(setting.value.setting))
            {
                decision.allowance.set(setting.value)
                decision[origin: setting.value.setting] =
                    .rule(name: rule.name.value, setting.span)
            }
            open.subtract(gift.settings)
            if open.isEmpty && !isModeOpen { break }
        }
        for setting in settings.all where open.contains(SettingSet(setting.value.setting)) {
            decision.allowance.set(setting.value)
            decision[origin: setting.value.setting] = .file(setting.span)
        }
        if subject.hasPrivileges {
            decision.applyPrivileged()
        }
        return decision
    }

    /// All exceptions of the policy, by the order of their rules.
    package var exceptions: [PolicyException] {
        rules.compactMap { rule in rule.exception.map { PolicyException(rule, $0) } }
    }

    /// When the next exception ends, so that every session has to be decided anew; `nil` if none
    /// is left.
    package func nextExpiry(after moment: WallMoment) -> WallInstant? {
        rules.compactMap { $0.exception?.until.value.instant(in: moment.zone) }
            .filter { $0 > moment.instant }
            .min()
    }
}

extension Decision {
    fileprivate mutating func add(_ facts: [Fact]) {
        unknown = Fact.allCases.filter { unknown.contains($0) || facts.contains($0) }
    }

    fileprivate mutating func applyPrivileged() {
        if allowance.privileged.idle < allowance.idle {
            allowance.idle = allowance.privileged.idle
            self[origin: .idle] = self[origin: .privilegedIdle]
        }
        if allowance.privileged.lifetime < allowance.lifetime {
            allowance.lifetime = allowance.privileged.lifetime
            self[origin: .lifetime] = self[origin: .privilegedLifetime]
        }
    }
}

extension PolicyException {
    fileprivate init(_ rule: Rule, _ exception: RuleException) {
        self.rule = rule.name.value
        reason = exception.reason
        until = exception.until.value
        origin = .rule(name: rule.name.value, exception.until.span)
    }
}
