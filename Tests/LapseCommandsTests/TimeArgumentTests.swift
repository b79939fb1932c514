import LapsePolicy
import Testing

@testable import LapseCommands

@Suite struct TimeArgumentTests {
    /// Fri 2026-11-27 08:00 by clocks two hours ahead.
    private static let now = WallMoment(
        WallInstant(seconds: CivilTime(year: 2026, month: 11, day: 27, hour: 6).seconds),
        in: FixedZone(secondsEast: 7_200)
    )

    @Test(arguments: [
        ("2026-11-27T19:00", "Fri 2026-11-27 19:00"),
        ("2026-11-27 19:00", "Fri 2026-11-27 19:00"),
        ("2026-11-27T19:00:30", "Fri 2026-11-27 19:00:30"),
        ("2026-11-28", "Sat 2026-11-28 00:00"),
        ("23:59", "Fri 2026-11-27 23:59"),
        ("00:00:01", "Fri 2026-11-27 00:00:01"),
        ("2026-11-27T19:00Z", "Fri 2026-11-27 21:00"),
        ("2026-11-27T19:00:00+01:00", "Fri 2026-11-27 20:00"),
        ("2026-11-27T19:00-05:30", "Sat 2026-11-28 02:30"),
        ("2024-02-29", "Thu 2024-02-29 00:00"),
        ("0001-01-01", "Mon 0001-01-01 00:00"),
        ("9999-12-31T23:59:59", "Fri 9999-12-31 23:59:59"),
    ])
    func `a point in time is read by the clocks of the host`(text: String, shown: String) throws {
        #expect(try TimeArgument.moment(text, now: Self.now).civil.description == shown)
    }

    @Test(arguments: [
        "", "now", "19", "7:00", "19:0", "24:00", "19:60", "19:00:60", "19:00:00:00", "19:00 ",
        "2026-11-27T", "2026-11-27x19:00", "2026-11-27T19", "2026-13-01", "2026-00-10",
        "2026-11-31", "2025-02-29", "2026-1-01", "26-11-27", "+026-11-27", "2026-11-27T19:00+1",
        "2026-11-27T19:00+01:00Z", "2026-11-27T19:00 Z", "2026-11-27T19:00z", "12:00\u{661}",
        "٢٠٢٦-11-27", "-1:00", "2026-11-27T-1:00",
    ])
    func `what is no point in time is refused with how to write one`(text: String) {
        #expect(throws: (any Error).self) { try TimeArgument.moment(text, now: Self.now) }
    }

    /// A place whose clocks go from two hours ahead to one at 2026-10-25 01:00 UTC, and back to two
    /// at 2027-03-28 01:00 UTC.
    private struct Berlin: TimeZoneRules {
        func secondsEast(at instant: WallInstant) -> Int {
            let back = CivilTime(year: 2026, month: 10, day: 25, hour: 1).seconds
            let forward = CivilTime(year: 2027, month: 3, day: 28, hour: 1).seconds
            return instant.seconds < back || instant.seconds >= forward ? 7_200 : 3_600
        }
    }

    @Test(arguments: [
        ("2026-10-25T02:30", CivilTime(year: 2026, month: 10, day: 25, minute: 30)),
        ("2027-03-28T02:30", CivilTime(year: 2027, month: 3, day: 28, hour: 1)),
    ])
    func `a time that is doubled is its first, one that is skipped is the jump`(
        text: String,
        utc: CivilTime
    ) throws {
        let now = WallMoment(WallInstant(seconds: 0), in: Berlin())
        #expect(try TimeArgument.moment(text, now: now).instant.seconds == utc.seconds)
    }
}
