import Glibc
import LapseCore
import LapseLinux
import LapsePolicy

/// Who stands still while a session is locked.
///
/// Whatever could read from its terminals, or would write there without asking. What job control
/// keeps from both runs on: a process in the background is stopped by the kernel when it reads, and
/// with TOSTOP when it writes (n_tty_read, n_tty_write, __tty_check_change in drivers/tty). That
/// holds for those alone whose controlling terminal it is, who take SIGTTIN and SIGTTOU, and whose
/// group is not an orphan; everybody else who has the terminal open stands still.
struct LockTargets {
    private let terminals: Set<UInt32>
    private let processes: [ProcessStat]
    private let byPid: [Int32: ProcessStat]
    /// Those that wait for the foreground, and have the terminal when its job is gone.
    private let waiting: Set<Int32>

    /// - Parameters:
    ///   - processes: All that may belong to the session, neither its leader nor its relays.
    ///   - terminals: Its terminals, as /proc/PID/stat names them.
    init(_ processes: [ProcessStat], terminals: Set<UInt32>) {
        self.processes = processes
        self.terminals = terminals
        byPid = Dictionary(processes.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
        var waiting: Set<Int32> = []
        for process in processes
        where process.isInForeground && terminals.contains(process.terminal) {
            var next = byPid[process.parent]
            while let one = next, waiting.insert(one.pid).inserted { next = byPid[one.parent] }
        }
        self.waiting = waiting
    }

    /// Those who have one of the terminals as their own, parents before children.
    ///
    /// `isDeaf` says whether a process takes neither SIGTTIN nor SIGTTOU as it should.
    func onTerminals(isDeaf: (Int32) -> Bool) -> [ProcessStat] {
        processes.filter { process in
            guard terminals.contains(process.terminal), !process.isDead else { return false }
            guard !process.isInForeground, !process.leadsSession, !waiting.contains(process.pid)
            else { return true }
            return isOrphaned(process) || isDeaf(process.pid)
        }
    }

    /// Whether job control has no hold on a group: none of its members has a parent in the same
    /// kernel session and another group (setpgid(2), "orphaned process group").
    private func isOrphaned(_ process: ProcessStat) -> Bool {
        !processes.contains { member in
            guard member.processGroup == process.processGroup,
                let parent = byPid[member.parent]
            else { return false }
            return parent.sessionLeader == member.sessionLeader
                && parent.processGroup != member.processGroup
        }
    }
}

extension LockTargets {
    /// Processes below one leader that are looked at in the first pass.
    private static let processesMax = 4_096

    /// All below a leader, parents before children, without its relays; quick, since nothing else of
    /// /proc is read.
    static func below(_ leader: ProcessIdentity, relays: Set<ProcessIdentity>) -> [ProcessStat] {
        var found: [ProcessStat] = []
        var pending: [(pid: Int32, threads: Int32)] = [(leader.pid, 1)]
        var place = 0
        while place < pending.count, found.count < processesMax {
            let (pid, threads) = pending[place]
            place += 1
            for child in ProcessTree.children(of: pid, threads: threads) {
                guard let stat = ProcessStat.read(pid: child), stat.parent == pid else { continue }
                pending.append((child, stat.threads))
                if !relays.contains(stat.identity) { found.append(stat) }
            }
        }
        return found
    }

    /// Whether a process would pass by job control: it does not take its signals, or nobody can say.
    static func isDeaf(_ pid: Int32) -> Bool {
        guard let signals = ProcessSignals.read(pid: pid) else { return true }
        return signals.isDeaf(to: SIGTTIN) || signals.isDeaf(to: SIGTTOU)
    }
}
