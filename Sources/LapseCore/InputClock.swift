/// When input was last read from one terminal, from witnesses that are each half blind.
///
/// - inotify(7) on the terminal's device node tells each read exactly, but not a read through
///   /dev/tty, which is another node, and it tells `touch -a` as a read.
/// - The node's atime tells reads through any path, but moves only when the wall clock has left
///   the 8-second block that it lies in (tty_update_time, drivers/tty/tty_io.c: seconds that
///   differ in more than the lower three bits). The true read lies between atime and the end of
///   its block.
/// - The node's ctime tells whether both are the kernel's word (`NodeChanges`).
/// - FIONREAD (ioctl_tty(2)) tells bytes that were typed and that no program has read.
///
/// MUST never be earlier than the true last read: that would end a session early. Where the
/// witnesses leave a span, the late end of it is taken. One case is left: a read that neither
/// inotify nor /dev/tty tells of, in the block of a read that they do tell of or in that in which
/// the watch began, counts as of that one; less than 8 s too early.
///
/// Who sets the stamps of his terminal loses by it what they told of reads through /dev/tty since
/// the last look, and keys within a tenth of a second of doing so. Doubtful is what may as well be
/// honest: a key that starts `mesg n`, a password that su reads through /dev/tty before root's
/// profile does. It counts once after each input that is beyond doubt, so a hostile user wins at
/// most one idle time more by it for each key that he truly presses.
package struct InputClock: Equatable, Sendable {
    /// What a judgement came to.
    package struct Outcome: Equatable, Sendable {
        /// A read that inotify told of counts as a hand's.
        package fileprivate(set) var isInput = false
        /// A stamp was set by hand since the last judgement.
        package fileprivate(set) var isForged = false
        /// Nothing is judged yet: the node must be looked at again after a tick.
        package fileprivate(set) var isOpen = false

        package init() {}
    }

    /// The rhythm of the reads whose moments are known.
    package private(set) var rhythm = Rhythm()
    /// The latest moment of input that only the coarse witnesses tell of.
    private var lastCoarse: BootInstant
    private var stamp: WallSecond
    private var changes: NodeChanges
    /// The wall clock at the last look.
    private var wall: WallOffset
    /// The wall clock by which the stamp is placed in time: that of its reads, not of today.
    private var placement: WallOffset
    /// What the exact witness saw last, and the wall clock at that moment.
    private var seen: Seen?
    /// The stamp tells of input that the exact witness did not see.
    ///
    /// There may be more of it until the end of the block, and the stamp will not move for that.
    private var isUnseen = false
    /// The stamp was set by hand: it tells nothing until it moves.
    private var isForged = false
    /// Reads through /dev/tty alone explain the stamp.
    package private(set) var isShared = false
    /// Reads through /dev/tty up to this moment were followed: `rhythm` knows of them.
    private var followed: BootInstant?
    /// Input beyond doubt came since a stamp was believed that might have been forged.
    private var mayDoubt = true
    /// The exact witness has nothing to say at this look.
    private var isLost = false
    /// Bytes that are known to wait, the most since something was read.
    private var waiting = 0
    /// Whether bytes were waiting to be read at the last look.
    package var hasWaiting: Bool { waiting > 0 }

    /// Begins to observe a terminal whose atime is `stamp`; the exact witness starts at `now`.
    ///
    /// The stamp may be as old as the session, which was opened when the wall clock was
    /// `wallAtOpening`. If that was stepped since, the stamp cannot be placed: it may be of now.
    package init(
        stamp: WallSecond,
        change: NodeChange = .none,
        wall: WallOffset,
        wallAtOpening: WallOffset,
        now: BootInstant
    ) {
        self.stamp = stamp
        changes = NodeChanges(change)
        self.wall = wall
        placement = wall
        let hasStepped = wall.differs(from: wallAtOpening)
        let isOfTheFuture = wall.boot(stamp.blockStart) > now
        // A stamp of the future counts as of now, once: what is read then does not. But where the
        // clock was set back meanwhile it is honest, and what is read then does not move it.
        isForged = isOfTheFuture && !hasStepped
        isUnseen = isOfTheFuture && hasStepped
        lastCoarse = hasStepped ? now : Self.lastRead(in: wall.block(of: stamp), now)
    }

    /// The latest moment at which a hand may have typed what was read or waits.
    package var lastInput: BootInstant {
        max(lastCoarse, rhythm.lastHand ?? lastCoarse)
    }

    /// The exact witness, where nobody meddles with it: input was read at `moment`, when the wall
    /// clock was `wall`.
    ///
    /// - Returns: Whether it counts, or comes in a known rhythm.
    @discardableResult
    package mutating func read(at moment: BootInstant, wall: WallOffset) -> Bool {
        trust()
        return count(Seen(at: moment, wall: wall))
    }

    /// Whether the exact witness told of a read that is not judged yet.
    package var isReadTold: Bool { changes.read != nil }

    /// Whether the node was changed since the last judgement.
    package func hasChanged(_ change: NodeChange) -> Bool {
        changes.hasChanged(change)
    }

    /// The exact witness told of a read (IN_ACCESS); `heard` or `look` judges it.
    package mutating func readTold(at moment: BootInstant, wall: WallOffset) {
        changes.noteRead(at: moment, wall: wall)
    }

    /// The exact witness told that owner, mode or stamps were set (IN_ATTRIB).
    package mutating func changeTold() {
        changes.noteChange()
    }

    /// Judges what the exact witness told, by the stamps right afterwards.
    package mutating func heard(
        stamp: WallSecond,
        change: NodeChange,
        wall: WallOffset,
        shared: SharedReads,
        now: BootInstant
    ) -> Outcome {
        let node = Node(stamp: stamp, change: change)
        return judge(node, wall: wall, shared: shared, isFinal: false, now: now)
    }

    /// The coarse witness: at `now` the atime is `stamp`.
    ///
    /// `shared` are the reads through /dev/tty that were seen on the whole host.
    @discardableResult
    package mutating func look(
        stamp: WallSecond,
        change: NodeChange = .none,
        wall: WallOffset,
        shared: SharedReads?,
        now: BootInstant
    ) -> Outcome {
        let node = Node(stamp: stamp, change: change)
        return judge(node, wall: wall, shared: shared, isFinal: true, now: now)
    }

    /// Events of the exact witness were lost (its queue overflowed), or it never stood: trust the
    /// stamp alone.
    @discardableResult
    package mutating func witnessLost(
        stamp: WallSecond,
        change: NodeChange = .none,
        wall: WallOffset,
        now: BootInstant
    ) -> Outcome {
        changes.noteLoss()
        isLost = true
        let node = Node(stamp: stamp, change: change)
        let outcome = judge(node, wall: wall, shared: nil, isFinal: true, now: now)
        isLost = false
        return outcome
    }

    /// So many bytes wait at `now` that were typed and not read (FIONREAD).
    ///
    /// More than were known to wait are keys since the last look and count as of now. The same
    /// bytes never count again: fewer may be hidden for a while (the canonical mode shows whole
    /// lines alone), so the most since the last read is kept.
    package mutating func wait(_ bytes: Int, now: BootInstant) {
        guard bytes > waiting else { return }
        waiting = bytes
        count(now)
    }

    /// A program read through /dev/tty at `moment`, and the atime of now says whether it may have
    /// been from this terminal: then it counts, unless it comes in a known rhythm.
    ///
    /// Goes before the look of that moment. Without it `look` counts such reads as a hand's.
    package mutating func follow(
        _ moment: BootInstant,
        stamp: WallSecond,
        change: NodeChange = .none,
        wall: WallOffset
    ) {
        var copy = changes
        guard copy.judge(change, isFinal: true) == .clean, !isForged || stamp != self.stamp,
            Seen(at: moment, wall: wall).moved(stamp)
        else { return }
        followed = moment
        _ = rhythm.note(moment)
    }
}

