import LapseCore
import LapseLinux

/// Which session of the table a process belongs to.
///
/// MUST NOT go by a user's name or a terminal's: both are others' too. It goes by the process's
/// ancestors, and where none of them leads a session (tmux's server has no parent any more) by the
/// kernel's audit session, which no process sheds (CAP_AUDIT_CONTROL, audit_set_loginuid in
/// kernel/audit.c).
struct EnclosingSession {
    /// Ancestors that are looked at; the audit session counts for what hangs deeper.
    ///
    /// sudo in a shell in an editor in tmux has ten. Each costs one small read of /proc.
    static let ancestorsMax = 256

    /// The process itself and those above it, nearest first.
    private let ancestors: [ProcessIdentity]
    private let auditSession: UInt32?

    init(ancestors: [ProcessIdentity], auditSession: UInt32?) {
        self.ancestors = ancestors
        self.auditSession = auditSession
    }

    /// What the kernel says of a process now.
    init(of pid: Int32) {
        self.init(
            ancestors: Self.ancestors(of: pid) { ProcessStat.read(pid: $0) },
            auditSession: ProcessTree.auditSession(of: pid)
        )
    }

    /// Walks up from a process.
    ///
    /// A parent that ends meanwhile may leave its number to a younger process. That one cannot be
    /// the parent of an older child, and the walk ends there: the audit session decides.
    static func ancestors(
        of pid: Int32,
        read: (Int32) -> ProcessStat?
    ) -> [ProcessIdentity] {
        var found: [ProcessIdentity] = []
        var next = pid
        var childStart = UInt64.max
        while next > 1, found.count < ancestorsMax, let stat = read(next),
            stat.startTicks <= childStart
        {
            found.append(ProcessIdentity(pid: stat.pid, startTicks: stat.startTicks))
            childStart = stat.startTicks
            next = stat.parent
        }
        return found
    }

    /// The session whose leader is the nearest ancestor; else the one with the same audit session,
    /// of several (a login within a session cannot always get a new one) the youngest.
    func find(among sessions: some Sequence<SessionFacts>) -> SessionID? {
        let distances = Dictionary(
            ancestors.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: min
        )
        var nearest: (distance: Int, id: SessionID)?
        var audited: SessionFacts?
        for session in sessions {
            if let distance = distances[session.leader], distance < nearest?.distance ?? .max {
                nearest = (distance, session.id)
            }
            guard let auditSession, session.auditSession == auditSession else { continue }
            if audited.map({ $0.opened < session.opened }) ?? true { audited = session }
        }
        return nearest?.id ?? audited?.id
    }
}
