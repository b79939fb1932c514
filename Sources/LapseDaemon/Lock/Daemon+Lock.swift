import Glibc
import LapseCore
import LapseLinux
import LapseLockWire
import LapsePolicy

/// Locking in place: whatever could read from the terminals of a session stands still, and on each
/// of them a locker asks for re-authentication.
///
/// The order is what keeps it safe: what is to be put back is on disk before anything is changed;
/// readers stand still before the terminal is another's; everything is as it was before they go on.
extension Daemon {
    /// The answer to `Effect.lock`.
    func lock(_ id: SessionID, _ reason: LockReason) -> LockOutcome {
        guard let hold = holds[id], let session = engine.sessions[id], let lock = session.lock
        else { return .failed("the session is gone") }
        // What is locked stays so, be it that nobody can be asked: the administrator is told.
        if hold.savedLock == nil, let obstacle = LockerProgram.obstacle { return .failed(obstacle) }
        finishLeaving(id)
        let saved = hold.savedLock
        hold.savedLock = nil
        guard
            let standing = saved.map({ takeUp($0, of: session, lock) })
                ?? begin(lock, of: session)
        else {
            keepLock(of: id)
            return .failed("none of its terminals can be locked")
        }
        locks[id] = standing
        close(standing.inOrder, of: standing, session, hold)
        guard !standing.terminals.isEmpty else {
            dropLock(of: id)
            keepLock(of: id)
            return .failed("none of its terminals can be locked")
        }
        return .stands
    }

    /// Has their readers stand still, closes these terminals, and has each get a locker.
    private func close(
        _ terminals: [LockedTerminal],
        of standing: StandingLock,
        _ session: Session,
        _ hold: SessionHold
    ) {
        keep(session.facts, hold)
        freeze(standing, session, hold)
        watchMembers(of: standing)
        for locked in terminals where close(locked, of: standing.session) {
            activity.locked.insert(locked.hold.terminal.device)
            awaitLocker(on: locked)
        }
        // What stands still, and whose terminal is another's, must be known to the next daemon.
        keep(session.facts, hold)
        delay(.guardLocks, until: now + Self.sweepAfter)
    }

    /// A lock that is being lifted is lifted before the next one begins.
    private func finishLeaving(_ id: SessionID) {
        guard let standing = locks[id], case .leaving = standing.phase else { return }
        for locked in standing.inOrder where !locked.isBack {
            putBackRoughly(locked, of: standing)
        }
    }

    /// What was born while the processes were looked at is found a moment later.
    private static let sweepAfter: Duration = .milliseconds(5)

    private func begin(_ lock: Lock, of session: Session) -> StandingLock? {
        let id = session.facts.id
        noteRelays(of: id)
        activity.findTerminals(of: id, at: now)
        let standing = StandingLock(
            id,
            lock.reason,
            since: lock.since,
            still: StillProcesses(named: "lapse-\(id.name)", beside: session.facts.leader.pid)
        )
        for watched in activity.terminals(of: id) { take(watched.terminal, into: standing) }
        guard standing.terminals.isEmpty else { return standing }
        _ = standing.still.removeGroup()
        return nil
    }

    private func take(_ terminal: Terminal, into standing: StandingLock) {
        do throws(SystemError) {
            standing.terminals[terminal.device] = try LockedTerminal(terminal)
        } catch {
            log.fault("session \(standing.session.name): a terminal cannot be locked: \(error)")
        }
    }

    /// A lock of the former daemon.
    private func takeUp(_ saved: SavedLock, of session: Session, _ lock: Lock) -> StandingLock? {
        let standing = StandingLock(
            session.facts.id,
            lock.reason,
            since: lock.since,
            still: saved.still
        )
        standing.stoppedGroups = Set(saved.stoppedGroups)
        _ = standing.still.holdStill()
        _ = standing.still.takeBack()
        for terminal in saved.terminals {
            // One that is gone needs no lock.
            guard let locked = try? terminal.taken() else { continue }
            standing.terminals[locked.hold.terminal.device] = locked
        }
        guard standing.terminals.isEmpty else { return standing }
        standing.still.letGo()
        _ = standing.still.removeGroup()
        return nil
    }

    /// False if it cannot be kept from others: then it is no part of the lock.
    private func close(_ locked: LockedTerminal, of id: SessionID) -> Bool {
        do throws(SystemError) {
            let line = try locked.hold.close(knowing: locked.state)
            if !line.isEmpty { locked.line = line }
            return true
        } catch {
            log.fault("session \(id.name): a terminal cannot be locked: \(error)")
            // What was done of it is undone; it can fail only where the terminal is gone.
            try? locked.putBack(leader: nil)
            locks[id]?.terminals[locked.hold.terminal.device] = nil
            return false
        }
    }

    /// A locked session has another terminal: a channel that came later.
    func lockNewTerminals(of id: SessionID) {
        guard let standing = locks[id], standing.isStanding, let session = engine.sessions[id],
            let hold = holds[id]
        else { return }
        let new = activity.terminals(of: id).filter {
            standing.terminals[$0.terminal.device] == nil
        }
        guard !new.isEmpty else { return }
        for watched in new { take(watched.terminal, into: standing) }
        let taken = new.compactMap { standing.terminals[$0.terminal.device] }
        close(taken, of: standing, session, hold)
    }

