import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy

/// What the control socket shows of the daemon, and the little that it may change.
struct DaemonBackend: ControlBackend {
    unowned let daemon: Daemon

    func sessionIDs(of scope: SessionScope, includingEnded: Bool) -> [String] {
        let ids: any Collection<SessionID>
        switch scope {
        case .everyone: ids = daemon.engine.sessions.keys
        case .uid(let uid): ids = daemon.activity.sessions(of: UserID(value: uid))
        }
        let living = ids.compactMap { id in
            daemon.engine.sessions[id].map { (opened: $0.facts.opened, name: id.name) }
        }
        .sorted { $0.opened < $1.opened }
        .map(\.name)
        guard includingEnded else { return living }
        // One whose processes are still being ended stands in both.
        let names = Set(living)
        let over = daemon.ended.all.filter { info in
            !names.contains(info.id) && (scope == .everyone || scope == info.uid.map { .uid($0) })
        }
        return over.map(\.id) + living
    }

    func session(id: String) -> SessionInfo? {
        guard let id = SessionID(name: id) else { return nil }
        if let session = daemon.engine.sessions[id] { return info(session, at: daemon.now) }
        return daemon.ended.info(id)
    }

    mutating func end(id: String, by peer: ControlPeer, why: String) -> EndOutcome {
        guard let id = SessionID(name: id) else { return .noSuchSession }
        guard let session = daemon.engine.sessions[id] else {
            return daemon.ended.contains(id) ? .alreadyEnding : .noSuchSession
        }
        if case .ending = session.stage { return .alreadyEnding }
        order(EndRequest(by: UserID(value: peer.uid), why: why), session)
        return .ending
    }

    func status() -> StatusInfo {
        let (active, warned, locked, ending, unmeasurable) = stages
        let counters = daemon.counters
        let now = daemon.now
        return StatusInfo(
            bootId: ProcessSelf.bootID(),
            startedUs: daemon.wall.wallMicroseconds(daemon.started),
            upMs: now.since(daemon.started).wholeMilliseconds,
            mode: daemon.policy.mode == .enforce ? .enforce : .observe,
            policy: policyInfo,
            counts: StatusCounts(
                sessionsActive: active,
                sessionsWarned: warned,
                sessionsLocked: locked,
                sessionsEnding: ending,
                sessionsUnmeasurable: unmeasurable,
                openedTotal: counters.opened,
                closedTotal: counters.closed,
                endedTotal: counters.ended,
                endedLockedTotal: counters.endedLocked,
                locksTotal: counters.locks,
                unlocksTotal: counters.unlocks,
                unlocksByRootTotal: counters.unlocksByRoot,
                unlockFailuresTotal: counters.unlockFailures,
                lockedSecondsTotal: Int(counters.lockedTime.components.seconds),
                lockersDiedTotal: counters.lockersDied,
                suspiciousTotal: counters.suspicious,
                looksTotal: counters.looks,
                reportsRefusedTotal: counters.reportsRefused,
                faultsTotal: daemon.log.faults
            )
        )
    }

    /// How many sessions are in each stage, and how many cannot be measured, in one pass.
    private var stages: (active: Int, warned: Int, locked: Int, ending: Int, unmeasurable: Int) {
        var counts = (active: 0, warned: 0, locked: 0, ending: 0, unmeasurable: 0)
        for session in daemon.engine.sessions.values {
            switch session.stage {
            case .active: counts.active += 1
            case .warned: counts.warned += 1
            case .locked: counts.locked += 1
            case .ending: counts.ending += 1
            }
            if session.unmeasurable != nil { counts.unmeasurable += 1 }
        }
        return counts
    }

