import Glibc

/// The only reader of the clocks.
package enum BootClock {
    /// Nanoseconds on CLOCK_BOOTTIME.
    ///
    /// The corresponding C function is `clock_gettime`.
    package static func now() -> Int64 {
        read(CLOCK_BOOTTIME)
    }

    /// For how long the machine has been suspended since it booted, in nanoseconds: CLOCK_BOOTTIME minus
    /// CLOCK_MONOTONIC, to a tenth of a second even if the process stands still between the readings.
    package static func asleep() -> Int64 {
        while true {
            let boot = read(CLOCK_BOOTTIME)
            let monotonic = read(CLOCK_MONOTONIC)
            if read(CLOCK_BOOTTIME) &- boot < 100_000_000 { return boot &- monotonic }
        }
    }

    /// CLOCK_REALTIME minus CLOCK_BOOTTIME in nanoseconds, read within one microsecond or so.
    package static func wallOffset() -> Int64 {
        let boot = read(CLOCK_BOOTTIME)
        return read(CLOCK_REALTIME) &- boot
    }

    /// Nanoseconds since 1970 on CLOCK_REALTIME_COARSE: the wall clock at the last tick, from which the
    /// kernel takes the time stamps of files.
    package static func coarseWall() -> Int64 {
        read(CLOCK_REALTIME_COARSE)
    }

    /// Microseconds on CLOCK_MONOTONIC, as service managers count them (sd_notify(3)).
    package static func monotonicMicroseconds() -> Int64 {
        read(CLOCK_MONOTONIC) / 1_000
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Cannot fail: both clocks exist since Linux 2.6.39 and the pointer is valid.
        _ = clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