    /// Until the session is over: a daemon that dies while it ends a locked one opens nothing either.
    func savedLock(of id: SessionID) -> SavedLock? {
        guard let standing = locks[id] else { return nil }
        return SavedLock(standing, failedTries: engine.sessions[id]?.lock?.failedTries ?? 0)
    }

    /// What is said to a locked session stands on its lock screens.
    func tell(_ standing: StandingLock, _ notice: Notice) {
        let text = Array(NoticeText.plain(notice).utf8)
        for locked in standing.inOrder {
            if case .ended = notice {
                locked.locker?.say(.close(text))
            } else {
                locked.locker?.say(.tell(text))
            }
        }
    }
}

// MARK: - Lockers

extension Daemon {
    /// Lockers are started when all sessions that are due in this turn stand still.
    private func awaitLocker(on locked: LockedTerminal) {
        locked.startAt = now
        delay(.tendLocks, until: now)
    }

    private func startLocker(on locked: LockedTerminal, of id: SessionID) {
        locked.startAt = nil
        guard let session = engine.sessions[id], let lock = session.lock else { return }
        guard let program = LockerProgram.path else { return lockerDied(locked) }
        let device = locked.hold.terminal.device
        do throws(SystemError) {
            let socket = options.runDirectory + "/" + LockerProgram.socketName
            let locker = try Locker(
                program,
                servedAt: locked.isServiceTroubled ? nil : socket,
                on: loop
            ) { [unowned self] news in hear(news, from: device, of: id) }
            locked.locker = locker
            if locker.isAwaited {
                locked.startAt = now + Locker.startsWithin
                delay(.tendLocks, until: now + Locker.startsWithin)
            }
            locker.say(order(session.facts, lock, locked), with: locked.hold)
        } catch {
            log.fault("session \(id.name): no locker on \(locked.hold.terminal.path): \(error)")
            lockerDied(locked)
        }
    }

    private func order(_ facts: SessionFacts, _ lock: Lock, _ locked: LockedTerminal)
        -> LockMessage
    {
        let lines = LockText.lines(facts, lock, host: ProcessSelf.hostName, at: .current)
        return .lock(
            LockMessage.Lock(
                service: Array(LockerProgram.service.utf8),
                user: Array(facts.user.utf8),
                tty: Array(locked.hold.terminal.path.utf8),
                rhost: Array(facts.rhost.utf8),
                isAgain: locked.isScreenAway,
                screen: locked.application,
                lines: lines.map { Array($0.utf8) }
            )
        )
    }

    private func hear(_ news: Locker.News, from device: UInt64, of id: SessionID) {
        guard let standing = locks[id], let locked = standing.terminals[device] else { return }
        switch news {
        case .said(.ready):
            locked.isScreenAway = true
            keepLock(of: id)
        case .said(.screen(let screen)):
            locked.application = screen
            keepLock(of: id)
        case .said(.failed(let why)):
            let why = String(decoding: why, as: UTF8.self)
            feed(.reauthFailed(id, why: why, terminal: locked.hold.terminal.path))
            keepLock(of: id)
        case .said(.unable(let why)):
            let why = String(decoding: why, as: UTF8.self)
            log.fault("session \(id.name): nobody can re-authenticate: \(why)")
        case .said(.verified):
            if standing.isStanding { feed(.unlocked(id, .reauthenticated)) }
        case .said(.left):
            if case .leaving = standing.phase { putBack(locked, of: standing) }
        case .said:
            locked.locker?.kill()
        case .ended:
            let wasAwaited = locked.locker?.isAwaited == true
            locked.locker = nil
            lockerEnded(locked, of: standing, wasAwaited: wasAwaited)
        }
    }

    func keepLock(of id: SessionID) {
        guard let facts = engine.sessions[id]?.facts, let hold = holds[id] else { return }
        keep(facts, hold)
    }

    private func lockerEnded(
        _ locked: LockedTerminal,
        of standing: StandingLock,
        wasAwaited: Bool
    ) {
        switch standing.phase {
        case .closing: break
        case .leaving: if !locked.isBack { putBackRoughly(locked, of: standing) }
        case .standing where wasAwaited:
            log.fault(
                "session \(standing.session.name): the service manager has started no locker on"
                    + " \(locked.hold.terminal.path); the daemon starts one itself"
            )
            locked.isServiceTroubled = true
            startLocker(on: locked, of: standing.session)
        case .standing:
            counters.lockersDied += 1
            log.fault(
                "session \(standing.session.name): the locker on \(locked.hold.terminal.path)"
                    + " has died; the terminal stays locked, another one starts"
            )
            lockerDied(locked)
            if locked.startAt == now { startLocker(on: locked, of: standing.session) }
        }
    }

