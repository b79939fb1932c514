import Testing

@testable import LapseCore

/// Wall time runs 1,000,000 s ahead of boot time here; 1,000,000 is a multiple of 8.
@Suite struct OutputClockTests {
    private let wall = WallOffset(nanoseconds: 1_000_000 * 1_000_000_000)

    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    private func stamp(_ seconds: Int64) -> WallSecond { WallSecond(seconds: 1_000_000 + seconds) }

    private func clock(_ seconds: Int64, now: Double) -> OutputClock {
        OutputClock(stamp: stamp(seconds), wall: wall, wallAtOpening: wall, now: at(now))
    }

    /// #expect cannot call a mutating method.
    private func look(_ clock: inout OutputClock, _ seconds: Int64, now: Double) -> BootInstant {
        clock.look(stamp: stamp(seconds), wall: wall, now: at(now))
    }

    @Test func `output counts to the end of its block, and never beyond now`() {
        var clock = clock(1, now: 2)
        #expect(look(&clock, 1, now: 3) == at(3))
        #expect(look(&clock, 1, now: 50) == at(8))
        #expect(look(&clock, 41, now: 42) == at(42))
        #expect(look(&clock, 41, now: 900) == at(48))
    }

    @Test func `a stamp that was set into the future counts as of now, once`() {
        var clock = clock(1, now: 2)
        #expect(look(&clock, 90_000, now: 20) == at(20))
        #expect(look(&clock, 90_000, now: 900) == at(28))
        #expect(look(&clock, 1_000, now: 1_010) == at(1_008))
    }

    @Test func `a stamp that was set into the past is in the past`() {
        var clock = clock(1, now: 2)
        #expect(look(&clock, -500_000, now: 20) < at(2))
        #expect(look(&clock, 33, now: 60) == at(40))
    }

    @Test(arguments: [-3600.0, 3600])
    func `a step of the wall clock moves nothing while the stamp stands`(step: Double) {
        var clock = clock(1, now: 2)
        let stepped = WallOffset(nanoseconds: wall.nanoseconds + Int64(step * 1_000_000_000))
        #expect(clock.look(stamp: stamp(1), wall: stepped, now: at(60)) == at(8))
        // With the step and after it: when it was, nobody knows.
        let again = WallOffset(nanoseconds: stepped.nanoseconds + 5_000_000_000)
        #expect(clock.look(stamp: stamp(9), wall: again, now: at(70)) == at(70))
        let first = OutputClock(stamp: stamp(1), wall: stepped, wallAtOpening: wall, now: at(60))
        var copy = first
        #expect(copy.look(stamp: stamp(1), wall: stepped, now: at(90)) == at(68))
    }
}
