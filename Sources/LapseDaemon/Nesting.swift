import LapseCore
import LapseLinux
import LapseWire

/// An open su or sudo within a session.
final class Nesting {
    /// Whose it is: the uid that was changed to.
    let uid: UserID
    let service: String
    /// What the module wants to prove at the close.
    let token: CloseToken
    /// The su or sudo itself, which closes the nesting when it ends.
    let opener: ProcessIdentity
    let handle: ProcessHandle
    var exitWatch: EventLoop.Token?

    /// Nil if the process that opened it is gone.
    init?(uid: UserID, service: String, token: CloseToken, opener: ProcessIdentity) {
        guard let handle = ProcessHandle.open(opener)
        else { return nil }
        self.uid = uid
        self.service = service
        self.token = token
        self.opener = opener
        self.handle = handle
    }

    /// Whether somebody works as root in it.
    var isPrivileged: Bool { uid.value == 0 }
}

/// The nestings that are open in one session.
struct Nestings {
    /// Open at one time in one session; `xargs -P` with sudo has as many as it is told to.
    static let openMax = 256

    private(set) var open: [Nesting] = []

    var isPrivileged: Bool { open.contains { $0.isPrivileged } }

    /// Takes one in.
    ///
    /// - Returns: False when it is full. One that is root's takes the place of one that is not, so
    ///   that nobody fills the table to work as root unseen; what is displaced is let go.
    mutating func add(_ nesting: Nesting) -> (isKept: Bool, displaced: Nesting?) {
        var displaced: Nesting?
        if open.count >= Self.openMax {
            guard nesting.isPrivileged,
                let index = open.firstIndex(where: { !$0.isPrivileged })
            else { return (false, nil) }
            displaced = open.remove(at: index)
        }
        open.append(nesting)
        return (true, displaced)
    }

    /// Takes one out; nil if it is not there.
    mutating func remove(where matches: (Nesting) -> Bool) -> Nesting? {
        open.firstIndex(where: matches).map { open.remove(at: $0) }
    }
}
