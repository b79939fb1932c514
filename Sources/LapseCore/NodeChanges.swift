/// Whether what is told of a terminal's node since the last judgement is the kernel's own word, or
/// may be that of a user who sets the stamps of his terminal by hand (utimensat(2)).
///
/// inotify cannot tell them apart: a program that reads raises IN_ACCESS, but so does `touch -a`
/// (fsnotify_change, include/linux/fsnotify.h: atime alone is FS_ACCESS; both stamps, mode and owner
/// are FS_ATTRIB). What tells them apart is ctime: no read moves it, every change does, and nobody
/// can set it. So after each event the node is looked at, before more can happen to it.
///
/// ctime moves in steps of a tick. While its tick is not over another change may follow that does
/// not show; until then nothing is judged, and what is told meanwhile belongs to the same judgement.
struct NodeChanges: Equatable, Sendable {
    /// A read that inotify told of, not judged yet.
    struct Read: Equatable, Sendable {
        let at: BootInstant
        let wall: WallOffset
    }

    enum Judgement: Equatable, Sendable {
        /// The tick of the change is not over.
        case open
        /// Nobody changed the node.
        case clean
        /// Its owner, its mode or its stamps were changed; what was told may be by that.
        case doubtful
        /// atime was set, and nothing but that can have raised an event.
        case forged
    }

    private var changed: Int64
    /// The tick of `changed` was over at the last judgement.
    private var wasSettled: Bool
    private(set) var read: Read?
    private var isChangeTold = false

    init(_ stat: NodeChange) {
        changed = stat.changed
        wasSettled = stat.isSettled
    }

    /// inotify told IN_ACCESS.
    mutating func noteRead(at moment: BootInstant, wall: WallOffset) {
        read = Read(at: moment, wall: wall)
    }

    /// inotify told IN_ATTRIB.
    mutating func noteChange() {
        isChangeTold = true
    }

    /// Events were lost: IN_ATTRIB may have been among them.
    mutating func noteLoss() {
        isChangeTold = true
    }

    /// Whether somebody changed the node since the last judgement.
    func hasChanged(_ stat: NodeChange) -> Bool {
        stat.changed != changed
    }

    /// Judges what was told since the last judgement; forgets it unless the judgement is `open`.
    ///
    /// `isFinal` asks for one although the tick may not be over: what follows within it is doubtful.
    mutating func judge(_ stat: NodeChange, isFinal: Bool) -> Judgement {
        let hasChanged = hasChanged(stat)
        if hasChanged || !wasSettled, !stat.isSettled, !isFinal { return .open }
        let isForged = hasChanged && !isChangeTold && read != nil
        let isDoubtful = hasChanged || !wasSettled
        (changed, wasSettled) = (stat.changed, stat.isSettled)
        (read, isChangeTold) = (nil, false)
        return isForged ? .forged : isDoubtful ? .doubtful : .clean
    }
}

/// ctime of a terminal's node at one moment.
package struct NodeChange: Equatable, Sendable {
    /// Where it is not known: never changed.
    package static let none = NodeChange(changed: 0, coarseWall: .max)

    /// Nanoseconds since 1970.
    let changed: Int64
    /// A change from now on would show in it.
    let isSettled: Bool

    /// `coarseWall` is CLOCK_REALTIME_COARSE in nanoseconds, read after ctime: the clock that ctime
    /// is set from, at times a little behind it (ktime_get_coarse_real_ts64_mg,
    /// kernel/time/timekeeping.c).
    package init(changed: Int64, coarseWall: Int64) {
        self.changed = changed
        let (age, overflow) = coarseWall.subtractingReportingOverflow(changed)
        // The wall clock was set back: a change would show all the same.
        let isOfTheFuture = age < -Self.tickMax
        isSettled = overflow || age > 0 || isOfTheFuture
    }

    /// Two ticks of the slowest kernels (100 Hz).
    private static let tickMax: Int64 = 20_000_000
}
