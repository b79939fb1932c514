import LapseCore
import LapseLinux

/// The processes of a session, found anew for each signal of its end.
///
/// MUST NOT name a process of another session, of the same user or not. Where the kernel's audit
/// session is known it decides alone: no process sheds it without CAP_AUDIT_CONTROL. Else the
/// session's control group and the tree below the leader do, and without a control group the
/// terminals, though never by their names alone: the next login may already own one. What is below
/// the leader of another session in the table is that one's, however it came there (login(1) in a
/// shell of root's).
struct SessionProcesses {
    /// A process with what is needed to signal it and to name it.
    struct Member {
        let stat: ProcessStat
        /// For the record: command name and pid.
        ///
        /// The name is the process's own choice; without brackets it looks like one process only.
        var label: String {
            let name = stat.name.unicodeScalars.map { scalar in
                scalar == "[" || scalar == "]"
                    ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
            }
            return "\(name.joined())[\(stat.pid)]"
        }
    }

    /// Below the leader, or on the session's terminals.
    private(set) var attached: [Member] = []
    /// The sshd process that carries the connection on behalf of the user.
    private(set) var relays: [Member] = []
    /// Of the session, but apart from its terminals: tmux, a daemon.
    private(set) var detached: [Member] = []

    /// What is known of the session at this moment.
    struct Scope {
        let facts: SessionFacts
        let terminals: Set<UInt64>
        /// When it was known that these are its terminals, in clock ticks after boot: a login that
        /// came later may have got one of them.
        var terminalsTicks: UInt64 = .max
        /// The leader's executable, to know its relay by.
        let leaderImage: ProcessImage?
        /// Relays that were seen while the leader lived.
        let relays: Set<ProcessIdentity>
        /// When the leader was gone, in clock ticks after boot; nil while it lives.
        let leaderGoneTicks: UInt64?
        /// The session's own control group, if it has one.
        var group: ControlGroup?
        /// The leaders of all sessions.
        var leaders: Set<ProcessIdentity> = []
    }

    /// How a process belongs to a session.
    enum Belonging {
        case relay
        case attached
        case detached
    }

    /// Finds them among all processes.
    static func find(_ scope: Scope, in table: ProcessTable = .scan()) -> SessionProcesses {
        let all = table.candidates(of: scope)
        let foreign = table.foreign(among: all, to: scope)
        let candidates = all.filter { !foreign.contains($0.stat.pid) }
        let relays = candidates.filter { isRelay($0, scope, in: table) }
        let leader = scope.leaderGoneTicks == nil ? [scope.facts.leader.pid] : []
        let below = table.descendants(of: relays.map(\.stat.pid) + leader, scope)
        var found = SessionProcesses()
        found.relays = relays.map { Member(stat: $0.stat) }
        let relayPids = Set(relays.map(\.stat.pid))
        for entry in candidates where !relayPids.contains(entry.stat.pid) {
            let isBelow = below.contains(entry.stat.pid)
            guard let how = kind(of: entry, isBelow: isBelow, scope, in: table) else { continue }
            found.add(entry.stat, how)
        }
        return found
    }

    /// How a process belongs to the session, nil if it does not; a relay is not told apart.
    static func kind(
        of entry: ProcessTable.Entry,
        isBelow: Bool,
        _ scope: Scope,
        in table: ProcessTable
    ) -> Belonging? {
        guard entry.mayBelong(to: scope) else { return nil }
        if isBelow { return .attached }
        guard isMember(entry, scope, in: table) else { return nil }
        return onTerminal(entry.stat, scope) ? .attached : .detached
    }

    mutating func add(_ process: ProcessStat, _ kind: Belonging) {
        switch kind {
        case .relay: relays.append(Member(stat: process))
        case .attached: attached.append(Member(stat: process))
        case .detached: detached.append(Member(stat: process))
        }
    }

