/// When a program last wrote to one terminal: the late end of the 8-second block of its mtime
/// (tty_update_time, drivers/tty/tty_io.c).
///
/// Who sets the stamp by hand gains what a line of output would have given him.
package struct OutputClock: Equatable, Sendable {
    private static let blockLength: Duration = .seconds(8)
    private var stamp: WallSecond
    private var wall: WallOffset
    /// The latest moment that the stamp stands for.
    private var latest: BootInstant

    /// Begins to observe a terminal whose mtime is `stamp`; one from before a step of the wall clock
    /// cannot be placed and counts as of now.
    package init(
        stamp: WallSecond,
        wall: WallOffset,
        wallAtOpening: WallOffset,
        now: BootInstant
    ) {
        self.stamp = stamp
        self.wall = wall
        let isPlaced = !wall.differs(from: wallAtOpening)
        latest = isPlaced ? Self.end(of: stamp, wall, now) : now + Self.blockLength
    }

    /// Takes in the mtime of now.
    ///
    /// - Returns: The latest moment at which something may have been written.
    package mutating func look(
        stamp: WallSecond,
        wall: WallOffset,
        now: BootInstant
    ) -> BootInstant {
        if stamp != self.stamp {
            let hasStepped = wall.differs(from: self.wall)
            latest = hasStepped ? now + Self.blockLength : Self.end(of: stamp, wall, now)
        }
        self.stamp = stamp
        self.wall = wall
        return min(latest, now)
    }

    /// A stamp of the future was set by hand: it counts as of now, and not again and again.
    private static func end(
        of stamp: WallSecond,
        _ wall: WallOffset,
        _ now: BootInstant
    ) -> BootInstant {
        min(wall.boot(stamp.blockEnd), now + blockLength)
    }
}
