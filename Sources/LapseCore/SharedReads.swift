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

    /// Takes note of a read that happened after `earliest` and not after `now`.
    ///
    /// Each block that it may lie in gets the latest moment that it may have had there.
    package mutating func note(since earliest: BootInstant, at now: BootInstant, wall: WallOffset) {
        let last = block(of: now, wall)
        // A pause of the listener spans two blocks at most; a daemon that stood still, a few more.
        let first = max(block(of: earliest, wall).seconds, last.seconds - 8 * 8)
        for seconds in stride(from: min(first, last.seconds), through: last.seconds, by: 8) {
            lastRead[seconds] = min(now, wall.boot(WallSecond(seconds: seconds).blockEnd))
        }
        guard lastRead.count > Self.blocksMax else { return }
        let kept = lastRead.keys.sorted().suffix(Self.blocksMax / 2)
        completeFrom = kept.first ?? completeFrom
        lastRead = lastRead.filter { $0.key >= completeFrom }
    }

    private func block(of moment: BootInstant, _ wall: WallOffset) -> WallSecond {
        WallSecond(seconds: wall.wallMicroseconds(moment) / 1_000_000).blockStart
    }

    /// The last read in the block of a stamp; the end of the block where that is not known.
    package func last(inBlockOf stamp: WallSecond, wall: WallOffset) -> BootInstant? {
        let block = stamp.blockStart.seconds
        return block < completeFrom ? wall.boot(stamp.blockEnd) : lastRead[block]
    }
}