// MARK: - Stamps

extension InputClock {
    private struct Node {
        let stamp: WallSecond
        let change: NodeChange
    }

    private mutating func judge(
        _ node: Node,
        wall: WallOffset,
        shared: SharedReads?,
        isFinal: Bool,
        now: BootInstant
    ) -> Outcome {
        let read = changes.read
        let judgement = changes.judge(node.change, isFinal: isFinal)
        var outcome = Outcome()
        switch judgement {
        case .open:
            outcome.isOpen = true
            return outcome
        case .clean:
            if let read { outcome.isInput = self.read(at: read.at, wall: read.wall) }
        case .doubtful:
            if let read, mayDoubt {
                mayDoubt = false
                outcome.isInput = count(Seen(at: read.at, wall: read.wall))
            }
        case .forged:
            outcome.isForged = true
        }
        if observe(node.stamp, judgement, wall: wall, shared: shared, now: now) {
            outcome.isForged = true
        }
        return outcome
    }

    /// Takes in the stamp; true if it was set by hand.
    private mutating func observe(
        _ stamp: WallSecond,
        _ judgement: NodeChanges.Judgement,
        wall: WallOffset,
        shared: SharedReads?,
        now: BootInstant
    ) -> Bool {
        let hasMoved = stamp != self.stamp
        let hasStepped = self.wall.differs(from: wall)
        let blocks = place(stamp, wall: wall, now: now)
        if hasMoved { isForged = false }
        let isSeen =
            seen?.moved(stamp) ?? false || (!hasStepped && hasSeen(since: blocks[0].lowerBound))
        let told = tellings(of: shared, in: blocks[0], hasMoved: hasMoved, hasStepped: hasStepped)
        if hasMoved, judgement == .clean {
            trust()
        } else if hasMoved, !isSeen || (seen?.isLongAfter(blocks[0]) ?? false) {
            let mayBeRead = wall.boot(stamp.blockStart) <= now && (!told.isEmpty || isLost)
            guard mayDoubt, mayBeRead, judgement == .doubtful else {
                (isForged, isUnseen, isShared) = (true, false, false)
                return true
            }
            mayDoubt = false
        }
        guard !isForged else { return false }
        for read in told where followed.map({ read > $0 }) ?? true { count(min(read, now)) }
        if hasMoved {
            isShared = !isSeen && !told.isEmpty
            // It came through /dev/tty of another mount namespace, or its event was lost.
            isUnseen = !isSeen && told.isEmpty
            // After a step of the wall clock it may have come at any moment since the last look.
            if isUnseen, hasStepped { count(now) }
        } else if isUnseen, seen?.moved(stamp) ?? false {
            // It came between the event and the look, and was told now.
            isUnseen = false
        }
        if isUnseen || isLost { countUnseen(in: blocks, now: now) }
        return false
    }

