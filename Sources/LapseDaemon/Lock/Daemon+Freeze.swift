import LapseCore
import LapseLinux
import LapseLockWire
import LapsePolicy

/// Who stands still.
extension Daemon {
    /// Rounds of looking for what was born meanwhile.
    private static let roundsMax = 16

    /// Has everything stand still that could read, to a fixed point.
    ///
    /// What is below the leader first, since that is quick; then whoever else has a terminal of the
    /// session open, for which all processes are looked at: one scan serves all locks of a turn.
    func freeze(_ standing: StandingLock, _ session: Session, _ hold: SessionHold) {
        var near: [ProcessStat] = []
        for round in 0..<Self.roundsMax {
            near = LockTargets.below(session.facts.leader, relays: hold.relays)
            if round == 0 { standing.noteStopped(near) }
            let targets =
                session.allowance.freeze == .session
                ? near.filter { !$0.isDead }
                : LockTargets(near, terminals: standing.procNumbers)
                    .onTerminals(isDeaf: LockTargets.isDeaf)
            guard take(targets, into: standing) else { break }
        }
        _ = take(far(of: standing, session, hold, near: near), into: standing)
        // A line that is half typed is read from the queue in their place. Others have until the
        // locker starts.
        let hasLine = standing.terminals.values.contains { $0.state.settings.isCanonical }
        if hasLine { standing.still.awaitRest(within: 10) }
    }

    /// Has these stand still too; true if any of them did not yet.
    private func take(_ targets: [ProcessStat], into standing: StandingLock) -> Bool {
        guard standing.still.take(targets) else { return false }
        if standing.still.group == nil {
            keepLock(of: standing.session)
            _ = standing.still.holdStill()
        }
        return true
    }

    /// Looks once more for those who have a locked terminal open, until there are no new ones; those
    /// that were moved by others stand still again.
    func guardLocks() {
        let standing = locks.values.filter(\.isStanding)
        guard !standing.isEmpty else { return }
        var again: Duration?
        scan = nil
        for lock in standing {
            takeBack(lock)
            if lock.still.holdStill() { tell(lock, "somebody has set processes of it going") }
            if take(far(of: lock), into: lock) {
                again = .milliseconds(5)
                watchMembers(of: lock)
            }
            if lock.still.group == nil { again = again ?? Self.guardEvery }
        }
        if let again { delay(.guardLocks, until: now + again) }
    }

    /// Somebody has moved processes out of a lock, which their user may have systemd do.
    private func takeBack(_ standing: StandingLock) {
        let moved = standing.still.takeBack()
        guard !moved.isEmpty else { return }
        standing.moves += 1
        // What they have borne meanwhile.
        delay(.guardLocks, until: now)
        if standing.moves == Self.movesMax {
            // Each time they ran for a moment. Nobody does that by mistake, let alone again.
            let why = "processes were moved out of its lock \(Self.movesMax) times"
            feed(.endRequested(standing.session, EndRequest(by: UserID(value: 0), why: why)))
        }
        let pids = moved.map { "\($0)" }.joined(separator: ", ")
        tell(standing, "somebody has moved processes out of its lock: \(pids)")
    }

    /// Says what was done against a lock, and that it is undone; not more often than every 10 s.
    private func tell(_ standing: StandingLock, _ what: String) {
        if let last = standing.toldOfMoves, now.since(last) < Self.tellsEvery { return }
        standing.toldOfMoves = now
        log.fault("session \(standing.session.name): \(what); they stand still again")
    }

    private static let movesMax = 5
    private static let tellsEvery: Duration = .seconds(10)

    /// Has the kernel tell when one of them is not where it was.
    func watchMembers(of standing: StandingLock) {
        guard let group = standing.still.group, let events = memberEvents() else { return }
        for member in standing.still.members where standing.watches[member.pid] == nil {
            // One that has died is in no need of it.
            standing.watches[member.pid] = group.eventsFile(of: member.pid).flatMap {
                try? events.watchFile($0)
            }
        }
    }

    func unwatchMembers(of standing: StandingLock) {
        for watch in standing.watches.values { lockEvents?.remove(watch) }
        standing.watches = [:]
    }

    /// Made at the first lock: the instances of a user are few (fs.inotify.max_user_instances, 128),
    /// and without one the lock stands all the same.
    private func memberEvents() -> Inotify? {
        if let lockEvents { return lockEvents }
        do throws(SystemError) {
            let events = try Inotify()
            _ = try loop.watch(events.descriptor, for: .readable) { [unowned self] _ in
                hearMembers(events.events())
            }
            lockEvents = events
        } catch {
            log.fault("processes that are moved out of a lock are not seen: \(error)")
        }
        return lockEvents
    }

