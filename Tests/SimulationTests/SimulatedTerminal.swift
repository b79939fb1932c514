import LapseCore

/// A terminal as the kernel keeps it, and the daemon's clock for it.
struct SimulatedTerminal {
    /// Through which node its reader reads: who sees it.
    enum Path {
        /// Its own: inotify tells each read.
        case own
        /// /dev/tty: another node, watched as well, which does not say whose terminal it was.
        case shared
        /// /dev/tty of another mount namespace: the stamp alone tells.
        case unseen
    }

    let path: Path
    var exists = true
    /// stat(2) on it fails for a while.
    var isUnreadable = false
    /// The node's atime.
    private(set) var stamp: WallSecond
    /// What was read, and who had typed it.
    var truth: ReadTruth
    /// What the daemon knows of it; nil until it found the terminal.
    private(set) var clock: InputClock?
    /// The daemon follows the reads through /dev/tty that may be its own.
    private(set) var isFollowed = false
    /// What looked like input and was none, told at the next look.
    private var suspicions: [Suspicion] = []
    /// The last reads of a hand that the daemon knows: of all, and of those that count always.
    private var knownHand: Int64 = .min
    private var knownPlainHand: Int64 = .min
    /// The stamp at which the daemon began to watch it.
    var stampAtFirst: WallSecond?

    init(path: Path, at now: Int64, wall: WallOffset) {
        self.path = path
        stamp = WallSecond(seconds: (now + wall.nanoseconds) / 1_000_000_000)
        truth = ReadTruth(at: now)
    }

    /// The latest read of a hand that the daemon can know of and has to count.
    var lastCertainHand: Int64 { truth.mayBeKnown ? knownPlainHand : knownHand }

    /// A program reads; the kernel moves the stamp only into another block of eight seconds.
    mutating func read(at now: Int64, wall: WallOffset) {
        let second = WallSecond(seconds: (now + wall.nanoseconds) / 1_000_000_000)
        if second.blockStart != stamp.blockStart { stamp = second }
    }

    /// The daemon sees it for the first time.
    mutating func find(at now: BootInstant, wall: WallOffset, wallAtOpening: WallOffset) {
        clock = InputClock(stamp: stamp, wall: wall, wallAtOpening: wallAtOpening, now: now)
        stampAtFirst = stamp
        truth.isWatched()
    }
}

// MARK: - The daemon's clock for it

extension SimulatedTerminal {
    mutating func readTold(at now: BootInstant, wall: WallOffset) {
        clock?.readTold(at: now, wall: wall)
    }

    /// Judges what was told; true if a hand has typed, as far as the daemon can tell.
    mutating func heard(
        _ shared: SharedReads,
        wasShared: Bool,
        at now: BootInstant,
        wall: WallOffset
    ) -> Bool {
        noticing { [stamp] clock in
            if wasShared { clock.follow(now, stamp: stamp, wall: wall) }
            return clock.heard(stamp: stamp, change: .none, wall: wall, shared: shared, now: now)
        }
    }

    mutating func witnessLost(at now: BootInstant, wall: WallOffset) {
        _ = noticing { [stamp] in $0.witnessLost(stamp: stamp, wall: wall, now: now) }
    }

    /// Takes in the stamp, and gives what was suspicious since the last look.
    mutating func look(
        _ shared: SharedReads,
        at now: BootInstant,
        wall: WallOffset
    ) -> [Suspicion] {
        _ = noticing { [stamp] in $0.look(stamp: stamp, wall: wall, shared: shared, now: now) }
        isFollowed = clock?.isShared ?? false
        defer { suspicions = [] }
        return suspicions
    }

    /// By `doubt` the daemon may take the last read for earlier.
    mutating func noteKnown(doubt: Int64) {
        knownHand = max(knownHand, truth.lastHand - doubt)
        knownPlainHand = max(knownPlainHand, truth.lastPlainHand - doubt)
    }

    /// The daemon found that it is gone.
    mutating func isDropped() {
        clock = nil
        (isFollowed, suspicions) = (false, [])
    }

    /// The daemon dies, and what it knew.
    mutating func isForgotten() {
        isDropped()
        (knownHand, knownPlainHand) = (.min, .min)
    }

    private mutating func noticing(_ judge: (inout InputClock) -> InputClock.Outcome) -> Bool {
        guard var judged = clock else { return false }
        let wasKnown = judged.rhythm.known != nil
        let outcome = judge(&judged)
        clock = judged
        if !wasKnown, let known = judged.rhythm.known {
            suspicions.append(
                .rhythm(terminal: "/dev/pts/7", period: known.period, times: known.beats)
            )
        }
        return outcome.isInput
    }
}
