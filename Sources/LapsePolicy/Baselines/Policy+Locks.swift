// How long a session may rest in all where it is locked first and ended later.

extension Policy {
    /// Values of `lock-for` that are too long for a standard that wants a session ended, on top of
    /// a limit that is short enough by itself.
    ///
    /// - Parameters:
    ///   - baseline: the standard.
    ///   - requirement: which of its clauses.
    ///   - most: how long limit and lock may be together; `.never` wants any end at all.
    ///   - ofRoot: whether the limit is the smaller of that for all and root's own.
    /// - Returns: one finding for each value; none for a lock that no idle limit brings about.
    func lateEnds(
        _ baseline: Baseline,
        _ requirement: Requirement,
        within most: Limit,
        ofRoot: Bool = false
    ) -> [Finding] {
        let places = LockPlaces(self)
        // What an exception gives excuses what comes on top of it, and nothing else.
        let rests = (baseline.hasExceptions ? [false, true] : [true]).map {
            places.rests(within: most, ofRoot: ofRoot, withExceptions: $0)
        }
        return places.locks.compactMap { lock in
            let rest = rests.lazy.compactMap { $0[lock.place] }.first {
                lock.limit.isLate(after: $0.given.limit, most)
            }
            guard let rest else { return nil }
            return Finding(
                baseline: baseline,
                requirement: requirement,
                setting: .lockFor,
                value: lock.limit.text,
                onTopOf: "\(rest.given.setting.rawValue) = \(rest.given.limit.text)",
                origin: lock.origin,
                excuse: baseline.hasExceptions
                    ? (lock.exception ?? rest.exception)?.reason : nil
            )
        }
    }
}

extension Limit {
    /// Whether a lock of this length that begins at `idle` is over too late.
    fileprivate func isLate(after idle: Limit, _ most: Limit) -> Bool {
        switch (idle, self, most) {
        case (.never, _, _): false
        case (_, .never, _): true
        case (_, _, .never): false
        case (.after(let idle), .after(let lock), .after(let most)): idle + lock > most
        }
    }
}

/// The places that say how long a session rests and how long it is locked then: the rules in their
/// order and, last, the defaults with what is built in.
///
/// Which of them go together in one session follows from their order alone, as if a session could
/// fall under any of the rules: so no pair is missed, and a thousand rules are a few passes.
private struct LockPlaces {
    /// A limit and the place that gives it.
    struct Given {
        let setting: Setting
        let limit: Limit
        let place: Int
        let origin: Origin
        let exception: RuleException?
    }

    /// A limit that a session may have, and the exception that lets it have that.
    struct Rest {
        let given: Given
        let exception: RuleException?
    }

    private let policy: Policy
    /// All values of `lock-for` that may take effect at an idle limit.
    private(set) var locks: [Given] = []

    init(_ policy: Policy) {
        self.policy = policy
        locks = values(of: .lockFor).compactMap { $0 }
    }

    /// What each place gives to sessions that may be locked.
    private func values(of setting: Setting) -> [Given?] {
        policy.mayHave(.onIdle(.lock), with: setting).enumerated().map { place, mayLock in
            mayLock ? given(setting, at: place) : nil
        }
    }

    private func given(_ setting: Setting, at place: Int) -> Given? {
        guard place < policy.rules.count else {
            return policy.defaults.value(of: setting).limit.map {
                Given(
                    setting: setting,
                    limit: $0,
                    place: place,
                    origin: policy.origin(of: setting),
                    exception: nil
                )
            }
        }
        let rule = policy.rules[place]
        guard let given = rule.settings[setting], let limit = given.value.limit else { return nil }
        return Given(
            setting: setting,
            limit: limit,
            place: place,
            origin: .rule(name: rule.name.value, given.span),
            exception: rule.exception
        )
    }

    /// For each place, the longest limit, short enough by itself, of a session that has the
    /// `lock-for` of this place.
    func rests(within most: Limit, ofRoot: Bool, withExceptions: Bool) -> [Rest?] {
        guard ofRoot else {
            return longest(.idle, within: most, withExceptions).map { given in
                given.map { Rest(given: $0, exception: $0.exception) }
            }
        }
        // The longer one of the two may be longer than that.
        let idle = longest(.idle, within: .never, withExceptions)
        let root = longest(.privilegedIdle, within: .never, withExceptions)
        return zip(idle, root).map { idle, root in
            guard let idle, let root else { return nil }
            let least = root.limit < idle.limit ? root : idle
            // A long limit for all is what makes the other one the smaller.
            let exception = idle.exception ?? root.exception
            return least.limit > most ? nil : Rest(given: least, exception: exception)
        }
    }

    /// For each place, the longest value of a setting that goes together with its `lock-for`.
    ///
    /// The first place that is for a session gives it a setting. So one that gives both hides from
    /// its sessions what later ones give of either.
    private func longest(
        _ setting: Setting,
        within most: Limit,
        _ withExceptions: Bool
    ) -> [Given?] {
        let all = values(of: setting)
        let fit = all.map { given in
            given.flatMap { value in
                let isLeftOut = value.exception != nil && !withExceptions
                return isLeftOut || value.limit > most ? nil : value
            }
        }
        let hasLock = all.indices.map { given(.lockFor, at: $0) != nil }
        var longest = [Given?](repeating: nil, count: all.count)
        var open: Given?
        for place in all.indices {
            if hasLock[place] {
                longest[place] = longer(open, fit[place])
            } else {
                open = longer(open, fit[place])
            }
        }
        for place in all.indices.reversed() where hasLock[place] {
            if given(setting, at: place) == nil {
                longest[place] = open
            } else {
                open = longer(open, fit[place])
            }
        }
        return longest
    }

    private func longer(_ one: Given?, _ other: Given?) -> Given? {
        guard let one, let other else { return one ?? other }
        return other.limit > one.limit ? other : one
    }
}
