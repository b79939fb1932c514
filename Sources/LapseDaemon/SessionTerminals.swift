import LapseCore
import LapseLinux

/// Which terminals belong to a session: the one that login(1) named, and the ptys whose master the
/// leader holds.
///
/// sshd's privileged process, the leader, makes the pty of each channel and keeps the master
/// (mm_answer_pty, monitor.c), so what is typed there came over the connection. All other ptys below
/// a session are nested (tmux, screen, script, expect, sudo with use_pty): their master is held by a
/// program of the user's, who can write to it what he likes. They are left out on purpose: a key
/// that is truly pressed passes through the outer terminal first. Which terminal a process has for
/// its own proves nothing: any of them can take a pty of the user's making (TIOCSCTTY).
enum SessionTerminals {
    /// A terminal and who has it.
    struct Found: Equatable {
        let terminal: Terminal
        /// The leader of the kernel session whose terminal it is, nil if that is not to be seen.
        ///
        /// A number in /dev/pts is given again to the next channel; a leader is not.
        let holder: ProcessIdentity?
    }

    /// Processes that are looked at below one leader.
    ///
    /// sshd has one relay and a process per channel (MaxSessions, default 10, sshd_config(5)).
    static let processesMax = 512

    /// Finds them by their device numbers; nil if the leader's descriptors cannot be read.
    ///
    /// A terminal counts only if the user of the session owns it: numbers of another devpts
    /// instance (a container's) may lead to a stranger's node.
    /// `locked` are those that are root's while their session is locked.
    static func find(
        for session: SessionFacts,
        locked: Set<UInt64> = []
    ) -> [UInt64: Found]? {
        var terminals: [Terminal] = []
        if let terminal = Terminal(path: session.tty) { terminals.append(terminal) }
        // A pid that another process has by now leads to a stranger's terminals.
        let isThere =
            ProcessStat.read(pid: session.leader.pid)?.startTicks
            == session.leader.startTicks
        if isThere {
            guard let slaves = HeldPtys.slaves(heldBy: session.leader.pid) else { return nil }
            terminals += slaves.compactMap { Terminal(ptyIndex: $0) }
        }
        let own = terminals.filter { terminal in
            guard let owner = terminal.status()?.owner else { return false }
            return owner == session.uid.value || owner == 0 && locked.contains(terminal.device)
        }
        let holders = isThere && !own.isEmpty ? holders(below: session.leader.pid) : [:]
        return Dictionary(
            own.map { ($0.device, Found(terminal: $0, holder: holders[$0.device])) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The leaders of kernel sessions among the children of the leader and of its relay, by the
    /// device number of their terminal.
    private static func holders(below leader: Int32) -> [UInt64: ProcessIdentity] {
        var found: [UInt64: ProcessIdentity] = [:]
        var visited = 0
        for child in ProcessTree.children(of: leader) {
            for pid in [child] + ProcessTree.children(of: child) {
                visited += 1
                guard visited <= processesMax else { return found }
                guard let process = ProcessStat.read(pid: pid), process.terminal != 0,
                    process.sessionLeader == pid,
                    let terminal = Terminal(procNumber: process.terminal)
                else { continue }
                found[terminal.device] = ProcessIdentity(
                    pid: pid,
                    startTicks: process.startTicks
                )
            }
        }
        return found
    }
}
