/// A time stamp of the file system: whole seconds since 1970 on the wall clock.
package struct WallSecond: Equatable, Sendable {
    package let seconds: Int64

    /// A stamp that its owner set may be any number; beyond `limit`, 30 thousand million years, they
    /// are all one, so that the ends of its block are numbers too.
    package init(seconds: Int64) {
        self.seconds = min(max(seconds, -Self.limit), Self.limit)
    }

    private static let limit: Int64 = 1 << 60

    /// The kernel's block of 8 seconds that this second lies in, and the first after it.
    package var blockStart: WallSecond { WallSecond(seconds: seconds & ~7) }
    package var blockEnd: WallSecond { WallSecond(seconds: (seconds | 7) + 1) }
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
