import LapseCore
import LapseLinux

/// The processes of a session, found anew for each signal of its end.
///
/// MUST NOT name a process of another session, of the same user or not. Where the kernel's audit
/// session is known it decides alone; a terminal's name never does, because the next login may
/// already own that terminal.
struct SessionProcesses {
    /// A process with what is needed to signal it and to name it.
    struct Member {
        let stat: ProcessStat
        /// For the record: command name and pid.
        var label: String { "\(stat.name)[\(stat.pid)]" }
    }

    /// Below the leader, or on the session's terminals.
    private(set) var attached: [Member] = []
    /// The sshd process that carries the connection on behalf of the user.
    private(set) var relays: [Member] = []
    /// Of the session by its audit session, but apart from its terminals: tmux, a daemon.
    private(set) var detached: [Member] = []

    /// What is known of the session at this moment.
    struct Scope {
        let facts: SessionFacts
        let terminals: Set<UInt64>
        /// The leader's executable, to know its relay by.
        let leaderImage: ProcessImage?
        /// Relays that were seen while the leader lived.
        let relays: Set<ProcessIdentity>
        /// When the leader was gone, in clock ticks after boot; nil while it lives.
        let leaderGoneTicks: UInt64?
    }

    /// Finds them with one scan of /proc: rare, at an end, and complete.
    static func find(_ scope: Scope) -> SessionProcesses {
        let own = ProcessSelf.pid
        let processes = ProcessTree.all()
            .filter { $0 != own && $0 != 1 }
            .compactMap { ProcessStat.read(pid: $0) }
            .filter { $0.state != UInt8(ascii: "Z") && $0.pid != scope.facts.leader.pid }
        let relays = processes.filter { isRelay($0, scope) }
        let roots =
            relays.map(\.pid) + (scope.leaderGoneTicks == nil ? [scope.facts.leader.pid] : [])
        let below = descendants(of: roots, in: processes)
        var found = SessionProcesses()
        found.relays = relays.map { Member(stat: $0) }
        for process in processes where !relays.contains(process) {
            let member = Member(stat: process)
            if below.contains(process.pid) {
                found.attached.append(member)
            } else if isMember(process, scope) {
                if onTerminal(process, scope) {
                    found.attached.append(member)
                } else {
                    found.detached.append(member)
                }
            }
        }
        return found
    }

    /// The relays among the leader's children, while it lives.
    static func relays(of leader: ProcessIdentity, image: ProcessImage?) -> Set<ProcessIdentity> {
        guard let image,
            ProcessStat.read(pid: leader.pid)?.startTicks == leader.startTicks
        else { return [] }
        let stats = ProcessTree.children(of: leader.pid).compactMap { ProcessStat.read(pid: $0) }
        return Set(
            stats
                .filter { $0.terminal == 0 && ProcessImage(pid: $0.pid) == image }
                .map { ProcessIdentity(pid: $0.pid, startTicks: $0.startTicks) }
        )
    }

    private static func descendants(
        of roots: [Int32],
        in processes: [ProcessStat]
    ) -> Set<Int32> {
        let children = Dictionary(grouping: processes, by: \.parent)
        var found: Set<Int32> = []
        var pending = roots
        while let next = pending.popLast() {
            for child in children[next] ?? [] where found.insert(child.pid).inserted {
                pending.append(child.pid)
            }
        }
        return found
    }

    private static func isMember(_ process: ProcessStat, _ scope: Scope) -> Bool {
        if let session = scope.facts.auditSession {
            return ProcessTree.auditSession(of: process.pid) == session
        }
        // No audit session on this host: the terminal, but only for processes of this user that
        // are no older than the leader and no younger than its end.
        return onTerminal(process, scope)
            && process.startTicks >= scope.facts.leader.startTicks
            && process.startTicks <= scope.leaderGoneTicks ?? .max
            && ProcessTree.owner(of: process.pid) == scope.facts.uid.value
    }

    private static func onTerminal(_ process: ProcessStat, _ scope: Scope) -> Bool {
        guard process.terminal != 0, let terminal = Terminal(procNumber: process.terminal) else {
            return false
        }
        return scope.terminals.contains(terminal.device)
    }

    private static func isRelay(_ process: ProcessStat, _ scope: Scope) -> Bool {
        let identity = ProcessIdentity(pid: process.pid, startTicks: process.startTicks)
        if scope.relays.contains(identity) { return true }
        guard let image = scope.leaderImage, process.terminal == 0,
            process.parent == scope.facts.leader.pid || isMember(process, scope)
        else { return false }
        return ProcessImage(pid: process.pid) == image
    }
}
