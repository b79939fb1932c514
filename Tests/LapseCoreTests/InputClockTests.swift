import Testing

@testable import LapseCore

/// Wall time runs 1,000,000 s ahead of boot time here; 1,000,000 is a multiple of 8.
@Suite struct InputClockTests {
    private let wall = WallOffset(nanoseconds: 1_000_000 * 1_000_000_000)

    private func at(_ seconds: Double) -> BootInstant {
        BootInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    private func stamp(_ seconds: Int64) -> WallSecond {
        WallSecond(seconds: 1_000_000 + seconds)
    }

    @Test func `what was read before the exact witness stood counts as late as it may have been`() {
        let clock = InputClock(stamp: stamp(17), wall: wall, now: at(100))
        #expect(clock.lastInput == at(24))
    }

    @Test func `input that the exact witness saw is not moved by the stamp of its block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, now: at(1))
        clock.read(at: at(17.5))
        clock.look(stamp: stamp(17), wall: wall, elsewhere: nil, now: at(30))
        #expect(clock.lastInput == at(17.5))
    }

    @Test func `a read through another node moves the clock to the end of its block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, now: at(1))
        clock.read(at: at(2))
        clock.look(stamp: stamp(17), wall: wall, elsewhere: nil, now: at(30))
        #expect(clock.lastInput == at(24))
    }

    @Test func `a read through the controlling terminal's node counts in its block alone`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, now: at(1))
        clock.read(at: at(17))
        clock.look(stamp: stamp(17), wall: wall, elsewhere: at(19), now: at(30))
        #expect(clock.lastInput == at(19))
        clock.look(stamp: stamp(17), wall: wall, elsewhere: at(26), now: at(30))
        #expect(clock.lastInput == at(19))
    }

    @Test(arguments: [-3600.0, 3600.0])
    func `a step of the wall clock moves nothing while the stamp stands`(step: Double) {
        var clock = InputClock(stamp: stamp(0), wall: wall, now: at(1))
        clock.read(at: at(5))
        let stepped = WallOffset(nanoseconds: wall.nanoseconds + Int64(step * 1_000_000_000))
        clock.look(stamp: stamp(0), wall: stepped, elsewhere: nil, now: at(30))
        #expect(clock.lastInput == at(5))
    }
}
