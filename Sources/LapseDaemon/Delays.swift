import LapseCore
import LapseLinux

/// Things to do a little later, each at most once at a time.
struct Delays {
    /// What is to be done.
    enum Purpose: Hashable {
        /// Read the terminals' events again after a pause.
        case listenAgain
        /// Look for terminals that just came.
        case seekTerminals
        /// Decide on sessions whose users could not be looked up in time.
        case decideCandidates
        /// Look at the accounts of those who have sessions.
        case pollAccounts
        /// A new day, or the end of an exception.
        case turnCalendar
        /// Write down what was used of the day.
        case saveQuota
        /// Write what terminals did not take at once.
        case writeNotices
        /// Look for whoever else could read from a locked terminal, and guard those that stand still.
        case guardLocks
        /// Start lockers again, give those up that are slow to leave, remove groups.
        case tendLocks
        /// Windows that were made larger get their size back.
        case restoreWindows
    }

    private var due: [Purpose: BootInstant] = [:]

    var next: BootInstant? { due.values.min() }

    /// A second call for the same purpose while the first still waits only moves it to an earlier
    /// moment.
    mutating func add(_ purpose: Purpose, at moment: BootInstant) {
        due[purpose] = min(due[purpose] ?? moment, moment)
    }

    mutating func takeDue(at now: BootInstant) -> [Purpose] {
        let taken = due.filter { $0.value <= now }.map(\.key)
        for purpose in taken { due[purpose] = nil }
        return taken
    }
}
