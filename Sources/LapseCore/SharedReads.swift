/// Reads through /dev/tty, which names every process's own terminal: seen, but not whose.
///
/// For each 8-second block of the wall clock the last read is kept; the terminal whose atime lies
/// in a block may be the one that was read then.
package struct SharedReads: Equatable, Sendable {
    /// Blocks that are kept: more than nine hours of unbroken use.
    package static let blocksMax = 4096
    private var lastRead: [Int64: BootInstant] = [:]
    /// Blocks before this one may have been dropped.
    private var completeFrom = Int64.min

    package init() {}

    /// Takes note of a read at `now`.
    package mutating func note(at now: BootInstant, wall: WallOffset) {
        let second = WallSecond(seconds: wall.wallMicroseconds(now) / 1_000_000)
        lastRead[second.blockStart.seconds] = now
        guard lastRead.count > Self.blocksMax else { return }
        let kept = lastRead.keys.sorted().suffix(Self.blocksMax / 2)
        completeFrom = kept.first ?? completeFrom
        lastRead = lastRead.filter { $0.key >= completeFrom }
    }

    /// The last read in the block of a stamp; the end of the block where that is not known.
    package func last(inBlockOf stamp: WallSecond, wall: WallOffset) -> BootInstant? {
        let block = stamp.blockStart.seconds
        return block < completeFrom ? wall.boot(stamp.blockEnd) : lastRead[block]
    }
}
