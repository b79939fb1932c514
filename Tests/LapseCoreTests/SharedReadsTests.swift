import Testing

@testable import LapseCore

/// Wall time runs 1,000,000 s ahead of boot time here; 1,000,000 is a multiple of 8.
@Suite struct SharedReadsTests {
    private let wall = WallOffset(nanoseconds: 1_000_000 * 1_000_000_000)

    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    private func block(_ seconds: Int64) -> Range<BootInstant> {
        wall.block(of: WallSecond(seconds: 1_000_000 + seconds))
    }

    private func reads(_ seconds: Double...) -> SharedReads {
        var reads = SharedReads()
        for second in seconds {
            reads.note(since: at(second - 0.2), at: at(second), wall: wall)
        }
        return reads
    }

    @Test func `the last read of each block is known, and none of a block without`() {
        let reads = reads(1, 3, 17, 19, 42)
        #expect(reads.last(in: block(0)) == at(3))
        #expect(reads.last(in: block(8)) == nil)
        #expect(reads.last(in: block(16)) == at(19))
        #expect(reads.last(in: block(40)) == at(42))
        #expect(reads.last(in: block(48)) == nil)
    }

    @Test func `a read that is told just after a block may have been at its end`() {
        let reads = reads(1, 8.1)
        #expect(reads.last(in: block(0)) == at(8))
        #expect(reads.last(in: block(8)) == at(8.1))
        #expect(self.reads(1, 8.3).last(in: block(0)) == at(1))
    }

    @Test func `a daemon that stood still cannot tell the blocks apart, and goes back a minute`() {
        var reads = reads(1)
        reads.note(since: at(2), at: at(100), wall: wall)
        #expect(reads.last(in: block(0)) == at(1))
        #expect(reads.last(in: block(24)) == nil)
        for start in stride(from: Int64(32), through: 88, by: 8) {
            #expect(reads.last(in: block(start)) == at(Double(start) + 8))
        }
        #expect(reads.last(in: block(96)) == at(100))
    }

    @Test func `the end of a block is found although the clocks were read a little apart`() {
        let reads = reads(1, 8.1)
        let apart = WallOffset(nanoseconds: wall.nanoseconds + 2_000)
        #expect(reads.last(in: apart.block(of: WallSecond(seconds: 1_000_001))) == at(7.999_998))
    }

    @Test func `a block that comes again after a step of the wall clock is another`() {
        var reads = reads(3)
        let stepped = WallOffset(nanoseconds: wall.nanoseconds - 100_000_000_000)
        reads.note(since: at(103), at: at(104), wall: stepped)
        #expect(reads.last(in: block(0)) == at(3))
        #expect(reads.last(in: stepped.block(of: WallSecond(seconds: 1_000_004))) == at(104))
        #expect(reads.last(named: WallSecond(seconds: 1_000_001)) == at(104))
    }

    @Test func `of blocks beyond the limit the oldest are dropped and count to their ends`() {
        var reads = SharedReads()
        for block in 0...SharedReads.blocksMax {
            let moment = at(Double(block) * 8 + 4)
            reads.note(since: moment, at: moment, wall: wall)
        }
        #expect(reads.last(in: block(0)) == at(8))
        let last = Int64(SharedReads.blocksMax) * 8
        #expect(reads.last(in: block(last)) == at(Double(last) + 4))
        // Half of them are kept.
        #expect(reads.last(in: block(last / 2 + 16)) == at(Double(last / 2) + 20))
    }
}
