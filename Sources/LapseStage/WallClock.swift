import CStage
import Glibc

/// The wall clock as a span since 1970.
///
/// The corresponding C function is `clock_gettime`.
package func wallClock() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return span(of: time)
}

/// The time as a span since the clock's start.
func span(of time: timespec) -> Duration {
    .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// How close the two clocks are read to one another, for a conversion that is exact by this much.
private let readingGapMax = Duration.microseconds(50)

/// Converts a wall time by the clocks' present distance.
///
/// Right as long as nobody sets the clock between that time and now. Where the process is held up
/// between the readings they are taken again, a hundred times at most.
func instant(atWallTime wallTime: Duration) -> ContinuousClock.Instant {
    var before = ContinuousClock.now
    var age = wallClock() - wallTime
    var after = ContinuousClock.now
    for _ in 1..<100 where after - before > readingGapMax {
        before = ContinuousClock.now
        age = wallClock() - wallTime
        after = ContinuousClock.now
    }
    return after - age
}
