/// When input was last read from one terminal, from two witnesses that are each half blind.
///
/// - inotify(7) on the terminal's device node tells each read exactly, but not a read through
///   /dev/tty, which is another node.
/// - The node's atime tells reads through any path, but moves only when the wall clock has left
///   the 8-second block that it lies in (tty_update_time, drivers/tty/tty_io.c: seconds that
///   differ in more than the lower three bits). The true read lies between atime and the end of
///   its block.
///
/// MUST never be earlier than the true last read: that would end a session early. Where the
/// witnesses leave a span, the late end of it is taken. One case is left: a read that neither
/// inotify nor /dev/tty tells of, in the block of a read that they do tell of or in that in which
/// the watch began, counts as of that one; less than 8 s too early.
package struct InputClock: Equatable, Sendable {
    /// The latest moment at which input may have been read.
    package private(set) var lastInput: BootInstant
    private var stamp: WallSecond
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

    /// Begins to observe a terminal whose atime is `stamp`; the exact witness starts at `now`.
    ///
    /// The stamp may be as old as the session, which was opened when the wall clock was
    /// `wallAtOpening`. If that was stepped since, the stamp cannot be placed: it may be of now.
    package init(
        stamp: WallSecond,
        wall: WallOffset,
        wallAtOpening: WallOffset,
        now: BootInstant
    ) {
        self.stamp = stamp
        self.wall = wall
        placement = wall
        lastInput = wall.differs(from: wallAtOpening) ? now : min(wall.boot(stamp.blockEnd), now)
    }

    /// The exact witness: input was read at `moment`, when the wall clock was `wall`.
    package mutating func read(at moment: BootInstant, wall: WallOffset) {
        seen = Seen(at: moment, wall: wall)
        count(moment)
    }

    /// The coarse witness: at `now` the atime is `stamp`.
    ///
    /// `shared` are the reads through /dev/tty that were seen on the whole host.
    package mutating func look(
        stamp: WallSecond,
        wall: WallOffset,
        shared: SharedReads?,
        now: BootInstant
    ) {
        _ = observe(stamp: stamp, wall: wall, shared: shared, now: now)
    }

    /// Events of the exact witness were lost (its queue overflowed): trust the stamp alone.
    package mutating func witnessLost(stamp: WallSecond, wall: WallOffset, now: BootInstant) {
        countUnseen(in: observe(stamp: stamp, wall: wall, shared: nil, now: now), now: now)
    }

    /// Takes in the stamp; gives the blocks of time in which it may lie.
    private mutating func observe(
        stamp: WallSecond,
        wall: WallOffset,
        shared: SharedReads?,
        now: BootInstant
    ) -> [Range<BootInstant>] {
        let hasMoved = stamp != self.stamp
        let hasStepped = self.wall.differs(from: wall)
        let blocks = place(stamp, wall: wall, now: now)
        var isExplained = seen?.moved(stamp) ?? false
        let placed = hasMoved && hasStepped ? nil : shared?.last(in: blocks[0])
        let named = hasStepped ? shared?.last(named: stamp) : nil
        for read in [placed, named].compactMap(\.self) {
            count(min(read, now))
            isExplained = true
        }
        if hasMoved {
            // It came through /dev/tty of another mount namespace, or its event was lost.
            isUnseen = !isExplained && (hasStepped || !hasSeen(since: blocks[0].lowerBound))
            // After a step of the wall clock it may have come at any moment since the last look.
            if isUnseen, hasStepped { count(now) }
        }
        if isUnseen { countUnseen(in: blocks, now: now) }
        return blocks
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
        for block in blocks where block.lowerBound <= now { count(min(block.upperBound, now)) }
    }

    private mutating func count(_ moment: BootInstant) {
        lastInput = max(lastInput, moment)
    }

    /// A read that the exact witness told of.
    private struct Seen: Equatable, Sendable {
        /// A read is told after a pause of 100 ms and the turn that was under way.
        ///
        /// Later than this it counts to the end of its block, should the wall clock step.
        private static let toldWithin: Duration = .milliseconds(200)

        let at: BootInstant
        let wall: WallOffset

        /// Whether the stamp is that of this read, which was told a little later than it was.
        func moved(_ stamp: WallSecond) -> Bool {
            [at, at - Self.toldWithin].contains {
                wall.second(of: $0).blockStart == stamp.blockStart
            }
        }
    }
}

/// A time stamp of the file system: whole seconds since 1970 on the wall clock.
package struct WallSecond: Equatable, Sendable {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    /// The kernel's block of 8 seconds that this second lies in, and the first after it.
    package var blockStart: WallSecond { WallSecond(seconds: seconds & ~7) }
    package var blockEnd: WallSecond { WallSecond(seconds: (seconds | 7) &+ 1) }
}

/// CLOCK_REALTIME minus CLOCK_BOOTTIME at one moment: the one place where wall time becomes
/// boot time.
package struct WallOffset: Equatable, Sendable {
    /// Nanoseconds to add to boot time to get wall time.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The offset at a boot instant that was kept with its wall time; microseconds since 1970.
    package init(wallMicroseconds: Int64, at instant: BootInstant) {
        let (scaled, _) = wallMicroseconds.multipliedReportingOverflow(by: 1_000)
        nanoseconds = scaled &- instant.nanoseconds
    }

    package func boot(_ wall: WallSecond) -> BootInstant {
        let (scaled, overflow) = wall.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return BootInstant(nanoseconds: wall.seconds < 0 ? .min : .max) }
        return BootInstant(nanoseconds: scaled) - .nanoseconds(nanoseconds)
    }

    /// The second on the wall clock in which a boot instant lies.
    package func second(of instant: BootInstant) -> WallSecond {
        let microseconds = wallMicroseconds(instant)
        return WallSecond(seconds: (microseconds - (microseconds < 0 ? 999_999 : 0)) / 1_000_000)
    }

    /// The kernel's block of 8 seconds that a stamp lies in.
    func block(of stamp: WallSecond) -> Range<BootInstant> {
        boot(stamp.blockStart)..<boot(stamp.blockEnd)
    }

    /// Microseconds since 1970 of a boot instant: for people and for records.
    package func wallMicroseconds(_ instant: BootInstant) -> Int64 {
        instant.nanoseconds.addingReportingOverflow(nanoseconds).partialValue / 1_000
    }

    /// Whether the wall clock was stepped between two readings.
    ///
    /// NTP slews both clocks alike (CLOCK_BOOTTIME is CLOCK_MONOTONIC with suspend counted, and
    /// that follows the adjustments of frequency, clock_gettime(2)): only steps part them.
    package func differs(from other: WallOffset) -> Bool {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow || difference.magnitude > Self.stepMin.wholeNanoseconds.magnitude
    }

    /// What is less may come from reading the two clocks one after the other.
    ///
    /// A step taken for none shifts a stamp by this much; a pause between the two readings that
    /// is taken for a step costs nothing where the exact witness saw the input.
    package static let stepMin: Duration = .milliseconds(10)
}
