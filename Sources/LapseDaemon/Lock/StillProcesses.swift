import Glibc
import LapseCore
import LapseLinux

/// The processes of one session that stand still, and the way to let them go on.
///
/// In a control group of their own where there is cgroup v2, so that neither SIGCONT nor a tracer
/// moves them; else by SIGSTOP, which who has the user's rights can undo: `holdStill` stops them
/// again.
struct StillProcesses: Codable, Equatable {
    /// One of them.
    struct Member: Codable, Equatable {
        let pid: Int32
        let startTicks: UInt64
        /// The group that it came from; nil if it was stopped by a signal.
        let origin: String?

        var identity: ProcessIdentity { ProcessIdentity(pid: pid, startTicks: startTicks) }
    }

    /// A process of ours in a group that others were taken from.
    ///
    /// A service manager takes a group that has become empty for one whose work is done, and removes
    /// it: nobody could go back there. So somebody stays, who does nothing.
    struct Placeholder: Codable, Equatable {
        let pid: Int32
        let startTicks: UInt64
        let origin: String

        var identity: ProcessIdentity { ProcessIdentity(pid: pid, startTicks: startTicks) }
    }

    private(set) var group: FrozenGroup?
    private(set) var members: [Member] = []
    private(set) var placeholders: [Placeholder] = []
    /// Placeholders that this daemon has to wait for when they are dead.
    private(set) var children: Set<Int32> = []

    private enum CodingKeys: CodingKey { case group, members, placeholders }

    /// Beyond it, whose group is gone goes on in the one of the session.
    private static let placeholdersMax = 64

    /// Makes the group; without one they are stopped by signals.
    init(named name: String, beside leader: Int32) {
        group = FrozenGroup.make(named: name, beside: leader)
        if let group, !group.freeze() {
            _ = group.remove()
            self.group = nil
        }
    }

    private func isKnown(_ process: ProcessStat) -> Bool {
        members.contains { $0.identity == process.identity }
    }

    /// Has these stand still too, in this order; true if any of them did not yet.
    ///
    /// Where signals have to stop them, `holdStill` does, once it is on disk who they are: nothing
    /// else would tell them from those that stood still before.
    mutating func take(_ processes: [ProcessStat]) -> Bool {
        var gained = false
        for process in processes where !isKnown(process) {
            // So that it is he who is moved, and not who has his number by now.
            guard let handle = ProcessHandle.open(process.identity) else { continue }
            let member = group == nil ? stoppable(process) : freeze(process)
            withExtendedLifetime(handle) {}
            guard let member else { continue }
            members.append(member)
            gained = true
        }
        return gained
    }

    private mutating func freeze(_ process: ProcessStat) -> Member? {
        let origin = FrozenGroup.origin(of: process.pid)
        guard let group else { return nil }
        if let origin { keepPlace(in: origin, for: group) }
        guard group.take(process.pid) else { return nil }
        return Member(pid: process.pid, startTicks: process.startTicks, origin: origin)
    }

    /// The group above ours has the leader, or is nobody's to remove.
    private mutating func keepPlace(in origin: String, for group: FrozenGroup) {
        guard origin != group.above, placeholders.count < Self.placeholdersMax,
            !placeholders.contains(where: { $0.origin == origin }),
            let program = LockerProgram.path,
            // Without one the group is perhaps gone afterwards, which is no reason not to lock.
            let child = try? ChildProcess(program, arguments: ["--stay"])
        else { return }
        children.insert(child.pid)
        guard let stat = ProcessStat.read(pid: child.pid),
            FrozenGroup.move(child.pid, to: origin)
        else { return child.kill() }
        placeholders.append(
            Placeholder(pid: child.pid, startTicks: stat.startTicks, origin: origin)
        )
    }

    /// One that is stopped already stays so afterwards, and is not a member.
    private func stoppable(_ process: ProcessStat) -> Member? {
        guard !process.isStopped else { return nil }
        return Member(pid: process.pid, startTicks: process.startTicks, origin: nil)
    }

    /// Waits until they have come to rest, which takes a fraction of a millisecond, but not for ever:
    /// who waits for a file server rests before he goes on.
    ///
    /// Until then a reader has the terminal's queue to himself (atomic_read_lock, n_tty_read in
    /// drivers/tty/n_tty.c).
    func awaitRest(within milliseconds: Int) {
        for _ in 0..<(milliseconds * 5) where !isAtRest { usleep(Self.restLookEvery) }
    }

    private static let restLookEvery: UInt32 = 200

    private var isAtRest: Bool {
        if let group { return group.isAtRest() }
        return members.allSatisfy { Self.moving($0) == nil }
    }

    /// A member that lives and is stopped neither by a signal nor by a debugger.
    private static func moving(_ member: Member) -> ProcessStat? {
        guard let stat = ProcessStat.read(pid: member.pid), stat.identity == member.identity,
            !stat.isDead, !stat.isStopped, stat.state != UInt8(ascii: "t")
        else { return nil }
        return stat
    }

    /// Stops who is not stopped yet, or was continued by somebody else; true if anybody was.
    func holdStill() -> Bool {
        if let group { return !group.freeze() }
        var moved = false
        for member in members {
            guard let stat = Self.moving(member), let handle = ProcessHandle.open(stat.identity)
            else { continue }
            moved = (try? handle.send(SIGSTOP)) == true || moved
        }
        return moved
    }

    /// Takes back who was moved out of the group by somebody else; returns who that was.
    func takeBack() -> [Int32] {
        guard let group else { return [] }
        let inside = Set(group.members())
        return members.compactMap { member in
            guard !inside.contains(member.pid), let stat = ProcessStat.read(pid: member.pid),
                stat.identity == member.identity, !stat.isDead, group.take(member.pid)
            else { return nil }
            return member.pid
        }
    }

    /// All go on.
    ///
    /// Where signals stopped them, children before their parents, so that no shell sees a child that
    /// stands still; that somebody is frozen is seen by nobody.
    private func goOn() {
        if let group {
            _ = group.thaw()
            return
        }
        for member in members.reversed() {
            // Gone is fine.
            _ = try? ProcessHandle.open(member.identity)?.send(SIGCONT)
        }
    }

    /// All go on, and back to where they came from.
    ///
    /// In this order: the first move after a pause waits some 10 ms for the kernel (the write side of
    /// cgroup_threadgroup_rwsem, kernel/cgroup/cgroup.c), and they need not.
    mutating func letGo() {
        goOn()
        if let group { letOut(of: group) }
        members = []
        for one in placeholders {
            // Gone is fine.
            _ = try? ProcessHandle.open(one.identity)?.send(SIGKILL)
        }
        placeholders = []
    }

    /// Those that were born in it have no origin of their own: they go where their parents came
    /// from.
    private func letOut(of group: FrozenGroup) {
        let origins = Dictionary(
            members.map { ($0.pid, $0.origin) },
            uniquingKeysWith: { first, _ in first }
        )
        // Again and again: who is still inside may bear children there.
        for _ in 0..<Self.roundsMax {
            let inside = group.members()
            guard !inside.isEmpty else { return }
            for pid in inside { _ = group.letOut(pid, to: origins[pid] ?? nil) }
        }
    }

    private static let roundsMax = 16

    /// Removes the group; false while a process that has died is still in it.
    func removeGroup() -> Bool { group?.remove() ?? true }
}
