/// Reads through /dev/tty, which names every process's own terminal: seen, but not whose.
///
/// Of each 8-second block of the wall clock the last read is kept; the terminal whose atime lies
/// in a block may be the one that was read then.
package struct SharedReads: Equatable, Sendable {
    /// Blocks that are kept: nine hours of unbroken use.
    package static let blocksMax = 4096
    /// In the order of their moments.
    private var reads: [Read] = []
    /// Reads before this moment may have been dropped.
    private var completeFrom = BootInstant(nanoseconds: .min)

    package init() {}

    /// The last one that was told; nil before the first.
    package var latest: BootInstant? { reads.last?.at }

    /// Takes note of a read that happened after `earliest` and not after `now`.
    ///
    /// Each block that it may lie in gets the latest moment that it may have had there.
    package mutating func note(since earliest: BootInstant, at now: BootInstant, wall: WallOffset) {
        let last = wall.second(of: now).blockStart.seconds
        // A pause of the listener spans two blocks at most; a daemon that stood still, a few more.
        let first = max(wall.second(of: earliest).blockStart.seconds, last - 8 * 8)
        for seconds in stride(from: min(first, last), through: last, by: 8) {
            let block = WallSecond(seconds: seconds)
            add(Read(at: min(now, wall.boot(block.blockEnd)), block: block, wall: wall))
        }
        guard reads.count > Self.blocksMax else { return }
        reads.removeFirst(reads.count - Self.blocksMax / 2)
        completeFrom = reads[0].at
    }

    /// The last read in a block; the end of the block where that is not known.
    func last(in block: Range<BootInstant>) -> BootInstant? {
        guard block.upperBound >= completeFrom else { return block.upperBound }
        // The end of a block comes out differently by as much as the readings of the clocks do.
        let end = block.upperBound + WallOffset.stepMin
        var (low, high) = (0, reads.count)
        while low < high {
            let middle = (low + high) / 2
            if reads[middle].at <= end { low = middle + 1 } else { high = middle }
        }
        guard low > 0, reads[low - 1].at >= block.lowerBound else { return nil }
        return min(reads[low - 1].at, block.upperBound)
    }

    /// The last read in a block of this name, wherever a step of the wall clock put it in time.
    func last(named stamp: WallSecond) -> BootInstant? {
        reads.last { $0.block == stamp.blockStart }?.at
    }

    private mutating func add(_ read: Read) {
        guard let last = reads.last else { return reads.append(read) }
        // Its block was over when the last read was told.
        guard read.at > last.at else { return }
        // After a step of the wall clock a block of the same name is another.
        if last.block == read.block, !last.wall.differs(from: read.wall) { reads.removeLast() }
        reads.append(read)
    }

    private struct Read: Equatable, Sendable {
        let at: BootInstant
        let block: WallSecond
        let wall: WallOffset
    }
}
