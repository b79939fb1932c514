import Testing

@testable import LapsePolicy

struct HoursTests {
    // 2026-06-15 is a Monday.
    @Test(
        arguments: [
            ("always", civil(6, 15, 3), true, nil),
            ("Mon-Fri 07:00-19:00", civil(6, 15, 6, 59), false, civil(6, 15, 7)),
            ("Mon-Fri 07:00-19:00", civil(6, 15, 7), true, civil(6, 15, 19)),
            ("Mon-Fri 07:00-19:00", civil(6, 15, 18, 59), true, civil(6, 15, 19)),
            ("Mon-Fri 07:00-19:00", civil(6, 15, 19), false, civil(6, 16, 7)),
            ("Mon-Fri 07:00-19:00", civil(6, 19, 19), false, civil(6, 22, 7)),
            ("Mon-Fri 07:00-19:00", civil(6, 21, 12), false, civil(6, 22, 7)),
            // Over midnight.
            ("22:00-06:00", civil(6, 15, 21, 59), false, civil(6, 15, 22)),
            ("22:00-06:00", civil(6, 15, 23), true, civil(6, 16, 6)),
            ("22:00-06:00", civil(6, 15, 5, 59), true, civil(6, 15, 6)),
            ("Fri 22:00-06:00", civil(6, 20, 5), true, civil(6, 20, 6)),
            ("Fri 22:00-06:00", civil(6, 19, 5), false, civil(6, 19, 22)),
            // Windows that touch or overlap are one.
            ("Mon 08:00-12:00, Mon 12:00-17:00", civil(6, 15, 9), true, civil(6, 15, 17)),
            ("Mon 08:00-13:00, Mon 12:00-17:00", civil(6, 15, 12, 30), true, civil(6, 15, 17)),
            ("Mon 08:00-24:00, Tue 00:00-06:00", civil(6, 15, 9), true, civil(6, 16, 6)),
            ("Sun 22:00-06:00, Mon 06:00-08:00", civil(6, 15, 1), true, civil(6, 15, 8)),
            // Weeks and all of them.
            ("Fri-Mon 00:00-24:00", civil(6, 15, 9), true, civil(6, 16, 0)),
            ("Fri-Mon 00:00-24:00", civil(6, 17, 9), false, civil(6, 19, 0)),
            ("00:00-24:00", civil(6, 15, 9), true, nil),
            ("Mon-Sun 06:00-06:00, 06:00-07:00", civil(6, 15, 9), true, nil),
            ("Mon 00:00-24:00, Tue-Sun 00:00-24:00", civil(6, 15, 9), true, nil),
            ("Tue 00:00-23:59, Wed-Mon 00:00-24:00", civil(6, 17, 0), true, civil(6, 23, 23, 59)),
            ("Mon 09:00-09:01", civil(6, 15, 9, 1), false, civil(6, 22, 9)),
        ] as [(String, CivilTime, Bool, CivilTime?)]
    )
    func `hours are open or closed, and change at a time`(
        _ text: String,
        _ time: CivilTime,
        _ isOpen: Bool,
        _ change: CivilTime?
    ) throws {
        // A window of a whole day from another hour than midnight needs two.
        let text = text.replacing("06:00-06:00", with: "07:00-06:00")
        let hours = try Hours.parse(text)
        #expect(hours.isOpen(at: time) == isOpen)
        #expect(hours.nextChange(after: time) == change)
    }

    @Test(
        arguments: [
            // Skipped: 02:00 to 03:00 on 29 March. Both ends at the jump, and nothing between.
            ("Sun 02:15-02:45", utc(3, 29, 0, 59), "closed until \(utc(4, 5, 0, 15).seconds)"),
            ("Sun 02:15-02:45", utc(3, 29, 1), "closed until \(utc(4, 5, 0, 15).seconds)"),
            ("Sun 02:30-04:00", utc(3, 29, 0, 59), "closed until \(utc(3, 29, 1).seconds)"),
            ("Sun 02:30-04:00", utc(3, 29, 1), "open until \(utc(3, 29, 2).seconds)"),
            ("Sun 00:00-02:30", utc(3, 29, 0, 59), "open until \(utc(3, 29, 1).seconds)"),
            ("Sun 00:00-02:30", utc(3, 29, 1), "closed until \(utc(4, 4, 22).seconds)"),
            // Doubled: 02:00 to 03:00 on 25 October. It opens the first time and closes the last.
            ("Sun 02:30-04:00", utc(10, 25, 0, 29), "closed until \(utc(10, 25, 0, 30).seconds)"),
            ("Sun 02:30-04:00", utc(10, 25, 0, 30), "open until \(utc(10, 25, 3).seconds)"),
            ("Sun 02:30-04:00", utc(10, 25, 1, 10), "open until \(utc(10, 25, 3).seconds)"),
            ("Sun 00:00-02:30", utc(10, 25, 0, 45), "open until \(utc(10, 25, 1, 30).seconds)"),
            ("Sun 00:00-02:30", utc(10, 25, 1, 29), "open until \(utc(10, 25, 1, 30).seconds)"),
            ("Sun 00:00-02:30", utc(10, 25, 1, 30), "closed until \(utc(10, 31, 23).seconds)"),
            ("Sun 02:15-02:45", utc(10, 25, 0, 50), "open until \(utc(10, 25, 1, 45).seconds)"),
            // An hour after a change is the same on the clock, and another for the rest of the world.
            ("Mon 07:00-19:00", utc(3, 30, 5), "open until \(utc(3, 30, 17).seconds)"),
            ("Mon 07:00-19:00", utc(10, 26, 5, 59), "closed until \(utc(10, 26, 6).seconds)"),
            ("00:00-24:00", utc(10, 25, 1), "open for ever"),
            ("00:00-24:00", utc(3, 28, 1), "open for ever"),
        ] as [(String, WallInstant, String)]
    )
    func `where clocks are changed, nobody who was let in is cut off`(
        _ text: String,
        _ instant: WallInstant,
        _ wanted: String
    ) throws {
        #expect(describe(try Hours.parse(text), instant, .berlin) == wanted)
    }

