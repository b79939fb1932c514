import Testing

@testable import LapseCommands

@Suite struct WallTimeTextTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01 00:00:00 +0000"),
        (1_772_356_502_999_999, "2026-03-01 09:15:02 +0000"),
        (1_709_164_800_000_000, "2024-02-29 00:00:00 +0000"),
        (-1_000_000, "1969-12-31 23:59:59 +0000"),
        (.max, "294247-01-10 04:00:54 +0000"),
    ])
    func `a time is written to the second with its offset`(microseconds: Int64, expected: String) {
        #expect(WallTimeText.text(microseconds: microseconds, zone: .utc) == expected)
    }
}
