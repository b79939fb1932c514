import TestRandom
import Testing

@testable import LapsePolicy

struct PolicyDurationTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("1ms", .milliseconds(1)), ("250ms", .milliseconds(250)),
        ("20s", .seconds(20)), ("90s", .seconds(90)), ("15m", .seconds(900)),
        ("12h", .seconds(43_200)), ("30d", .seconds(2_592_000)), ("2w", .seconds(1_209_600)),
        ("1h30m", .seconds(5_400)), ("1m1ms", .milliseconds(60_001)), ("007s", .seconds(7)),
        ("1w1d1h1m1s1ms", .milliseconds(694_861_001)),
        ("9223372036854775807ms", .milliseconds(Int64.max)),
    ])
    func `a duration is read as the sum of its parts`(_ text: String, _ wanted: Duration) throws {
        #expect(try PolicyDuration.parse(text) == wanted)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(1), "1ms"), (.seconds(60), "1m"),
        (.seconds(5_400), "1h30m"), (.seconds(30 * 86_400), "30d"),
        (.milliseconds(60_001), "1m1ms"), (.nanoseconds(1_999_999), "1ms"),
        (.nanoseconds(1), "0s"),
    ])
    func `a duration is written in its longest units`(_ duration: Duration, _ wanted: String) {
        #expect(PolicyDuration.text(duration) == wanted)
    }

    @Test func `what is written is read back as the same`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<10_000 {
            let most = Int64.max >> Int64.random(in: 0..<63, using: &random)
            let duration = Duration.milliseconds(Int64.random(in: 0...most, using: &random))
            #expect(try PolicyDuration.parse(PolicyDuration.text(duration)) == duration)
        }
    }
}
