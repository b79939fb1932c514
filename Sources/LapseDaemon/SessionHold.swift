import LapseCore
import LapseLinux
import LapseWire

/// What the daemon holds for a session in the table.
final class SessionHold {
    let leader: ProcessHandle
    let closeToken: CloseToken
    let leaderImage: ProcessImage?
    /// When the session opened, microseconds since 1970: for people.
    let openedWall: Int64
    var exitWatch: EventLoop.Token?
    /// su and sudo that are open in it.
    var nestings = Nestings()
    var relays: Set<ProcessIdentity> = []
    /// The terminals at the moment of the end.
    var terminalsAtEnd: Set<UInt64>?
    var leaderGoneTicks: UInt64?
    /// Processes that the end spared, for the record.
    var spared: [String] = []

    init(
        leader: ProcessHandle,
        closeToken: CloseToken,
        leaderImage: ProcessImage?,
        openedWall: Int64
    ) {
        self.leader = leader
        self.closeToken = closeToken
        self.leaderImage = leaderImage
        self.openedWall = openedWall
    }
}
