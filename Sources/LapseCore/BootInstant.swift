/// A moment on CLOCK_BOOTTIME: nanoseconds since boot, suspend included (clock_gettime(2)).
///
/// Deadlines are kept in this clock alone. No step of the wall clock moves it, so none can end a
/// session early or keep one alive.
package struct BootInstant: Comparable, Hashable, Sendable {
    /// Nanoseconds since boot.
    ///
    /// 2^63 ns are 292 years.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: BootInstant, right: BootInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates: a limit of centuries is "never", not a crash.
    package static func + (instant: BootInstant, duration: Duration) -> BootInstant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        guard overflow else { return BootInstant(nanoseconds: sum) }
        return BootInstant(nanoseconds: duration < .zero ? .min : .max)
    }

    /// Saturates like `+`.
    package static func - (instant: BootInstant, duration: Duration) -> BootInstant {
        let (rest, overflow) = instant.nanoseconds.subtractingReportingOverflow(
            duration.wholeNanoseconds
        )
        guard overflow else { return BootInstant(nanoseconds: rest) }
        return BootInstant(nanoseconds: duration < .zero ? .max : .min)
    }

    /// The time from `earlier` to this instant; negative if `earlier` is later.
    package func since(_ earlier: BootInstant) -> Duration {
        let (rest, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        guard overflow else { return .nanoseconds(rest) }
        return .nanoseconds(earlier.nanoseconds < 0 ? Int64.max : Int64.min)
    }
}

extension Duration {
    /// Nanoseconds, rounded toward zero and saturated at the ends of Int64.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !carry else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// Milliseconds, rounded toward zero: the unit of records and of the control protocol.
    package var wholeMilliseconds: Int64 {
        wholeNanoseconds / 1_000_000
    }
}