    /// The reads through /dev/tty that may have set the stamp.
    private func tellings(
        of shared: SharedReads?,
        in block: Range<BootInstant>,
        hasMoved: Bool,
        hasStepped: Bool
    ) -> [BootInstant] {
        let placed = hasMoved && hasStepped ? nil : shared?.last(in: block)
        let named = hasStepped ? shared?.last(named: stamp) : nil
        return [placed, named].compactMap(\.self).sorted()
    }

    /// The spans of time in which the stamp may have been set; two after a step of the wall clock.
    private mutating func place(
        _ stamp: WallSecond,
        wall: WallOffset,
        now: BootInstant
    ) -> [Range<BootInstant>] {
        let hasMoved = stamp != self.stamp
        let hasStepped = self.wall.differs(from: wall)
        let former = hasMoved ? self.wall : placement
        // The wall clock may have been set back to before the end of the block of a stamp that
        // stands: what is read there will not move it.
        if hasMoved || (hasStepped && wall.boot(stamp.blockEnd) > now) { placement = wall }
        self.stamp = stamp
        self.wall = wall
        return (hasStepped ? [former, wall] : [placement]).map { $0.block(of: stamp) }
    }

    private func hasSeen(since moment: BootInstant) -> Bool {
        seen.map { $0.at >= moment } ?? false
    }

    /// Takes the late end of the span that the witnesses leave.
    private mutating func countUnseen(in blocks: [Range<BootInstant>], now: BootInstant) {
        for block in blocks where block.lowerBound <= now { count(Self.lastRead(in: block, now)) }
    }

    /// The latest moment up to `now` at which a read can have set a stamp in this block.
    private static func lastRead(in block: Range<BootInstant>, _ now: BootInstant) -> BootInstant {
        min(block.upperBound + stampLag, now)
    }

    /// Stamps may be so far behind the clock: the second is that of the last tick
    /// (ktime_get_real_seconds, kernel/time/timekeeping.c), 10 ms long at 100 Hz, and the processor
    /// of a virtual machine that is to note it may stand still (16 ms were seen of TCP's clock).
    package static let stampLag: Duration = .milliseconds(20)

    /// Something was read, beyond doubt: what waits now was not known before.
    private mutating func trust() {
        mayDoubt = true
        waiting = 0
    }

    /// A read of the exact witness; whether it counts.
    private mutating func count(_ read: Seen) -> Bool {
        seen = read
        return rhythm.note(read.at) == .hand
    }

    private mutating func count(_ moment: BootInstant) {
        lastCoarse = max(lastCoarse, moment)
    }

    /// A read that the exact witness told of.
    private struct Seen: Equatable, Sendable {
        /// A read is told after a pause of 100 ms and the turn that was under way.
        ///
        /// Later than this it counts to the end of its block, should the wall clock step.
        private static let toldWithin: Duration = .milliseconds(200)

        let at: BootInstant
        let wall: WallOffset

        /// Whether a turn that took long does not explain that the read was told so late.
        func isLongAfter(_ block: Range<BootInstant>) -> Bool {
            at > block.upperBound + .seconds(8)
        }

        /// Whether the stamp is that of this read, which was told a little later than it was.
        func moved(_ stamp: WallSecond) -> Bool {
            [at, at - Self.toldWithin].contains {
                wall.second(of: $0).blockStart == stamp.blockStart
            }
        }
    }
}
