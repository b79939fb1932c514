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
/// witnesses leave a span, the late end of it is taken.
package struct InputClock: Equatable, Sendable {
    /// The latest moment at which input may have been read.
    package private(set) var lastInput: BootInstant
    private var stamp: WallSecond
    private var wall: WallOffset

    /// Begins to observe a terminal whose atime is `stamp`; the exact witness starts at `now`.
    package init(stamp: WallSecond, wall: WallOffset, now: BootInstant) {
        self.stamp = stamp
        self.wall = wall
        lastInput = min(wall.boot(stamp.blockEnd), now)
    }

    /// The exact witness: input was read at `moment`.
    package mutating func read(at moment: BootInstant) {
        lastInput = max(lastInput, moment)
    }

    /// The coarse witness: at `now` the atime is `stamp`.
    ///
    /// `elsewhere` is when a read through /dev/tty was last seen on the whole host.
    package mutating func look(
        stamp: WallSecond,
        wall: WallOffset,
        elsewhere: BootInstant?,
        now: BootInstant
    ) {
        let stepped = self.wall.differs(from: wall)
        let moved = stamp != self.stamp
        self.stamp = stamp
        self.wall = wall
        // After a step of the wall clock a stamp can no longer be placed in time. One that has
        // moved tells of input at some moment since the last look: the late end is now.
        guard !stepped else {
            if moved { read(at: now) }
            return
        }
        let block = wall.boot(stamp.blockStart)..<wall.boot(stamp.blockEnd)
        if let elsewhere, block.contains(elsewhere) || elsewhere == block.upperBound {
            read(at: min(elsewhere, now))
        }
        // Input in a later block than any that the exact witness saw: it came through /dev/tty of
        // another mount namespace, or its event was lost.
        if moved, lastInput < block.lowerBound { read(at: min(block.upperBound, now)) }
    }

    /// Events of the exact witness were lost (its queue overflowed): trust the stamp alone.
    package mutating func witnessLost(stamp: WallSecond, wall: WallOffset, now: BootInstant) {
        look(stamp: stamp, wall: wall, elsewhere: nil, now: now)
        read(at: min(wall.boot(stamp.blockEnd), now))
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

    package func boot(_ wall: WallSecond) -> BootInstant {
        let (scaled, overflow) = wall.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return BootInstant(nanoseconds: wall.seconds < 0 ? .min : .max) }
        return BootInstant(nanoseconds: scaled) - .nanoseconds(nanoseconds)
    }

    /// Microseconds since 1970 of a boot instant: for people and for records.
    package func wallMicroseconds(_ instant: BootInstant) -> Int64 {
        instant.nanoseconds.addingReportingOverflow(nanoseconds).partialValue / 1_000
    }

    /// Whether the wall clock was stepped between two readings.
    ///
    /// NTP slews by at most 500 ppm (adjtimex(2)): 2 s allow more than an hour of slewing between
    /// two looks.
    package func differs(from other: WallOffset) -> Bool {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow || difference.magnitude > 2_000_000_000
    }
}