    @Test(
        arguments: [
            // Santiago puts the clocks back at midnight: 23:00 to 24:00 of Saturday comes twice.
            (
                "Sat 08:00-23:30", TransitionZone.santiago, utc(4, 5, 2, 45),
                "open until \(utc(4, 5, 3, 30).seconds)"
            ),
            ("Sat 08:00-24:00", .santiago, utc(4, 5, 3, 15), "open until \(utc(4, 5, 4).seconds)"),
            (
                "Sun 00:00-06:00", .santiago, utc(4, 5, 3, 59),
                "closed until \(utc(4, 5, 4).seconds)"
            ),
            // And forward at midnight: Sunday begins at 01:00.
            (
                "Sun 00:00-06:00", .santiago, utc(9, 6, 3, 59),
                "closed until \(utc(9, 6, 4).seconds)"
            ),
            ("Sun 00:30-06:00", .santiago, utc(9, 6, 4), "open until \(utc(9, 6, 9).seconds)"),
            // Lord Howe changes by half an hour.
            (
                "Sun 01:45-03:00", .lordHowe, utc(4, 4, 14, 45),
                "open until \(utc(4, 4, 16, 30).seconds)"
            ),
            (
                "Sun 02:10-02:20", .lordHowe, utc(10, 3, 15, 29),
                "closed until \(utc(10, 10, 15, 10).seconds)"
            ),
            (
                "Mon 09:00-17:30", .kolkata, utc(6, 15, 3, 30),
                "open until \(utc(6, 15, 12).seconds)"
            ),
            // A Friday that did not happen.
            (
                "Fri 09:00-17:00", .apia, utc(12, 30, 10, year: 2011),
                "closed until \(utc(1, 5, 19, year: 2012).seconds)"
            ),
            (
                "Thu 22:00-06:00", .apia, utc(12, 30, 9, 59, year: 2011),
                "open until \(utc(12, 30, 10, year: 2011).seconds)"
            ),
        ] as [(String, TransitionZone, WallInstant, String)]
    )
    func `the clocks of other places are as good`(
        _ text: String,
        _ zone: TransitionZone,
        _ instant: WallInstant,
        _ wanted: String
    ) throws {
        #expect(describe(try Hours.parse(text), instant, zone) == wanted)
    }

    @Test(arguments: [TransitionZone.berlin, .lordHowe, .santiago])
    func `between two changes that are foretold nothing changes`(_ zone: TransitionZone) throws {
        let hours = try Hours.parse("Mon-Fri 07:00-19:00, Sat-Sun 23:30-02:30, Sun 02:15-02:45")
        var foretold = WallInstant(seconds: 0)
        var wasOpen = false
        for minute in stride(from: Int64(0), to: 360 * 1_440, by: 97) {
            let instant = WallInstant(seconds: utc(1, 1, 0).seconds + minute * 60)
            let state = hours.state(at: WallMoment(instant, in: zone))
            let (isOpen, change) =
                switch state {
                case .open(let closes): (true, closes)
                case .closed(let opens): (false, opens)
                }
            if minute > 0, isOpen != wasOpen, instant < foretold {
                Issue.record("\(zone.civil(at: instant)) changed before \(foretold)")
            }
            guard let change, change > instant else {
                Issue.record("\(zone.civil(at: instant)): \(state)")
                return
            }
            (foretold, wasOpen) = (change, isOpen)
        }
    }

    @Test(arguments: [
        "always", "00:00-24:00", "Mon 07:00-19:00", "Mon-Fri 07:00-19:00, Sat 08:00-12:00",
        "Fri-Mon 22:30-06:00", "00:00-00:01",
    ])
    func `hours are written as they are read`(_ text: String) throws {
        #expect(try Hours.parse(text).text == text)
    }

    @Test(arguments: [
        ("07:00-00:00", "07:00-24:00"), ("Mon-Sun 07:00-08:00", "07:00-08:00"),
        ("Mon-Mon 07:00-08:00", "Mon 07:00-08:00"),
        (" Mon  07:00-08:00 ,Tue 07:00-08:00", "Mon 07:00-08:00, Tue 07:00-08:00"),
    ])
    func `of several ways to write hours one is printed`(_ text: String, _ printed: String) throws {
        #expect(try Hours.parse(text).text == printed)
    }
}

private func describe(_ hours: Hours, _ instant: WallInstant, _ zone: TransitionZone) -> String {
    switch hours.state(at: WallMoment(instant, in: zone)) {
    case .open(let closes): closes.map { "open until \($0.seconds)" } ?? "open for ever"
    case .closed(let opens): opens.map { "closed until \($0.seconds)" } ?? "closed for ever"
    }
}
