import Testing

@testable import LapseCore

/// Wall time runs 1,000,000 s ahead of boot time here; 1,000,000 is a multiple of 8.
@Suite struct ForgedStampTests {
    private let wall = WallOffset(nanoseconds: 1_000_000 * 1_000_000_000)

    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    private func stamp(_ seconds: Int64) -> WallSecond { WallSecond(seconds: 1_000_000 + seconds) }

    private func shared(_ seconds: Double...) -> SharedReads {
        var reads = SharedReads()
        for second in seconds {
            reads.note(since: at(second - 0.2), at: at(second), wall: wall)
        }
        return reads
    }

    private func clock(_ seconds: Int64 = 0, now: Double = 1) -> InputClock {
        InputClock(
            stamp: stamp(seconds),
            change: change(1),
            wall: wall,
            wallAtOpening: wall,
            now: at(now)
        )
    }

    /// ctime, so many nanoseconds after 1970, long before the wall clock of now or just now.
    private func change(_ changed: Int64, isSettled: Bool = true) -> NodeChange {
        NodeChange(changed: changed, coarseWall: isSettled ? changed + 1 : changed)
    }

    /// A look at a node; true if its stamp was set by hand.
    private func look(
        _ clock: inout InputClock,
        _ seconds: Int64,
        changed: Int64,
        shared: SharedReads = SharedReads(),
        now: Double
    ) -> Bool {
        clock.look(
            stamp: stamp(seconds),
            change: change(changed),
            wall: wall,
            shared: shared,
            now: at(now)
        )
        .isForged
    }

    private func lost(
        _ clock: inout InputClock,
        _ seconds: Int64,
        changed: Int64,
        now: Double
    ) -> Bool {
        clock.witnessLost(stamp: stamp(seconds), change: change(changed), wall: wall, now: at(now))
            .isForged
    }

    @Test func `a stamp that moved with ctime does not count and is told once`() {
        var clock = clock()
        clock.read(at: at(5), wall: wall)
        #expect(look(&clock, 100, changed: 2, now: 101))
        #expect(clock.lastInput == at(5))
        #expect(!look(&clock, 100, changed: 2, now: 200))
        #expect(clock.lastInput == at(5))
    }

    private static let targets: [Int64] = [
        -1_000_000, -500, 90, 101, 108, 5_000, 100_000_000, .max - 1_000_000,
        .min + 1_000_000,
    ]

    @Test(arguments: targets)
    func `whatever a stamp was set to, later input counts to its second`(target: Int64) {
        var clock = clock()
        clock.read(at: at(5), wall: wall)
        #expect(look(&clock, target, changed: 2, now: 101))
        #expect(clock.lastInput == at(5))
        // Through the terminal's own node, and through /dev/tty: the kernel moves the stamp.
        clock.read(at: at(130), wall: wall)
        #expect(!look(&clock, 130, changed: 2, now: 131))
        #expect(clock.lastInput == at(130))
        #expect(!look(&clock, 210, changed: 2, shared: shared(211), now: 400))
        #expect(clock.lastInput == at(211))
    }

    @Test func `a stamp that was set in the block of a key gains nothing`() {
        var clock = clock()
        clock.read(at: at(17), wall: wall)
        #expect(!look(&clock, 23, changed: 2, now: 24))
        #expect(clock.lastInput == at(17))
    }

    @Test func `a mode that changed is no forgery, with input or without`() {
        var clock = clock()
        clock.read(at: at(17), wall: wall)
        #expect(!look(&clock, 17, changed: 2, now: 18))
        #expect(!look(&clock, 17, changed: 3, now: 600))
        clock.read(at: at(610.05), wall: wall)
        #expect(!look(&clock, 610, changed: 4, now: 610.05))
        #expect(clock.lastInput == at(610.05))
    }

    @Test func `a password that su reads through /dev/tty counts though mesg follows it`() {
        var clock = clock()
        for start in stride(from: 100.0, to: 1_000, by: 100) {
            clock.read(at: at(start), wall: wall)
            #expect(!look(&clock, Int64(start), changed: Int64(start), now: start))
            let (typed, reads) = (Int64(start) + 20, shared(start + 20))
            #expect(!look(&clock, typed, changed: typed, shared: reads, now: start + 20.1))
            #expect(clock.lastInput == at(start + 20))
        }
    }

    @Test func `reads through /dev/tty make a forged stamp good once, and again after a key`() {
        var clock = clock()
        clock.read(at: at(5), wall: wall)
        // Somebody on the host reads through /dev/tty all the time.
        #expect(!look(&clock, 100, changed: 2, shared: shared(101), now: 102))
        #expect(clock.lastInput == at(101))
        #expect(look(&clock, 200, changed: 3, shared: shared(201), now: 202))
        #expect(look(&clock, 300, changed: 4, shared: shared(301), now: 302))
        #expect(!look(&clock, 300, changed: 4, shared: shared(301, 303), now: 600))
        #expect(clock.lastInput == at(101))
        clock.read(at: at(700), wall: wall)
        #expect(!look(&clock, 800, changed: 5, shared: shared(801), now: 802))
        #expect(look(&clock, 900, changed: 6, shared: shared(901), now: 902))
        #expect(clock.lastInput == at(801))
    }

