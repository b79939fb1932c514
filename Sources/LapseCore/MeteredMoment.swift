/// The last moment of bytes in one direction, of which a meter may take back what it has told.
struct MeteredMoment: Equatable, Sendable {
    /// What others told than the one that measures now.
    private var settled: BootInstant?
    /// What that one tells.
    private var current: BootInstant?

    /// The latest of all; nil if there were none.
    var latest: BootInstant? {
        guard let settled, let current else { return settled ?? current }
        return max(settled, current)
    }

    /// Another meter begins: what was told up to now stays.
    mutating func settle() {
        settled = latest
        current = nil
    }

    /// The meter knows of none after this moment.
    mutating func set(_ moment: BootInstant?) {
        current = moment
    }

    /// It knows of none after this moment, and none that came since is to be counted here.
    mutating func lower(to moment: BootInstant?) {
        current = current.flatMap { known in moment.map { min($0, known) } }
    }

    /// Nobody measures: what is told can only add.
    mutating func add(_ moment: BootInstant?) {
        guard let moment else { return }
        current = max(current ?? moment, moment)
    }

    /// There were none after this moment, whoever told of them.
    mutating func cap(at moment: BootInstant) {
        settled = settled.map { min($0, moment) }
        current = current.map { min($0, moment) }
    }
}
