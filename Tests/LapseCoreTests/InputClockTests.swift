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

    private func shared(_ seconds: Double...) -> SharedReads {
        var reads = SharedReads()
        for second in seconds {
            reads.note(since: at(second - 0.2), at: at(second), wall: wall)
        }
        return reads
    }

    @Test func `what was read before the exact witness stood counts as late as it may have been`() {
        let clock = InputClock(stamp: stamp(17), wall: wall, wallAtOpening: wall, now: at(100))
        #expect(clock.lastInput == at(24) + InputClock.stampLag)
    }

    @Test func `input that the exact witness saw is not moved by the stamp of its block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(17.5), wall: wall)
        clock.look(stamp: stamp(17), wall: wall, shared: nil, now: at(30))
        #expect(clock.lastInput == at(17.5))
    }

    @Test func `a read through another node moves the clock to the end of its block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(2), wall: wall)
        clock.look(stamp: stamp(17), wall: wall, shared: nil, now: at(30))
        #expect(clock.lastInput == at(24) + InputClock.stampLag)
    }

    @Test func `a read through the controlling terminal's node counts in its block alone`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(17), wall: wall)
        clock.look(stamp: stamp(17), wall: wall, shared: shared(19), now: at(30))
        #expect(clock.lastInput == at(19))
        clock.look(stamp: stamp(17), wall: wall, shared: shared(19, 26), now: at(30))
        #expect(clock.lastInput == at(19))
    }

    @Test(arguments: [-3600.0, 3600.0])
    func `a step of the wall clock moves nothing while the stamp stands`(step: Double) {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(5), wall: wall)
        let stepped = WallOffset(nanoseconds: wall.nanoseconds + Int64(step * 1_000_000_000))
        clock.look(stamp: stamp(0), wall: stepped, shared: nil, now: at(30))
        #expect(clock.lastInput == at(5))
    }

    // MARK: Reads that no event tells of

    @Test func `unseen reads in one block after another each count to the end of their block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.look(stamp: stamp(9), wall: wall, shared: nil, now: at(17))
        #expect(clock.lastInput == at(16) + InputClock.stampLag)
        // The end of that block is the beginning of this one, and explains nothing in it.
        clock.look(stamp: stamp(16), wall: wall, shared: nil, now: at(30))
        #expect(clock.lastInput == at(24) + InputClock.stampLag)
    }

    @Test func `a look within a block of unseen reads does not close it`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.look(stamp: stamp(17), wall: wall, shared: nil, now: at(18))
        #expect(clock.lastInput == at(18))
        // A read at 20 s does not move the stamp.
        clock.look(stamp: stamp(17), wall: wall, shared: nil, now: at(30))
        #expect(clock.lastInput == at(24) + InputClock.stampLag)
    }

    @Test func `a read through /dev/tty that is told in the next block counts in its own`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.look(stamp: stamp(17), wall: wall, shared: shared(17, 24.1), now: at(40))
        #expect(clock.lastInput == at(24))
    }

    // MARK: Steps of the wall clock

    private func stepped(_ seconds: Double) -> WallOffset {
        WallOffset(nanoseconds: wall.nanoseconds + Int64(seconds * 1_000_000_000))
    }

    @Test(arguments: [-3600.0, -1, 1, 3600])
    func `input that the exact witness saw counts as of its moment, whatever the wall clock does`(
        step: Double
    ) {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(17), wall: wall)
        clock.look(stamp: stamp(17), wall: stepped(step), shared: nil, now: at(90))
        #expect(clock.lastInput == at(17))
    }

    @Test(arguments: [-3600.0, 3600])
    func `unseen input around a step of the wall clock counts as of now`(step: Double) {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.look(stamp: stamp(17), wall: stepped(step), shared: nil, now: at(90))
        #expect(clock.lastInput == at(90))
        // It did so once; the stamp stands.
        clock.look(stamp: stamp(17), wall: stepped(step), shared: nil, now: at(900))
        #expect(clock.lastInput == at(90))
    }

    @Test(arguments: [-3600.0, 3600])
    func `a stamp from before a step of the wall clock says nothing to who sees it first`(
        step: Double
    ) {
        let clock = InputClock(
            stamp: stamp(17),
            wall: stepped(step),
            wallAtOpening: wall,
            now: at(90)
        )
        #expect(clock.lastInput == at(90))
    }

    @Test func `a stamp that a step put into the future hides no reads when its block comes`() {
        // Made at 88, in a block that begins again at 92, when reads will not move it.
        var clock = InputClock(
            stamp: stamp(88),
            wall: stepped(-4),
            wallAtOpening: wall,
            now: at(90)
        )
        clock.look(stamp: stamp(88), wall: stepped(-4), shared: nil, now: at(91))
        #expect(clock.lastInput == at(90))
        clock.look(stamp: stamp(88), wall: stepped(-4), shared: nil, now: at(97))
        #expect(clock.lastInput == at(97))
        clock.look(stamp: stamp(88), wall: stepped(-4), shared: nil, now: at(200))
        #expect(clock.lastInput == at(100) + InputClock.stampLag)
    }

    @Test func `a read through /dev/tty before a step is found by the name of its block`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.look(stamp: stamp(17), wall: stepped(40), shared: shared(18, 60), now: at(90))
        #expect(clock.lastInput == at(18))
    }

    @Test func `events lost in a block that a step brought back count to its second end`() {
        var clock = InputClock(stamp: stamp(22), wall: wall, wallAtOpening: wall, now: at(22))
        clock.witnessLost(stamp: stamp(22), wall: stepped(-6), now: at(26))
        // Set back once more within the block, which now ends at 31 s.
        clock.witnessLost(stamp: stamp(22), wall: stepped(-7), now: at(60))
        #expect(clock.lastInput == at(31) + InputClock.stampLag)
    }

    @Test func `events lost before a step count to the end of the block where it was`() {
        var clock = InputClock(stamp: stamp(0), wall: wall, wallAtOpening: wall, now: at(1))
        clock.read(at: at(17), wall: wall)
        clock.look(stamp: stamp(17), wall: wall, shared: nil, now: at(18))
        clock.witnessLost(stamp: stamp(17), wall: stepped(-3600), now: at(30))
        #expect(clock.lastInput == at(24) + InputClock.stampLag)
    }
}