    mutating func formUnion(_ others: SessionProcesses) {
        attached += others.attached
        relays += others.relays
        detached += others.detached
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

    /// Whether a process that is not below the leader is of the session all the same.
    static func isMember(
        _ entry: ProcessTable.Entry,
        _ scope: Scope,
        in table: ProcessTable
    ) -> Bool {
        let process = entry.stat
        if let session = scope.facts.auditSession { return entry.auditSession == session }
        if let group = scope.group { return group.contains(pid: process.pid) }
        // The terminal is what is left, for processes of this user that are no older than the
        // leader and no younger than its end. While anybody is on a terminal the process that
        // leads its session there lives (disassociate_ctty, drivers/tty/tty_jobctrl.c): if that one
        // came after the terminal was known as this session's, the terminal has changed hands.
        guard onTerminal(process, scope), process.startTicks >= scope.facts.leader.startTicks,
            process.startTicks <= scope.leaderGoneTicks ?? .max,
            let head = table[process.sessionLeader],
            head.stat.startTicks <= scope.terminalsTicks
        else { return false }
        return ProcessTree.owner(of: process.pid) == scope.facts.uid.value
    }

    private static func onTerminal(_ process: ProcessStat, _ scope: Scope) -> Bool {
        guard process.terminal != 0, let terminal = Terminal(procNumber: process.terminal) else {
            return false
        }
        return scope.terminals.contains(terminal.device)
    }

    private static func isRelay(
        _ entry: ProcessTable.Entry,
        _ scope: Scope,
        in table: ProcessTable
    ) -> Bool {
        guard entry.mayBelong(to: scope) else { return false }
        if scope.relays.contains(entry.identity) { return true }
        guard let image = scope.leaderImage, entry.stat.terminal == 0,
            entry.stat.parent == scope.facts.leader.pid || isMember(entry, scope, in: table)
        else { return false }
        return ProcessImage(pid: entry.stat.pid) == image
    }
}

extension ProcessTable.Entry {
    var identity: ProcessIdentity {
        ProcessIdentity(pid: stat.pid, startTicks: stat.startTicks)
    }

    /// Whether nothing says that this process is not of the session: it is neither its leader nor
    /// another's, nor ours, nor init, nor in another audit session.
    func mayBelong(to scope: SessionProcesses.Scope) -> Bool {
        guard stat.pid > 1, stat.pid != ProcessSelf.pid, stat.pid != scope.facts.leader.pid,
            !scope.leaders.contains(identity)
        else { return false }
        guard let session = scope.facts.auditSession, let auditSession else { return true }
        return auditSession == session
    }
}

extension ProcessTable {
    /// All that can be of the session; where the kernel knows, those alone, so that ten thousand
    /// sessions that end in one hour do not each look at all processes.
    fileprivate func candidates(of scope: SessionProcesses.Scope) -> [Entry] {
        guard let session = scope.facts.auditSession else { return entries }
        let members = members(ofAuditSession: session)
        let known = Set(members.map(\.stat.pid))
        let roots = members.map(\.stat.pid) + [scope.facts.leader.pid]
        // One without any audit session is root's work: it goes with its parent.
        return members
            + descendants(of: roots, scope).subtracting(known).compactMap { self[$0] }
            .filter { $0.auditSession == nil }
    }

    /// What is below the leaders of other sessions among these, but not below the session's own.
    fileprivate func foreign(
        among candidates: [Entry],
        to scope: SessionProcesses.Scope
    ) -> Set<Int32> {
        let own = scope.facts.leader
        var found: Set<Int32> = []
        var pending = candidates.filter {
            $0.identity != own && scope.leaders.contains($0.identity)
        }
        while let next = pending.popLast() {
            for child in children(of: next.stat.pid) where child.identity != own {
                if found.insert(child.stat.pid).inserted { pending.append(child) }
            }
        }
        return found
    }

    /// What is below these processes; another session's leader and all below it is not.
    ///
    /// A parent's number cannot have changed hands within a scan: that takes as many forks as there
    /// are numbers.
    fileprivate func descendants(
        of roots: [Int32],
        _ scope: SessionProcesses.Scope
    ) -> Set<Int32> {
        var found: Set<Int32> = []
        var pending = roots
        while let next = pending.popLast() {
            for child in children(of: next) where child.mayBelong(to: scope) {
                if found.insert(child.stat.pid).inserted { pending.append(child.stat.pid) }
            }
        }
        return found
    }
}
