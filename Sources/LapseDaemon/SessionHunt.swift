import Glibc
import LapseCore
import LapseLinux

/// Kills what forks faster than a scan of /proc finds it.
///
/// A scan lists the processes, then reads of each what it is, then signals those that are meant. One
/// that lives for less than that and forks meanwhile is never there when its turn comes. So each
/// new number is looked at as soon as it is listed, and killed at once; what was seen to be a
/// stranger's, in the scan before or since, is not read again, which makes each pass a short one.
///
/// MUST hold up the daemon's loop for no longer than `timeMax`: what is left then has the next round
/// of the ladder.
struct SessionHunt {
    static let timeMax: Duration = .milliseconds(50)
    /// Passes that find nobody of the session, though some process was gone before it could be
    /// read: on a busy host that is nothing special.
    private static let vainPassesMax = 4

    private let scope: SessionProcesses.Scope
    private let sparesDetached: Bool
    /// Numbers that need no look any more: strangers, and those that were killed.
    private var passedOver: Set<Int32>
    /// Those of the session that were met: their children are.
    private var met: Set<Int32>

    /// Prepares to hunt after `found` was signalled, which was found among `seen`.
    ///
    /// A number of that table cannot have changed hands since, as `ProcessScan.timeMax` is shorter
    /// than it takes to use up all numbers; and if it had, the next round has a table of its own.
    init(
        _ scope: SessionProcesses.Scope,
        _ found: SessionProcesses,
        _ order: SignalOrder,
        seenIn seen: ProcessTable
    ) {
        self.scope = scope
        sparesDetached = order.sparesDetached
        let relays = found.relays.map(\.stat.pid)
        met = Set(found.attached.map(\.stat.pid) + relays)
        if !order.sparesDetached { met.formUnion(found.detached.map(\.stat.pid)) }
        passedOver = met.union(seen.entries.lazy.map(\.stat.pid))
        passedOver.formUnion(seen.dead)
        passedOver.formUnion(found.detached.map(\.stat.pid))
        if scope.leaderGoneTicks == nil { passedOver.insert(scope.facts.leader.pid) }
    }

    /// Kills until a pass meets nobody new, or the time is over.
    ///
    /// - Parameter kill: Sends SIGKILL; false if the process is gone.
    /// - Returns: Whom it reached.
    mutating func run(_ kill: (ProcessStat) -> Bool) -> SessionProcesses {
        let deadline = BootClock.now() + Self.timeMax.wholeNanoseconds
        var killed = SessionProcesses()
        var vainPasses = 0
        repeat {
            var (hits, misses) = (0, 0)
            for pid in ProcessTree.all().reversed() where !passedOver.contains(pid) {
                guard let stat = ProcessStat.read(pid: pid) else {
                    misses += 1
                    continue
                }
                passedOver.insert(pid)
                // What it started before it ended is in the next list at the latest.
                guard !stat.isDead else {
                    misses += 1
                    continue
                }
                let entry = ProcessTable.Entry(stat)
                guard let kind = kind(of: entry) else { continue }
                met.insert(pid)
                if kill(entry.stat) {
                    hits += 1
                    killed.add(entry.stat, kind)
                } else {
                    misses += 1
                }
            }
            if hits == 0, misses == 0 { break }
            vainPasses = hits == 0 ? vainPasses + 1 : 0
        } while vainPasses < Self.vainPassesMax && BootClock.now() < deadline
        return killed
    }

    private func kind(of entry: ProcessTable.Entry) -> SessionProcesses.Belonging? {
        let head =
            scope.facts.auditSession == nil
            ? ProcessTable.Entry(pid: entry.stat.sessionLeader) : nil
        let kind = SessionProcesses.kind(
            of: entry,
            isBelow: met.contains(entry.stat.parent),
            scope,
            in: ProcessTable([entry] + (head.map { [$0] } ?? []))
        )
        return kind == .detached && sparesDetached ? nil : kind
    }
}