    @Test func `a stamp of the future is not made good by reads that come then`() {
        var clock = clock()
        #expect(look(&clock, 500, changed: 2, shared: shared(101), now: 102))
        #expect(!look(&clock, 500, changed: 2, shared: shared(101, 501), now: 502))
        #expect(clock.lastInput == at(1))
        // Seen first in the future it counts as of now, and not again then.
        var other = self.clock(500, now: 20)
        #expect(other.lastInput == at(20))
        #expect(!look(&other, 500, changed: 1, shared: shared(501), now: 502))
        #expect(other.lastInput == at(20))
    }

    @Test func `without the exact witness a forged stamp counts once after each input`() {
        var clock = clock()
        #expect(!lost(&clock, 41, changed: 1, now: 60))
        #expect(clock.lastInput == at(48) + InputClock.stampLag)
        #expect(!lost(&clock, 81, changed: 2, now: 100))
        #expect(clock.lastInput == at(88) + InputClock.stampLag)
        for look in 1...5 {
            let moment = Int64(100 * look)
            #expect(lost(&clock, moment, changed: moment, now: Double(moment) + 9))
        }
        #expect(clock.lastInput == at(88) + InputClock.stampLag)
        #expect(!lost(&clock, 901, changed: 500, now: 1_000))
        #expect(clock.lastInput == at(904) + InputClock.stampLag)
    }

    @Test func `a forgery at a step of the wall clock is one all the same`() {
        var clock = clock()
        clock.read(at: at(5), wall: wall)
        let stepped = WallOffset(nanoseconds: wall.nanoseconds + 3_600_000_000_000)
        let outcome = clock.look(
            stamp: stamp(3_700),
            change: change(2),
            wall: stepped,
            shared: nil,
            now: at(101)
        )
        #expect(outcome.isForged)
        #expect(clock.lastInput == at(5))
    }

    // MARK: Reads through /dev/tty, one by one

    @Test func `a machine that reads through /dev/tty is seen when it is followed`() {
        var clock = clock()
        clock.read(at: at(5), wall: wall)
        var reads = shared(160)
        #expect(!look(&clock, 160, changed: 1, shared: reads, now: 165))
        #expect(clock.isShared)
        for beat in 1...40 {
            let moment = 160 + Double(beat) * 60
            reads.note(since: at(moment - 0.1), at: at(moment), wall: wall)
            clock.follow(at(moment), stamp: stamp(Int64(moment)), change: change(1), wall: wall)
            #expect(!look(&clock, Int64(moment), changed: 1, shared: reads, now: moment))
        }
        #expect(clock.rhythm.known?.period == .seconds(60))
        #expect(clock.lastInput == at(220) + Rhythm.burst)
        // A hand at the same terminal.
        let moment = 160.0 + 40 * 60 + 33
        reads.note(since: at(moment - 0.1), at: at(moment), wall: wall)
        clock.follow(at(moment), stamp: stamp(Int64(moment)), change: change(1), wall: wall)
        #expect(!look(&clock, Int64(moment), changed: 1, shared: reads, now: moment))
        #expect(clock.lastInput == at(moment))
    }

    @Test func `a read through /dev/tty that was another terminal's is not followed`() {
        var clock = clock()
        clock.follow(at(100), stamp: stamp(40), change: change(1), wall: wall)
        clock.follow(at(200), stamp: stamp(200), change: change(2), wall: wall)
        #expect(clock.lastInput == at(1))
        clock.follow(at(300), stamp: stamp(299), change: change(1), wall: wall)
        #expect(clock.lastInput == at(300))
    }

    // MARK: What waits to be read

    @Test func `bytes that wait count once, when they are seen first`() {
        var clock = clock()
        clock.wait(0, now: at(20))
        #expect(clock.lastInput == at(1))
        clock.wait(5, now: at(60))
        clock.wait(5, now: at(600))
        #expect(clock.lastInput == at(60))
        clock.wait(6, now: at(700))
        #expect(clock.lastInput == at(700))
        // Hidden and shown again (canonical mode).
        clock.wait(0, now: at(800))
        clock.wait(6, now: at(900))
        #expect(clock.lastInput == at(700))
        // After a read all that waits may be new.
        clock.read(at: at(1_000), wall: wall)
        clock.wait(2, now: at(1_100))
        #expect(clock.lastInput == at(1_100))
    }
}
