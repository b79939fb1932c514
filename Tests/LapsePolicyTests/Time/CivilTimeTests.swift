import Testing

@testable import LapsePolicy

struct CivilTimeTests {
    @Test(arguments: [
        (civil(1, 1, 0, year: 1970), 0 as Int64, "Thu 1970-01-01 00:00"),
        (civil(12, 31, 23, 59, year: 1969), -60, "Wed 1969-12-31 23:59"),
        (civil(2, 29, 12, year: 2000), 951_825_600, "Tue 2000-02-29 12:00"),
        (civil(3, 1, 0, year: 2100), 4_107_542_400, "Mon 2100-03-01 00:00"),
        (civil(11, 24, 11, 25), 1_795_519_500, "Tue 2026-11-24 11:25"),
        (civil(1, 1, 0, year: 0), -62_167_219_200, "Sat 0000-01-01 00:00"),
        (civil(12, 31, 0, year: 9999), 253_402_214_400, "Fri 9999-12-31 00:00"),
        (
            CivilTime(year: 2026, month: 6, day: 15, second: 7), 1_781_481_607,
            "Mon 2026-06-15 00:00:07"
        ),
    ])
    func `a time is so many seconds, and one of a weekday`(
        _ time: CivilTime,
        _ seconds: Int64,
        _ text: String
    ) {
        #expect(time.seconds == seconds)
        #expect(time.description == text)
    }

    @Test func `every day of four centuries is found again by its date`() {
        var weekday = civil(1, 1, 0, year: 1800).weekday
        for day in civil(1, 1, 0, year: 1800).day...civil(12, 31, 0, year: 2199).day {
            let time = CivilTime(day: day, minute: 0)
            let (year, month, dayOfMonth) = time.date
            let again = CivilTime(year: year, month: month, day: dayOfMonth)
            let isFound = again == time && time.weekday == weekday
            if !isFound {
                Issue.record("\(time)")
            }
            let place = Weekday.allCases.firstIndex(of: weekday) ?? 0
            weekday = Weekday.allCases[(place + 1) % 7]
        }
    }

    @Test(
        arguments: [
            // Usual times.
            (TransitionZone.berlin, civil(1, 5, 12), utc(1, 5, 11), utc(1, 5, 11)),
            (.berlin, civil(7, 5, 12), utc(7, 5, 10), utc(7, 5, 10)),
            (.kolkata, civil(7, 5, 12), utc(7, 5, 6, 30), utc(7, 5, 6, 30)),
            // The last minute before a jump, all that it skips, and the first minute after it.
            (.berlin, civil(3, 29, 1, 59), utc(3, 29, 0, 59), utc(3, 29, 0, 59)),
            (.berlin, civil(3, 29, 2, 0), utc(3, 29, 1), utc(3, 29, 1)),
            (.berlin, civil(3, 29, 2, 30), utc(3, 29, 1), utc(3, 29, 1)),
            (.berlin, civil(3, 29, 3, 0), utc(3, 29, 1), utc(3, 29, 1)),
            (.berlin, civil(3, 29, 3, 1), utc(3, 29, 1, 1), utc(3, 29, 1, 1)),
            // A doubled hour.
            (.berlin, civil(10, 25, 1, 59), utc(10, 24, 23, 59), utc(10, 24, 23, 59)),
            (.berlin, civil(10, 25, 2, 0), utc(10, 25, 0), utc(10, 25, 1)),
            (.berlin, civil(10, 25, 2, 30), utc(10, 25, 0, 30), utc(10, 25, 1, 30)),
            (.berlin, civil(10, 25, 3, 0), utc(10, 25, 2), utc(10, 25, 2)),
            // Half an hour, doubled and skipped.
            (.lordHowe, civil(4, 5, 1, 45), utc(4, 4, 14, 45), utc(4, 4, 15, 15)),
            (.lordHowe, civil(4, 5, 2, 0), utc(4, 4, 15, 30), utc(4, 4, 15, 30)),
            (.lordHowe, civil(10, 4, 2, 15), utc(10, 3, 15, 30), utc(10, 3, 15, 30)),
            (.lordHowe, civil(10, 4, 2, 30), utc(10, 3, 15, 30), utc(10, 3, 15, 30)),
            // Over midnight, in the south.
            (.santiago, civil(4, 4, 23, 30), utc(4, 5, 2, 30), utc(4, 5, 3, 30)),
            (.santiago, civil(4, 5, 0, 0), utc(4, 5, 4), utc(4, 5, 4)),
            (.santiago, civil(9, 6, 0, 0), utc(9, 6, 4), utc(9, 6, 4)),
            (.santiago, civil(9, 6, 0, 30), utc(9, 6, 4), utc(9, 6, 4)),
            // A day that was skipped.
            (
                .apia, civil(12, 30, 12, year: 2011), utc(12, 30, 10, year: 2011),
                utc(12, 30, 10, year: 2011)
            ),
        ] as [(TransitionZone, CivilTime, WallInstant, WallInstant)]
    )
    func `a clock shows a time once, twice or not at all`(
        _ zone: TransitionZone,
        _ time: CivilTime,
        _ first: WallInstant,
        _ last: WallInstant
    ) {
        let found = zone.instants(of: time)
        #expect(found.first == first)
        #expect(found.last == last)
    }

    @Test(arguments: [TransitionZone.berlin, .kolkata, .lordHowe, .santiago])
    func `every instant is one of those at which its clock shows its time`(_ zone: TransitionZone) {
        for minute in stride(from: Int64(0), to: 366 * 1_440, by: 13) {
            let instant = WallInstant(seconds: utc(1, 1, 0).seconds + minute * 60)
            let (first, last) = zone.instants(of: zone.civil(at: instant))
            if first > instant || last < instant || (first != instant && last != instant) {
                Issue.record("\(zone.civil(at: instant)): \(first)...\(last)")
            }
        }
    }

    @Test func `an offset beyond a day is cut`() {
        let far = FixedZone(secondsEast: .max)
        #expect(far.civil(at: WallInstant(seconds: 0)) == CivilTime(seconds: 86_400))
        #expect(far.instants(of: CivilTime(seconds: 86_400)).first == WallInstant(seconds: 0))
    }
}
