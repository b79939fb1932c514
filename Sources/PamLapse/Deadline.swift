import CModuleLibc

/// A moment on CLOCK_MONOTONIC, in nanoseconds: steps of the wall clock do not touch it.
///
/// Not CLOCK_BOOTTIME: a login that waits while the machine sleeps goes on waiting afterwards.
struct Deadline {
    private let moment: Int64

    init(in milliseconds: Int64) {
        moment = Deadline.now &+ milliseconds &* 1_000_000
    }

    /// Milliseconds left, at least 1 and rounded up, so that a wait does not end early; nil when
    /// there are none.
    var remaining: Int32? {
        let left = moment &- Deadline.now
        guard left > 0 else { return nil }
        return Int32(truncatingIfNeeded: (left &+ 999_999) / 1_000_000)
    }

    private static var now: Int64 {
        var time = timespec()
        // Cannot fail: the clock exists on every Linux and the address is ours (clock_gettime(2)).
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
