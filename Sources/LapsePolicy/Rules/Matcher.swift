/// Finds the rules that are for a session, without asking each of a thousand.
///
/// For each fact a table leads from a value to the rules that list it. The rules that are left
/// when all facts are looked up are kept as bits, so that leaving some out is a few operations on
/// words: 1,000 rules are 16 words.
struct Matcher: Sendable {
    private var tables: [Fact: Table] = [:]
    private let count: Int

    init(_ conditions: [Condition]) {
        count = conditions.count
        for (place, condition) in conditions.enumerated() {
            for term in condition.terms {
                tables[term.fact, default: Table(count: count)].add(term, of: place)
            }
        }
    }

    /// The rules that are for a session, and those that may be.
    struct Match {
        var rules: RuleBits
        /// Rules that ask for what is not known, and that all that is known fits.
        var undecided: RuleBits
        /// What is not known.
        var missing: [Fact] = []

        /// Both kinds, in the order of the rules.
        var all: RuleBits {
            var all = rules
            all.formUnion(undecided)
            return all
        }
    }

    func match(_ subject: Subject) -> Match {
        match { subject.patterns(of: $0, lengths: $1) }
    }

    /// The rules that are for everybody whom `condition` is for, and perhaps some more.
    ///
    /// It takes one of those people: whoever is for all of them is for him.
    func candidates(covering condition: Condition) -> RuleBits {
        match { fact, lengths in
            switch condition.term(fact, isNegated: false)?.patterns.first?.value {
            case .network(let network): lengths.networks(around: network)
            case .some(let pattern): [pattern]
            // Someone of whom all that is known is that no list names him.
            case nil: condition.term(fact, isNegated: true) == nil ? nil : []
            }
        }.rules
    }

    private func match(_ patterns: (Fact, NetworkLengths) -> [Pattern]?) -> Match {
        var match = Match(rules: RuleBits(all: count), undecided: RuleBits(none: count))
        for fact in Fact.allCases {
            guard let table = tables[fact] else { continue }
            if let patterns = patterns(fact, table.lengths) {
                table.keep(&match.rules, having: patterns)
            } else {
                match.missing.append(fact)
                match.undecided.formUnion(table.asking)
            }
        }
        match.undecided.intersect(match.rules)
        match.rules.subtract(match.undecided)
        return match
    }
}

extension Matcher {
    /// One fact in all rules.
    private struct Table {
        /// The rules that list a value, and those that list it behind `not-`.
        private struct Listing {
            var wanted: [Int] = []
            var unwanted: [Int] = []
        }

        private var listings: [Pattern: Listing] = [:]
        /// The rules that take any value but the unwanted.
        private var indifferent: RuleBits
        /// The rules that ask for the fact in one way or the other.
        private(set) var asking: RuleBits
        private(set) var lengths = NetworkLengths()

        init(count: Int) {
            indifferent = RuleBits(all: count)
            asking = RuleBits(none: count)
        }

        mutating func add(_ term: Condition.Term, of rule: Int) {
            asking.insert(rule)
            if !term.isNegated {
                indifferent.remove(rule)
            }
            for pattern in term.patterns {
                if case .network(let network) = pattern.value {
                    lengths.add(network)
                }
                if term.isNegated {
                    listings[pattern.value, default: Listing()].unwanted.append(rule)
                } else {
                    listings[pattern.value, default: Listing()].wanted.append(rule)
                }
            }
        }

        /// Leaves those of `rules` that are for a session with these values.
        func keep(_ rules: inout RuleBits, having patterns: [Pattern]) {
            var fitting = indifferent
            // Each value is hashed once: that is most of what a session costs.
            let found = patterns.compactMap { listings[$0] }
            for listing in found {
                for rule in listing.wanted { fitting.insert(rule) }
            }
            for listing in found {
                for rule in listing.unwanted { fitting.remove(rule) }
            }
            rules.intersect(fitting)
        }
    }
}

/// A set of rules by their places.
struct RuleBits: Sendable, Sequence {
    private var words: [UInt64]

    init(none count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    init(all count: Int) {
        words = [UInt64](repeating: .max, count: (count + 63) / 64)
        if count % 64 != 0 {
            words[words.count - 1] = 1 << UInt64(count % 64) - 1
        }
    }

    mutating func insert(_ rule: Int) {
        words[rule / 64] |= 1 << UInt64(rule % 64)
    }

    mutating func remove(_ rule: Int) {
        words[rule / 64] &= ~(1 << UInt64(rule % 64))
    }

    mutating func intersect(_ other: RuleBits) {
        for place in words.indices {
            words[place] &= other.words[place]
        }
    }

    mutating func formUnion(_ other: RuleBits) {
        for place in words.indices {
            words[place] |= other.words[place]
        }
    }

    mutating func subtract(_ other: RuleBits) {
        for place in words.indices {
            words[place] &= ~other.words[place]
        }
    }

    func contains(_ rule: Int) -> Bool { words[rule / 64] & 1 << UInt64(rule % 64) != 0 }

    /// The places, from the first.
    func makeIterator() -> Iterator { Iterator(words: words) }

    struct Iterator: IteratorProtocol {
        fileprivate let words: [UInt64]
        private var place = -1
        private var rest: UInt64 = 0

        fileprivate init(words: [UInt64]) {
            self.words = words
        }

        mutating func next() -> Int? {
            while rest == 0 {
                place += 1
                guard place < words.count else { return nil }
                rest = words[place]
            }
            let bit = rest.trailingZeroBitCount
            rest &= rest - 1
            return place * 64 + bit
        }
    }
}
