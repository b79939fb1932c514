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
    /// When input was last read; its making counts as the first.
    private(set) var lastRead: Int64
    /// The truth: when the last of it was read that a hand had typed.
    var lastHand: Int64
    /// What the daemon knows of it; nil until it found the terminal.
    var clock: InputClock?
    /// The stamp at which the daemon began to watch it.
    var stampAtFirst: WallSecond?

    init(path: Path, at now: Int64, wall: WallOffset) {
        self.path = path
        stamp = WallSecond(seconds: (now + wall.nanoseconds) / 1_000_000_000)
        lastRead = now
        lastHand = now
    }

    /// A program reads; the kernel moves the stamp only into another block of eight seconds.
    mutating func read(at now: Int64, wall: WallOffset) {
        lastRead = now
        let second = WallSecond(seconds: (now + wall.nanoseconds) / 1_000_000_000)
        if second.blockStart != stamp.blockStart { stamp = second }
    }

    /// The daemon sees it for the first time.
    mutating func find(at now: BootInstant, wall: WallOffset, wallAtOpening: WallOffset) {
        clock = InputClock(stamp: stamp, wall: wall, wallAtOpening: wallAtOpening, now: now)
        stampAtFirst = stamp
    }
}
