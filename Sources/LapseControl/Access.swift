/// Who may do what on the control socket: the table, and nothing but it, decides.
///
/// MUST: a peer is judged by the kernel's credentials of his connection, never by what he says.
/// MUST: another's session looks to an ordinary user exactly like one that does not exist.
package struct Access: Sendable {
    /// Gid of group `lapse`; nil on a host without one, where nobody is in it.
    private let lapseGroup: UInt32?

    package init(lapseGroup: UInt32?) {
        self.lapseGroup = lapseGroup
    }

    /// How far a peer's right reaches.
    ///
    /// An owner needs no row of his own: his sessions are those that `own` reaches.
    package enum Reach: Equatable, Sendable {
        /// All sessions, and what the daemon knows of itself.
        case all
        /// The sessions of the peer's own uid.
        case own
        /// What is the same for everybody.
        case publicPart
        /// Nothing: the method is not for this peer.
        case nothing
    }

    /// What each kind of peer may reach with one method.
    package struct Row: Equatable, Sendable {
        package let root: Reach
        package let lapseGroup: Reach
        package let anyone: Reach
    }

    /// The table.
    package static func row(_ method: ControlMethod) -> Row {
        switch method {
        case .list: Row(root: .all, lapseGroup: .all, anyone: .own)
        case .show: Row(root: .all, lapseGroup: .all, anyone: .own)
        case .end: Row(root: .all, lapseGroup: .own, anyone: .own)
        case .why: Row(root: .all, lapseGroup: .all, anyone: .own)
        case .touch: Row(root: .all, lapseGroup: .own, anyone: .own)
        case .hold: Row(root: .all, lapseGroup: .own, anyone: .own)
        case .release: Row(root: .all, lapseGroup: .own, anyone: .own)
        case .lock: Row(root: .all, lapseGroup: .own, anyone: .own)
        case .unlock: Row(root: .all, lapseGroup: .nothing, anyone: .nothing)
        case .extend: Row(root: .all, lapseGroup: .nothing, anyone: .nothing)
        case .revoke: Row(root: .all, lapseGroup: .nothing, anyone: .nothing)
        case .reload: Row(root: .all, lapseGroup: .nothing, anyone: .nothing)
        case .policy: Row(root: .all, lapseGroup: .all, anyone: .nothing)
        case .status: Row(root: .all, lapseGroup: .all, anyone: .publicPart)
        case .getInfo: Row(root: .publicPart, lapseGroup: .publicPart, anyone: .publicPart)
        case .getInterfaceDescription:
            Row(root: .publicPart, lapseGroup: .publicPart, anyone: .publicPart)
        }
    }

    /// How far this peer's right reaches with this method.
    ///
    /// - Parameters:
    ///   - method: The method called.
    ///   - peer: The kernel's credentials of the connection.
    /// - Returns: The cell of the table.
    package func reach(of method: ControlMethod, by peer: ControlPeer) -> Reach {
        let row = Self.row(method)
        if peer.uid == 0 { return row.root }
        if let lapseGroup, peer.gids.contains(lapseGroup) { return row.lapseGroup }
        return row.anyone
    }

    /// True when the method, called by this peer, reaches this session.
    ///
    /// - Parameters:
    ///   - method: The method called.
    ///   - peer: The kernel's credentials of the connection.
    ///   - session: The session that the call names or would list.
    /// - Returns: Whether it does.
    package func allows(
        _ method: ControlMethod,
        by peer: ControlPeer,
        on session: SessionInfo
    ) -> Bool {
        switch reach(of: method, by: peer) {
        case .all: true
        case .own: session.uid == peer.uid
        case .publicPart, .nothing: false
        }
    }
}

/// Every method that the daemon answers, by its full Varlink name.
package enum ControlMethod: String, CaseIterable, Sendable {
    case list = "io.lapse.Control.List"
    case show = "io.lapse.Control.Show"
    case end = "io.lapse.Control.End"
    case why = "io.lapse.Control.Why"
    case touch = "io.lapse.Control.Touch"
    case hold = "io.lapse.Control.Hold"
    case release = "io.lapse.Control.Release"
    case extend = "io.lapse.Control.Extend"
    case lock = "io.lapse.Control.Lock"
    case unlock = "io.lapse.Control.Unlock"
    case revoke = "io.lapse.Control.Revoke"
    case reload = "io.lapse.Control.Reload"
    case policy = "io.lapse.Control.Policy"
    case status = "io.lapse.Control.Status"
    case getInfo = "org.varlink.service.GetInfo"
    case getInterfaceDescription = "org.varlink.service.GetInterfaceDescription"
}

/// The other end of a control connection, as the kernel describes it.
package struct ControlPeer: Equatable, Sendable {
    /// Effective uid at the time of connecting (`SO_PEERCRED`, unix(7)).
    package let uid: UInt32
    /// Its gid (`SO_PEERCRED`) and supplementary groups (`SO_PEERGROUPS`) at that time.
    package let gids: [UInt32]
    /// Its pid at that time: for the record only, it may have been reused since.
    package let pid: Int32

    package init(uid: UInt32, gids: [UInt32], pid: Int32) {
        self.uid = uid
        self.gids = gids
        self.pid = pid
    }
}
