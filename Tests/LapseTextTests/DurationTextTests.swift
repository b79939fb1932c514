import LapseText
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        (Int64.min, "0s"), (-1, "0s"), (0, "0s"), (99, "0s"), (100, "0.1s"), (999, "0.9s"),
        (1_000, "1s"), (12_000, "12s"), (12_345, "12.3s"), (59_999, "59.9s"), (60_000, "1m"),
        (61_000, "1m 1s"), (245_000, "4m 5s"), (900_000, "15m"), (3_599_999, "59m 59s"),
        (3_600_000, "1h"), (3_725_000, "1h 2m"), (86_399_999, "23h 59m"), (86_400_000, "1d"),
        (273_600_000, "3d 4h"), (8_640_000_000_000, "100000d"), (.max, "106751991167d 7h"),
    ])
    func `a duration is written in its two largest units, rounded towards zero`(
        milliseconds: Int64,
        expected: String
    ) {
        #expect(DurationText.text(milliseconds: milliseconds) == expected)
    }
}
