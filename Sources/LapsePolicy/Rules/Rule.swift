/// One `[[rule]]`: for whom, and what it gives.
struct Rule: Sendable, Equatable {
    let name: Sourced<String>
    let mode: Sourced<Mode>?
    let condition: Condition
    let settings: Settings
    /// Given by `reason` and `until`.
    let exception: RuleException?

    /// Whether it gives anything at all.
    var isSilent: Bool { mode == nil && settings.given.isEmpty }
}

/// Why and until when a rule holds, where it does not hold for ever.
struct RuleException: Sendable, Equatable {
    let reason: String
    let until: Sourced<Expiry>
}

/// For whom a rule is: for all whom each of its terms is for.
struct Condition: Sendable, Equatable {
    /// In the order of `Fact.allCases`, a negation after its fact, each at most once.
    let terms: [Term]

    func term(_ fact: Fact, isNegated: Bool) -> Term? {
        terms.first { $0.fact == fact && $0.isNegated == isNegated }
    }

    func asks(for fact: Fact) -> Bool { terms.contains { $0.fact == fact } }

    /// One key of `when` and its list.
    struct Term: Sendable, Equatable {
        let fact: Fact
        let isNegated: Bool
        /// Not empty.
        let patterns: [Sourced<Pattern>]

        var key: String { (isNegated ? Fact.negation : "") + fact.rawValue }
    }
}

// MARK: - For whom one is, so is the other

extension Condition {
    /// How much comparing may cost, in pairs of values; below zero it has cost too much.
    ///
    /// Whether one condition holds wherever another does is asked for warnings alone: a hostile
    /// policy cannot buy more than this many comparisons with them.
    static let comparisonsMax = 1 << 20

    /// Whether this one holds wherever `other` does; `false` also where that is not clear.
    func covers(_ other: Condition, budget: inout Int) -> Bool {
        terms.allSatisfy { term in
            term.isNegated
                ? other.rulesOut(term, budget: &budget)
                : other.ensures(term, budget: &budget)
        }
    }

    /// Whether all whom this condition is for have one of the term's values.
    private func ensures(_ term: Term, budget: inout Int) -> Bool {
        guard let own = self.term(term.fact, isNegated: false) else { return false }
        return Self.isEach(of: own.patterns, in: term.patterns, budget: &budget)
    }

    /// Whether none of those whom this condition is for has one of the term's values.
    private func rulesOut(_ term: Term, budget: inout Int) -> Bool {
        if let own = self.term(term.fact, isNegated: true),
            Self.isEach(of: term.patterns, in: own.patterns, budget: &budget)
        {
            return true
        }
        guard term.fact.isSingle, let own = self.term(term.fact, isNegated: false) else {
            return false
        }
        budget -= own.patterns.count * term.patterns.count
        guard budget >= 0 else { return false }
        return own.patterns.allSatisfy { mine in
            !term.patterns.contains {
                $0.value.contains(mine.value) || mine.value.contains($0.value)
            }
        }
    }

    private static func isEach(
        of inner: [Sourced<Pattern>],
        in outer: [Sourced<Pattern>],
        budget: inout Int
    ) -> Bool {
        budget -= inner.count * outer.count
        guard budget >= 0 else { return false }
        return inner.allSatisfy { one in outer.contains { $0.value.contains(one.value) } }
    }
}
