import LapseCore
import Testing

@Suite struct BootInstantTests {
    private static let least = BootInstant(nanoseconds: .min)
    private static let most = BootInstant(nanoseconds: .max)

    @Test(arguments: [
        (BootInstant(nanoseconds: 5), Duration.nanoseconds(7), BootInstant(nanoseconds: 12)),
        (BootInstant(nanoseconds: 5), .nanoseconds(-7), BootInstant(nanoseconds: -2)),
        (most, .nanoseconds(0), most),
        (most, .nanoseconds(1), most),
        (least, .nanoseconds(-1), least),
        (BootInstant(nanoseconds: 1), .seconds(Int64.max), most),
        (BootInstant(nanoseconds: -1), .seconds(Int64.min), least),
    ])
    func `addition saturates at both ends`(
        instant: BootInstant,
        duration: Duration,
        sum: BootInstant
    ) {
        #expect(instant + duration == sum)
    }

    @Test(arguments: [
        (BootInstant(nanoseconds: 5), Duration.nanoseconds(7), BootInstant(nanoseconds: -2)),
        (least, .nanoseconds(1), least),
        (most, .nanoseconds(-1), most),
        (BootInstant(nanoseconds: -2), .seconds(Int64.max), least),
        // The lowest Int64 has no counterpart.
        (BootInstant(nanoseconds: 0), .nanoseconds(Int64.min), most),
    ])
    func `subtraction saturates at both ends`(
        instant: BootInstant,
        duration: Duration,
        rest: BootInstant
    ) {
        #expect(instant - duration == rest)
    }

    @Test(arguments: [
        (most, least, Duration.nanoseconds(Int64.max)),
        (least, most, .nanoseconds(Int64.min)),
        (BootInstant(nanoseconds: 3), BootInstant(nanoseconds: 10), .nanoseconds(-7)),
    ])
    func `the time between two instants saturates`(
        later: BootInstant,
        earlier: BootInstant,
        span: Duration
    ) {
        #expect(later.since(earlier) == span)
    }

    @Test(arguments: [
        (Duration.milliseconds(1500), Int64(1500)), (.nanoseconds(999_999), 0),
        (.nanoseconds(-1_999_999), -1), (.seconds(Int64.max), Int64.max / 1_000_000),
    ])
    func `durations become whole milliseconds, rounded toward zero`(
        duration: Duration,
        milliseconds: Int64
    ) {
        #expect(duration.wholeMilliseconds == milliseconds)
    }
}
