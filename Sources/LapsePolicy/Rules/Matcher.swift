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

    /// Where a session comes from, as far as a rule asks for it; `nil` if that is not known.
    func networks(of subject: Subject) -> [Pattern]? {
        guard let table = tables[.from] else { return [] }
        return subject.patterns(of: .from, lengths: table.lengths)?.filter { table.lists($0) }
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
        /// Which of the rules of one word list a value: hundreds of rules ask for `sshd`.
        private struct Mention {
            let word: Int
            var wanted: UInt64 = 0
            /// Behind `not-`.
            var unwanted: UInt64 = 0
            /// The mention of the same value by rules before these.
            let former: Int?
        }

        /// Of each value the place of its last mention.
        ///
        /// Most values are names, and a table of names alone is quicker than one of all kinds.
        private var names: [ExactName: Int] = [:]
        private var others: [Pattern: Int] = [:]
        private var mentions: [Mention] = []
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
                let place = mention(of: pattern.value, in: rule / 64)
                if term.isNegated {
                    mentions[place].unwanted |= RuleBits.bit(rule)
                } else {
                    mentions[place].wanted |= RuleBits.bit(rule)
                }
            }
        }

        private mutating func mention(of value: Pattern, in word: Int) -> Int {
            let former = lastMention(of: value)
            // Rules are added in their order.
            if let former, mentions[former].word == word { return former }
            let place = mentions.count
            mentions.append(Mention(word: word, former: former))
            if case .name(let name) = value {
                names[name] = place
            } else {
                others[value] = place
            }
            return place
        }

        private func lastMention(of value: Pattern) -> Int? {
            if case .name(let name) = value { names[name] } else { others[value] }
        }

        /// Whether a rule names the value.
        func lists(_ value: Pattern) -> Bool { lastMention(of: value) != nil }

        /// Leaves those of `rules` that are for a session with these values.
        func keep(_ rules: inout RuleBits, having patterns: [Pattern]) {
            var fitting = indifferent
            for pattern in patterns {
                // Each value is hashed once: that is most of what a session costs.
                var next = lastMention(of: pattern)
                while let place = next {
                    let mention = mentions[place]
                    fitting.words[mention.word] |= mention.wanted
                    rules.words[mention.word] &= ~mention.unwanted
                    next = mention.former
                }
            }
            rules.intersect(fitting)
        }
    }
}

/// A set of rules by their places.
struct RuleBits: Sendable, Sequence {
    /// 64 rules each.
    fileprivate var words: [UInt64]

    /// The bit of a rule in its word.
    fileprivate static func bit(_ rule: Int) -> UInt64 { 1 << UInt64(rule % 64) }

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
        words[rule / 64] |= Self.bit(rule)
    }

    mutating func remove(_ rule: Int) {
        words[rule / 64] &= ~Self.bit(rule)
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

    func contains(_ rule: Int) -> Bool { words[rule / 64] & Self.bit(rule) != 0 }

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
