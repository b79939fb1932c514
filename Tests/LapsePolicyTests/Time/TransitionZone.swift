@testable import LapsePolicy

/// Clocks that are put forward and back at given instants, as zone files describe them.
struct TransitionZone: TimeZoneRules {
    /// Hours and minutes east of UTC before the first change.
    let first: Int
    /// When the clocks change, and how far ahead of UTC they are then; from the earliest.
    let changes: [(at: WallInstant, secondsEast: Int)]

    init(_ first: Int, _ changes: [(CivilTime, Int)]) {
        self.first = first
        self.changes = changes.map { (WallInstant(seconds: $0.seconds), $1) }
    }

    func secondsEast(at instant: WallInstant) -> Int {
        changes.last { $0.at <= instant }?.secondsEast ?? first
    }

    /// Europe/Berlin in 2026: forward on 29 March at 02:00, back on 25 October at 03:00.
    static let berlin = TransitionZone(
        3_600,
        [
            (CivilTime(year: 2026, month: 3, day: 29, hour: 1), 7_200),
            (CivilTime(year: 2026, month: 10, day: 25, hour: 1), 3_600),
        ]
    )

    /// Asia/Kolkata: half an hour beside the others, and never changed.
    static let kolkata = TransitionZone(19_800, [])

    /// Australia/Lord_Howe in 2026: by half an hour; back on 5 April at 02:00, forward on 4 October
    /// at 02:00.
    static let lordHowe = TransitionZone(
        39_600,
        [
            (CivilTime(year: 2026, month: 4, day: 4, hour: 15), 37_800),
            (CivilTime(year: 2026, month: 10, day: 3, hour: 15, minute: 30), 39_600),
        ]
    )

    /// America/Santiago in 2026, in the south and at midnight: back on 4 April at 24:00, forward on
    /// 5 September at 24:00.
    static let santiago = TransitionZone(
        -10_800,
        [
            (CivilTime(year: 2026, month: 4, day: 5, hour: 3), -14_400),
            (CivilTime(year: 2026, month: 9, day: 6, hour: 4), -10_800),
        ]
    )

    /// Pacific/Apia in 2011: 30 December did not happen.
    static let apia = TransitionZone(
        -36_000,
        [(CivilTime(year: 2011, month: 12, day: 30, hour: 10), 50_400)]
    )
}

/// A civil time for a table: year, month, day, hour, minute.
func civil(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, year: Int = 2026) -> CivilTime
{
    CivilTime(year: year, month: month, day: day, hour: hour, minute: minute)
}

/// The instant at which a clock in UTC shows a time.
func utc(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, year: Int = 2026) -> WallInstant
{
    WallInstant(seconds: civil(month, day, hour, minute, year: year).seconds)
}
