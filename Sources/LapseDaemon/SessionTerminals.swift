import LapseCore
import LapseLinux

/// Which terminals belong to a session.
enum SessionTerminals {
    /// Processes that are looked at below one leader.
    ///
    /// sshd has one relay and a process per channel (MaxSessions, default 10, sshd_config(5)).
    private static let processesMax = 512

    /// The terminal that login(1) named, and the ptys of the processes that sshd started: children
    /// of the leader and of its relay.
    ///
    /// Ptys further down (tmux, script, sudo) hang on these and hear no key that did not pass
    /// through them.
    ///
    /// A terminal counts only if the user of the session owns it: device numbers of another
    /// devpts instance (a container's) may lead to a stranger's node.
    static func find(for session: SessionFacts) -> Set<Terminal> {
        var found: Set<Terminal> = []
        if let terminal = Terminal(path: session.tty) { found.insert(terminal) }
        // A pid that another process has by now leads to a stranger's terminals.
        guard ProcessStat.read(pid: session.leader.pid)?.startTicks == session.leader.startTicks
        else { return owned(found, by: session.uid) }
        var visited = 0
        for child in ProcessTree.children(of: session.leader.pid) {
            for pid in [child] + ProcessTree.children(of: child) {
                visited += 1
                guard visited <= processesMax else { return owned(found, by: session.uid) }
                guard let process = ProcessStat.read(pid: pid), process.terminal != 0,
                    let terminal = Terminal(procNumber: process.terminal)
                else { continue }
                found.insert(terminal)
            }
        }
        return owned(found, by: session.uid)
    }

    private static func owned(_ terminals: Set<Terminal>, by user: UserID) -> Set<Terminal> {
        terminals.filter { $0.status()?.owner == user.value }
    }
}
