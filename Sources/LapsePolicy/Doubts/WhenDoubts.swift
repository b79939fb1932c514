// What is possible but surely not meant in one `when`.

extension Condition {
    /// Values given twice, within others, or shut out by the negation.
    func overlaps(of fact: Fact) -> [Diagnostic] {
        let wanted = term(fact, isNegated: false)
        let unwanted = term(fact, isNegated: true)
        guard (wanted?.patterns.count ?? 0) + (unwanted?.patterns.count ?? 0) > 1 else { return [] }
        let terms = [wanted, unwanted].compactMap { $0 }
        return terms.flatMap { Self.twice($0) }
            + shutOut(wanted, unwanted)
            + NetworkNesting.doubts(terms)
    }

    private static func twice(_ term: Term) -> [Diagnostic] {
        var first: [Pattern: SourceSpan] = [:]
        var doubts: [Diagnostic] = []
        for pattern in term.patterns where doubts.count <= PolicyLimits.diagnosticsMax {
            guard let span = first[pattern.value] else {
                first[pattern.value] = pattern.span
                continue
            }
            let message = "\(pattern.value.quoted) is in `\(term.key)` twice"
            doubts.append(
                .warning(message, pattern.span).noting("it was first given at", span)
            )
        }
        return doubts
    }

    /// Values that are in both lists.
    private func shutOut(_ wanted: Term?, _ unwanted: Term?) -> [Diagnostic] {
        guard let wanted, let unwanted else { return [] }
        var shut: [Pattern: SourceSpan] = [:]
        for pattern in unwanted.patterns where shut[pattern.value] == nil {
            shut[pattern.value] = pattern.span
        }
        let lists = "`\(wanted.key)` and in `\(unwanted.key)`"
        let both = wanted.patterns.lazy.filter { shut[$0.value] != nil }
        return both.prefix(PolicyLimits.diagnosticsMax + 1).map { pattern in
            let message = "\(pattern.value.quoted) is in \(lists): it never matches"
            let doubt = Diagnostic.warning(message, pattern.span)
            return shut[pattern.value].map { doubt.noting("the other one is at", $0) } ?? doubt
        }
    }
}

/// Networks that lie in other networks of the same `when`.
private enum NetworkNesting {
    private struct Entry {
        let network: IPNetwork
        let span: SourceSpan
        let key: String
        let isNegated: Bool
    }

    /// Sorted, a network comes right after those that it lies in: linear but for the sorting.
    static func doubts(_ terms: [Condition.Term]) -> [Diagnostic] {
        var doubts: [Diagnostic] = []
        var around: [Entry] = []
        for entry in sorted(terms) where doubts.count <= PolicyLimits.diagnosticsMax {
            while let last = around.last, !last.network.contains(entry.network) {
                around.removeLast()
            }
            // The same network twice is told elsewhere.
            let outer = around.reversed().first {
                $0.network != entry.network && ($0.isNegated == entry.isNegated || $0.isNegated)
            }
            if let outer {
                doubts.append(doubt(entry, outer))
            }
            around.append(entry)
        }
        return doubts
    }

    private static func sorted(_ terms: [Condition.Term]) -> [Entry] {
        let entries = terms.flatMap { term in
            term.patterns.compactMap { pattern -> Entry? in
                guard case .network(let network) = pattern.value else { return nil }
                return Entry(
                    network: network,
                    span: pattern.span,
                    key: term.key,
                    isNegated: term.isNegated
                )
            }
        }
        return entries.sorted { left, right in
            let (one, other) = (left.network, right.network)
            if one.family != other.family { return one.family == .v4 }
            if one.value != other.value { return one.value < other.value }
            if one.length != other.length { return one.length < other.length }
            return left.span.start < right.span.start
        }
    }

    private static func doubt(_ inner: Entry, _ outer: Entry) -> Diagnostic {
        let message =
            outer.isNegated && !inner.isNegated
            ? "`\(inner.network)` lies in `\(outer.network)` of `\(outer.key)`: it never matches"
            : "`\(inner.network)` lies in `\(outer.network)`, which is in `\(inner.key)` too"
        return .warning(message, inner.span).noting("the other one is at", outer.span)
    }
}
