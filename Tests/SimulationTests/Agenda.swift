/// What will happen in the world, earliest first; of one moment, in the order of entry.
struct Agenda {
    /// One thing that will happen.
    struct Item {
        /// Nanoseconds since boot.
        let at: Int64
        fileprivate let order: Int
        let what: Happening
    }

    private var items: [Item] = []
    private var entered = 0

    var next: Int64? { items.first?.at }

    mutating func add(_ what: Happening, at moment: Int64) {
        entered += 1
        items.append(Item(at: moment, order: entered, what: what))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func take() -> Item? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < items.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return first }
            items.swapAt(least, parent)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (items[left], items[right])
        return one.at < other.at || (one.at == other.at && one.order < other.order)
    }
}

/// What can happen in the world, whether or not the daemon sees it.
///
/// Sessions, terminals and processes are named by their places in their lists.
enum Happening {
    /// A user logs in.
    case open(Int)
    /// The user of a session decides what to do next.
    case act(Int)
    /// A program reads input from a terminal.
    case read(Int, terminal: Int)
    /// The job of a session begins or ceases to work.
    case jobTurns(Int)
    /// Bytes come or go over the connection.
    case traffic(Int)
    /// A program writes to a terminal.
    case output(Int)
    /// A program reads input that nobody typed.
    case forge(Int)
    /// Somebody sets the time stamp of a terminal by hand.
    case stampSet(Int)
    /// sshd makes a terminal, or the terminal goes away.
    case terminalComes(Int)
    case terminalGoes(Int)
    /// The daemon looks for terminals that are new.
    case seek(Int)
    /// Evidence comes unasked, a nanosecond before the session's next step is due.
    case glance(Int)
    /// The daemon listens to the terminals again.
    case listen
    /// A process dies: by itself, or of a signal.
    case leaderDies(Int, closing: Closing)
    case processDies(Int, process: Int)
    /// The daemon is told that the leader is gone.
    case exitTold(Int)
    /// The PAM module reports the close.
    case closeTold(Int)
    /// A process comes out of its uninterruptible sleep.
    case leaderWakes(Int)
    /// Something changes that decides how long a session may be.
    case change(Int)
    /// Somebody asks for the end of a session.
    case request(Int)
    /// Somebody asks for the lock of a session.
    case lockRequest(Int)
    /// Somebody answers at the lock screen.
    case answer(Int)
    /// Root opens a locked session.
    case rootUnlocks(Int)
    /// A lock that stood cannot be kept.
    case lockBreaks(Int, serial: Int)
    /// The lockers of a lock that was lifted have put all back.
    case lockLeft(Int, serial: Int)
    /// The user has a password from now on, or has none; or that becomes known.
    case passwordTurns(Int)
    case passwordTold(Int)
    /// The wall clock is set; nanoseconds to add.
    case step(Int64)
    /// The machine sleeps for so many nanoseconds.
    case suspend(Int64)
    case crash
    case restart
    /// The timer fires although nothing is due.
    case spuriousDeadline
    /// Events for sessions that are gone or never were, and for living ones a second time.
    case stray(Int)

    /// How a leader that ends by itself says so.
    enum Closing {
        case reported
        case unreported
        /// The module reports the close twice.
        case reportedTwice
    }
}
