import LapseCore
import LapseLinux
import LapsePolicy
import LapseWire

/// What the daemon holds for a session in the table.
final class SessionHold {
    /// Nil if the leader died while no daemon ran.
    let leader: ProcessHandle?
    let closeToken: CloseToken
    let leaderImage: ProcessImage?
    /// When the session opened, microseconds since 1970: for people.
    let openedWall: Int64
    var exitWatch: EventLoop.Token?
    /// Who ordered the end, and why.
    var endRequest: EndRequest?
    /// What stands in the session's file.
    var saved: SavedSession.Progress?
    /// su and sudo that are open in it.
    var nestings = Nestings()
    /// Those that the former daemon knew, until the session is in the table.
    var nestingsToAdopt: [SavedNesting] = []
    /// The lock that the former daemon left, until this one has taken it up.
    var savedLock: SavedLock?
    /// Whether input came over the connection.
    var backing = InputBacking()
    var relays: Set<ProcessIdentity> = []
    /// The terminals at the moment of the end.
    var terminalsAtEnd: Set<UInt64>?
    /// When that was, in clock ticks after boot.
    var terminalsTicks: UInt64 = .max
    /// The control group that is the session's alone, once the leader was seen in one.
    var group: ControlGroup?
    var leaderGoneTicks: UInt64?
    /// What the policy asks for, as it is known now.
    var subject: Subject
    /// Whether a group that is missing there is one that the user is not in.
    var areGroupsComplete = false
    /// What the policy said last.
    var decision: Decision?
    /// The cutoffs that the engine was told last; what it heard once changes nothing twice.
    var cutoffs: [Cutoff] = []
    /// Since when the session has been open outside the policy's hours.
    var closedSince: BootInstant?
    /// How the user authenticated, while the daemon that was told of it runs.
    var auth: SSHAuthInfo?
    /// When the certificate that let the user in runs out.
    var certificateEnds: WallInstant?
    var accountExpires: WallInstant?
    /// The account was locked when the session opened, and has been ever since.
    var wasLocked = false

    init(
        leader: ProcessHandle?,
        closeToken: CloseToken,
        leaderImage: ProcessImage?,
        openedWall: Int64,
        subject: Subject
    ) {
        self.subject = subject
        self.leader = leader
        self.closeToken = closeToken
        self.leaderImage = leaderImage
        self.openedWall = openedWall
    }
}