    private func info(_ session: Session, at now: BootInstant) -> SessionInfo {
        let terminals = daemon.activity.terminals(of: session.facts.id)
        let hold = daemon.holds[session.facts.id]
        var info = SessionInfo(
            session,
            terminals: terminals,
            openedUs: hold?.openedWall ?? 0,
            at: now
        )
        info.privileged = session.facts.uid.value == 0 || hold?.subject.isPrivileged == true
        info.lastActivity = ActivityInfo(session.lastActivity, at: now, wall: daemon.wall)
        if let held = session.hold, held.until > now {
            info.heldUntilUs = daemon.wall.wallMicroseconds(held.until)
            info.heldWhy = held.why
        }
        if let lock = session.lock {
            info.lockedUs = daemon.wall.wallMicroseconds(lock.since)
            info.lockReason = SessionLock(rawValue: lock.reason.kind.rawValue)
            if case .request(let user, let why) = lock.reason {
                info.lockedBy = "uid \(user.value)"
                info.lockWhy = why.isEmpty ? nil : why
            }
            info.lockEndsUs = lock.endsAt.map(daemon.wall.wallMicroseconds)
            info.failedTries = lock.failedTries
        }
        return info
    }
}

extension SessionInfo {
    /// A living session as it is shown.
    init(
        _ session: Session,
        terminals: [WatchedTerminal],
        openedUs: Int64,
        at now: BootInstant
    ) {
        let facts = session.facts
        // Between two looks the exact witness may know of later input than the last judgement; of
        // a session whose input was forged it is not believed.
        let seen = session.isInputDoubted ? nil : terminals.map(\.lastInput).max()
        let last = max(seen ?? session.lastInput, session.lastInput)
        self.init(
            id: facts.id.name,
            user: facts.user,
            uid: facts.uid.value,
            service: facts.service,
            rhost: facts.rhost.isEmpty ? nil : facts.rhost,
            leader: facts.leader.pid,
            openedUs: openedUs,
            ageMs: now.since(facts.opened).wholeMilliseconds,
            terminals: terminals.map {
                TerminalInfo(
                    name: $0.terminal.path,
                    idleMs: now.since($0.lastInput).wholeMilliseconds
                )
            },
            stage: SessionStage(session.stage),
            warnedFor: session.warnedFor.flatMap { SessionLimit(rawValue: $0.rawValue) },
            unmeasurable: session.unmeasurable.map(\.text),
            idleMs: session.unmeasurable == nil
                ? now.since(last).wholeMilliseconds : nil,
            idleLimitMs: session.allowance.idle.duration?.wholeMilliseconds,
            lifetimeLimitMs: session.allowance.lifetime.duration?.wholeMilliseconds,
            next: session.next.flatMap { NextStep($0, at: now) }
        )
    }
}

extension ActivityInfo {
    /// Activity as it is shown.
    init(_ activity: Activity, at now: BootInstant, wall: WallOffset) {
        let worth: Worth
        var until: BootInstant?
        switch activity.worth {
        case .full: worth = .counts
        case .until(let cap):
            worth = cap > now ? .limited : .over
            until = cap
        case .none: worth = .ignored
        }
        self.init(
            doing: Doing(activity.kind),
            what: activity.what,
            agoMs: max(0, now.since(activity.at).wholeMilliseconds),
            worth: worth,
            untilUs: until.map(wall.wallMicroseconds)
        )
    }
}

extension ActivityInfo.Doing {
    init(_ kind: Activity.Kind) {
        switch kind {
        case .opening: self = .opening
        case .input: self = .input
        case .received: self = .received
        case .sent: self = .sent
        case .output: self = .output
        case .work: self = .work
        case .word: self = .word
        case .former: self = .former
        }
    }
}

extension SessionStage {
    init(_ stage: Session.Stage) {
        switch stage {
        case .active: self = .active
        case .warned: self = .warned
        case .locked: self = .locked
        case .ending: self = .ending
        }
    }
}

extension Unmeasurable {
    /// In words, for people.
    var text: String {
        switch self {
        case .noTerminal: "no terminal"
        case .unreadable(let reason): reason
        case .noConnection(let reason): "no terminal, and the connection: \(reason)"
        }
    }
}