    private func hearMembers(_ events: [Inotify.Event]) {
        let modified = Set(
            events.compactMap { event in
                if case .modified(let watch) = event { watch } else { nil }
            }
        )
        for standing in locks.values
        where standing.isStanding
            && (events.contains(.overflowed) || !modified.isDisjoint(with: standing.watches.values))
        { takeBack(standing) }
    }

    /// How often those are looked at that any process of their user can continue.
    private static let guardEvery: Duration = .milliseconds(100)

    /// Whoever else has a terminal of the session, as his own or open, as of the last scan.
    private func far(of standing: StandingLock) -> [ProcessStat] {
        guard let session = engine.sessions[standing.session], let hold = holds[standing.session]
        else { return [] }
        let near = LockTargets.below(session.facts.leader, relays: hold.relays)
        return far(of: standing, session, hold, near: near)
    }

    /// The same, where what is below the leader was looked at a moment ago.
    private func far(
        of standing: StandingLock,
        _ session: Session,
        _ hold: SessionHold,
        near: [ProcessStat]
    ) -> [ProcessStat] {
        let table = processes(at: now)
        let uid = session.facts.uid.value
        let spared = standing.lockerPids.union(hold.relays.map(\.pid))
            .union([ProcessSelf.pid, session.facts.leader.pid])
        let inSession =
            session.facts.auditSession.map { table.members(ofAuditSession: $0).map(\.stat) } ?? []
        let numbers = standing.procNumbers
        let onThem = table.entries.map(\.stat).filter { stat in
            numbers.contains(stat.terminal) && ProcessTree.owner(of: stat.pid) == uid
        }
        var pids: Set<Int32> = spared
        let all = (near + inSession + onThem).filter { pids.insert($0.pid).inserted }
        let targets = LockTargets(all, terminals: numbers).onTerminals(isDeaf: LockTargets.isDeaf)
        let openers = scan?.processes(of: uid) ?? [:]
        let devices = Set(standing.terminals.keys)
        let elsewhere =
            devices.flatMap { openers[$0] ?? [] }
            + inSession.filter { stat in
                ProcessTree.owner(of: stat.pid) != uid
                    && !OpenTerminals.of(pid: stat.pid).isDisjoint(with: devices)
            }
        return targets
            + elsewhere.filter {
                !numbers.contains($0.terminal) && !spared.contains($0.pid)
            } + apart(session, hold, in: table)
    }

    /// With `freeze = "session"`: all of it.
    private func apart(
        _ session: Session,
        _ hold: SessionHold,
        in table: ProcessTable
    ) -> [ProcessStat] {
        guard session.allowance.freeze == .session else { return [] }
        let scope = SessionProcesses.Scope(
            facts: session.facts,
            terminals: Set(locks[session.facts.id]?.terminals.keys.map { $0 } ?? []),
            leaderImage: hold.leaderImage,
            relays: hold.relays,
            leaderGoneTicks: hold.leaderGoneTicks,
            group: hold.group,
            leaders: Set(engine.sessions.values.map(\.facts.leader))
        )
        let found = SessionProcesses.find(scope, in: table)
        return (found.attached + found.detached).map(\.stat)
    }
}

extension StandingLock {
    /// Takes note of what was stopped before the lock.
    func noteStopped(_ processes: [ProcessStat]) {
        stoppedGroups.formUnion(
            processes.filter(\.isStopped).map(\.processGroup)
        )
    }

    /// What is to be done before those that stand still go on: who was stopped in the background
    /// because he wanted to write, and which terminals have a program in the foreground that may have
    /// to paint its screen anew.
    func survey() -> (background: [ProcessIdentity], wantRepaint: [LockedTerminal]) {
        let numbers = procNumbers
        var background: [ProcessIdentity] = []
        var atPrompt: Set<UInt32> = []
        for pid in ProcessTree.all() {
            guard let stat = ProcessStat.read(pid: pid), numbers.contains(stat.terminal) else {
                continue
            }
            if stat.leadsSession, stat.isInForeground { atPrompt.insert(stat.terminal) }
            if stat.isStopped, !stat.isInForeground,
                !stoppedGroups.contains(stat.processGroup),
                !still.members.contains(where: { $0.pid == stat.pid })
            {
                background.append(stat.identity)
            }
        }
        let others = inOrder.filter { locked in
            guard locked.screen == nil else { return false }
            switch locked.application {
            case .main: return false
            case .alternate: return true
            // A shell at its prompt has the main screen.
            case .unknown: return !atPrompt.contains(locked.hold.terminal.procNumber)
            }
        }
        return (background, others)
    }
}
