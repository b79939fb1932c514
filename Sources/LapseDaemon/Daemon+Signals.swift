import Glibc
import LapseCore
import LapseLinux
import LapsePolicy

/// The signals of an end. Whom they are for is found by `SessionProcesses`; each goes through a
/// pidfd whose start time was checked.
extension Daemon {
    /// Sends a signal to whom the order means.
    func signal(_ id: SessionID, _ order: SignalOrder) -> SignalOutcome {
        guard let hold = holds[id], let facts = engine.sessions[id]?.facts else {
            return SignalOutcome(reached: 0)
        }
        if order.to == .leader {
            let reached =
                hold.leader.map { send(order.signal.number, to: $0, wakeUp: false) } ?? false
            return SignalOutcome(reached: reached ? 1 : 0)
        }
        noteTerminals(of: id, hold)
        if order.signal == .kill, let group = hold.group, !order.sparesDetached {
            kill(group, of: facts, hold)
        }
        var targets = Targets(order, find(facts, hold, in: processes(at: now)))
        var reached = signal(targets.members, order.signal.number)
        // Between the scan and now all of them may have died, and may have forked before that.
        if reached == 0, !targets.members.isEmpty {
            scan = nil
            targets = Targets(order, find(facts, hold, in: processes(at: now)))
            reached = signal(targets.members, order.signal.number)
        }
        if order.signal == .kill {
            let seen = scan?.table ?? ProcessTable([])
            var hunt = SessionHunt(scope(of: facts, hold), targets.found, order, seenIn: seen)
            let killed = hunt.run { signal($0, SIGKILL) }
            targets.add(killed)
            reached += killed.attached.count + killed.detached.count
        }
        return targets.outcome(reached: reached)
    }

    /// Remembers the terminals at the beginning of the end: with the leader gone nothing leads to
    /// them any more.
    private func noteTerminals(of id: SessionID, _ hold: SessionHold) {
        guard hold.terminalsAtEnd == nil else { return }
        hold.terminalsAtEnd = Set(activity.terminals(of: id).map(\.terminal.device))
        hold.terminalsTicks = ticks(at: now)
    }

    /// Remembers what leads to the processes of a session while its leader lives: its relay, and the
    /// scope that pam_systemd(8) may have put it into after it was reported.
    func noteRelays(of id: SessionID) {
        guard let hold = holds[id], let facts = engine.sessions[id]?.facts else { return }
        // sshd has one, for good.
        if hold.relays.isEmpty {
            hold.relays = SessionProcesses.relays(of: facts.leader, image: hold.leaderImage)
        }
        guard hold.group == nil, now.since(facts.opened) < Self.groupWithin,
            let leader = ProcessStat.read(pid: facts.leader.pid),
            leader.startTicks == facts.leader.startTicks
        else { return }
        hold.group = SessionMarks.group(of: leader)
        if hold.group != nil { keep(facts, hold) }
    }

    /// PAM's session stack is through by then; the last look of `TerminalSearch` is before that.
    private static let groupWithin: Duration = .seconds(10)

    private func scope(of facts: SessionFacts, _ hold: SessionHold) -> SessionProcesses.Scope {
        SessionProcesses.Scope(
            facts: facts,
            terminals: hold.terminalsAtEnd ?? [],
            terminalsTicks: hold.terminalsTicks,
            leaderImage: hold.leaderImage,
            relays: hold.relays,
            leaderGoneTicks: hold.leaderGoneTicks,
            group: hold.group,
            leaders: scan?.leaders ?? []
        )
    }

    private func find(
        _ facts: SessionFacts,
        _ hold: SessionHold,
        in table: ProcessTable
    ) -> SessionProcesses {
        SessionProcesses.find(scope(of: facts, hold), in: table)
    }

    /// All processes, as of now or a moment ago.
    func processes(at now: BootInstant) -> ProcessTable {
        if let scan, scan.serves(at: now) { return scan.table }
        let fresh = ProcessScan(leaders: Set(engine.sessions.values.map(\.facts.leader)))
        scan = fresh
        return fresh.table
    }

    /// Kills a session's control group at one blow, forks and all.
    ///
    /// Not while the leader is in it, which has the PAM session to close; nor if it holds what is
    /// another session's (a login within the session stays in its scope).
    private func kill(_ group: ControlGroup, of facts: SessionFacts, _ hold: SessionHold) {
        guard hold.leaderGoneTicks != nil, let inside = group.processes(), !inside.isEmpty else {
            return
        }
        let leaders = Set(engine.sessions.values.map(\.facts.leader.pid))
        let isOwn = inside.allSatisfy { pid in
            guard !leaders.contains(pid), pid != ProcessSelf.pid else { return false }
            guard let session = facts.auditSession else { return true }
            return (ProcessTree.auditSession(of: pid) ?? session) == session
        }
        guard isOwn else { return }
        do throws(SystemError) {
            _ = try group.kill()
        } catch {
            log.fault("session \(facts.id.name): its control group cannot be killed: \(error)")
        }
    }

    private func signal(_ members: [SessionProcesses.Member], _ number: Int32) -> Int {
        members.count { signal($0.stat, number) }
    }

    private func signal(_ process: ProcessStat, _ number: Int32) -> Bool {
        guard let handle = ProcessHandle.open(process.identity) else { return false }
        return send(number, to: handle, wakeUp: process.isStopped)
    }

    /// A stopped process takes no signal but SIGKILL until it is continued (signal(7)).
    private func send(_ number: Int32, to handle: ProcessHandle, wakeUp: Bool) -> Bool {
        do throws(SystemError) {
            let sent = try handle.send(number)
            if wakeUp, number != SIGKILL { _ = try handle.send(SIGCONT) }
            return sent
        } catch {
            log.fault("\(error)")
            return false
        }
    }
}

/// Whom a signal is for.
private struct Targets {
    private let order: SignalOrder
    private(set) var found: SessionProcesses

    init(_ order: SignalOrder, _ found: SessionProcesses) {
        self.order = order
        self.found = found
    }

    var members: [SessionProcesses.Member] {
        found.attached + (order.to == .processesAndRelay ? found.relays : [])
            + (order.sparesDetached ? [] : found.detached)
    }

    /// Takes in those that were met later.
    mutating func add(_ others: SessionProcesses) {
        found.formUnion(others)
    }

    func outcome(reached: Int) -> SignalOutcome {
        let detached = NamedProcesses(found.detached.map(\.label))
        let relays = order.to == .processesAndRelay ? found.relays : []
        return SignalOutcome(
            reached: reached,
            attached: NamedProcesses((found.attached + relays).map(\.label)),
            detached: order.sparesDetached ? [] : detached,
            spared: order.sparesDetached ? detached : []
        )
    }
}

extension EndSignal {
    /// The number of signal(7).
    var number: Int32 {
        switch self {
        case .hangUp: SIGHUP
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .quit: SIGQUIT
        case .kill: SIGKILL
        }
    }
}