    /// The first starts again at once, those after it ever later.
    private func lockerDied(_ locked: LockedTerminal) {
        locked.hold.dropInput()
        let wait = Self.restartsAfter[min(locked.deaths, Self.restartsAfter.count - 1)]
        locked.deaths += 1
        locked.startAt = now + wait
        delay(.tendLocks, until: now + wait)
    }

    private static let restartsAfter: [Duration] = [
        .zero, .milliseconds(50), .milliseconds(200), .seconds(1), .seconds(5),
    ]

    /// Starts lockers whose time has come, and gives those up that do not leave.
    func tendLocks() {
        let moment = now
        leftovers.clear()
        if !leftovers.isEmpty { delay(.tendLocks, until: moment + .seconds(1)) }
        for standing in Array(locks.values) {
            if case .leaving(let until) = standing.phase {
                guard until <= moment else {
                    delay(.tendLocks, until: until)
                    continue
                }
                for locked in standing.inOrder where !locked.isBack {
                    putBackRoughly(locked, of: standing)
                }
                continue
            }
            for locked in standing.inOrder {
                guard let at = locked.startAt else { continue }
                if at > moment {
                    delay(.tendLocks, until: at)
                } else if let late = locked.locker {
                    locked.startAt = nil
                    if late.isAwaited {
                        late.kill()
                        locked.locker = nil
                        lockerEnded(locked, of: standing, wasAwaited: true)
                    }
                } else {
                    standing.still.awaitRest(within: 1)
                    startLocker(on: locked, of: standing.session)
                }
            }
        }
    }
}

// MARK: - The end of a lock

extension Daemon {
    /// How long a locker has to put its screen back.
    private static let leaveWithin: Duration = .milliseconds(300)

    /// The effect `unlock`.
    func liftLock(of id: SessionID) {
        guard let standing = locks[id] else { return }
        standing.lifted = now
        standing.phase = .leaving(until: now + Self.leaveWithin)
        delay(.tendLocks, until: now + Self.leaveWithin)
        for locked in standing.inOrder {
            // One that is not there yet has drawn nothing.
            if let locker = locked.locker, !locker.isAwaited, locker.say(.leave) { continue }
            putBackRoughly(locked, of: standing)
        }
    }

    /// The locker is gone or hangs in a PAM module: the screen is put back in its place.
    private func putBackRoughly(_ locked: LockedTerminal, of standing: StandingLock) {
        locked.locker?.kill()
        locked.locker = nil
        if locked.isScreenAway {
            notices.post(
                LockedTerminal.screenBack,
                to: locked.hold.terminal,
                of: standing.session,
                at: now
            )
        }
        putBack(locked, of: standing)
    }

    private func putBack(_ locked: LockedTerminal, of standing: StandingLock) {
        guard !locked.isBack else { return }
        do throws(SystemError) {
            try locked.putBack(leader: holds[standing.session]?.leader)
        } catch {
            log.fault("session \(standing.session.name): a terminal is not as it was: \(error)")
        }
        if standing.terminals.values.allSatisfy(\.isBack) { finish(standing) }
    }

    /// Every terminal is as it was: the session goes on.
    private func finish(_ standing: StandingLock) {
        let id = standing.session
        let (background, wantRepaint) = standing.survey()
        for process in background { _ = try? ProcessHandle.open(process)?.send(SIGCONT) }
        for locked in wantRepaint { leftovers.stretch(locked.hold) }
        letGo(standing)
        if !leftovers.windows.isEmpty { delay(.restoreWindows, until: now + Self.repaintWithin) }
        forget(standing)
        if let lifted = standing.lifted { log.putBack(id, took: now.since(lifted)) }
        // The proof is activity, and may have renewed the lifetime.
        keepProgress(of: id)
        keepLock(of: id)
    }

    /// Long enough for a full-screen program to see both changes of its window.
    private static let repaintWithin: Duration = .milliseconds(60)

    func restoreWindows() { leftovers.restoreWindows() }

    private func forget(_ standing: StandingLock) {
        locks[standing.session] = nil
        activity.locked.subtract(standing.terminals.keys)
        if let group = standing.still.group, !group.remove() { leftovers.groups.append(group) }
        leftovers.children.formUnion(standing.still.children)
        guard !leftovers.isEmpty else { return }
        delay(.tendLocks, until: now + .milliseconds(50))
    }

    /// The effect `thaw`: the session is being ended.
    func thaw(_ id: SessionID) {
        guard let standing = locks[id] else { return }
        standing.phase = .closing
        letGo(standing)
    }

    /// Those that stand still go on; that they leave the lock is none of anybody's tricks.
    private func letGo(_ standing: StandingLock) {
        unwatchMembers(of: standing)
        standing.still.letGo()
    }

    /// The session is over, or its lock could not be made.
    func dropLock(of id: SessionID) {
        guard let standing = locks[id] else { return }
        for locked in standing.inOrder {
            locked.locker?.kill()
            // Its terminal is gone in nearly all cases.
            if !locked.isBack { try? locked.putBack(leader: nil) }
        }
        letGo(standing)
        forget(standing)
    }
}
