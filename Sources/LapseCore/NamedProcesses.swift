/// Processes by the labels that they had when they were seen (`tmux: server[913]`), for a record.
///
/// A user may have any number of them, so only the first are named, and the count has an end too.
package struct NamedProcesses: Equatable, Sendable, ExpressibleByArrayLiteral {
    /// Labels that are shown; each is 15 bytes of name and a pid.
    package static let shownMax = 32
    /// Processes that are told apart and counted: of a fork bomb no more is worth the room.
    package static let countedMax = 1000

    /// Each label once, in the order of their coming, `countedMax` at most.
    private var labels: [String] = []
    private var known: Set<String> = []
    /// There were more than `countedMax`.
    private var isCutOff = false

    package init(_ labels: some Sequence<String>) {
        for label in labels { add(label) }
    }

    package init(arrayLiteral labels: String...) {
        self.init(labels)
    }

    package var isEmpty: Bool { labels.isEmpty }

    /// How many; of more than `countedMax`, that number.
    package var count: Int { labels.count }

    /// The labels that are shown.
    package var shown: ArraySlice<String> { labels.prefix(Self.shownMax) }

    /// What is shown of them, one text each: the labels, then how many others there were.
    package var texts: [String] {
        guard count > Self.shownMax else { return Array(shown) }
        return shown + ["and \(count - Self.shownMax)\(isCutOff ? " or more others" : " more")"]
    }

    /// Takes in those that are not there yet.
    package mutating func formUnion(_ others: NamedProcesses) {
        for label in others.labels { add(label) }
        isCutOff = isCutOff || others.isCutOff
    }

    private mutating func add(_ label: String) {
        guard !known.contains(label) else { return }
        guard labels.count < Self.countedMax else {
            isCutOff = true
            return
        }
        known.insert(label)
        labels.append(label)
    }
}
