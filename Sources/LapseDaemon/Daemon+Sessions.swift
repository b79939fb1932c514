import LapseCore
import LapseLinux
import LapseWire

/// How sessions come into the table: reported by the module, or found again after a restart.
extension Daemon {
    /// A process asks to open a session: the leader is who connected, as the kernel says.
    func open(_ report: Opened, leader pid: Int32) -> Answer {
        guard engine.sessions.count < Self.sessionsMax else {
            return unable("the table is full (\(Self.sessionsMax) sessions)")
        }
        guard let stat = ProcessStat.read(pid: pid),
            let leader = ProcessHandle.open(pid: pid, startTicks: stat.startTicks)
        else { return unable("process \(pid) cannot be seen from here") }
        let id = freeID()
        let facts = SessionFacts(
            id: id,
            user: String(decoding: report.user, as: UTF8.self),
            uid: UserID(value: report.uid),
            service: String(decoding: report.service, as: UTF8.self),
            rhost: String(decoding: report.rhost, as: UTF8.self),
            tty: String(decoding: report.tty, as: UTF8.self),
            leader: ProcessIdentity(pid: pid, startTicks: stat.startTicks),
            auditSession: ProcessTree.auditSession(of: pid),
            opened: now
        )
        let token = CloseToken(low: RandomBytes.word(), high: RandomBytes.word())
        let openedWall = wall.wallMicroseconds(facts.opened)
        let hold = SessionHold(
            leader: leader,
            closeToken: token,
            leaderImage: ProcessImage(pid: pid),
            openedWall: openedWall
        )
        enter(facts, hold, .reported)
        if !report.authInfo.isEmpty { log.authenticated(facts, SSHAuthInfo(report.authInfo)) }
        keep(facts, hold)
        return Answer(.allowed(session: id.value, token: token))
    }

    /// A session says that it closes.
    func close(_ report: Closed) -> Answer {
        let id = SessionID(value: report.session)
        // One that is gone from the table was closed by its leader's death: the first word won.
        guard let hold = holds[id] else { return Answer(.noted) }
        if hold.closeToken == report.token {
            feed(.closeReported(id))
        } else if !closeNesting(of: id, token: report.token) {
            return unable("the close token is wrong")
        }
        return Answer(.noted)
    }

    /// Takes back the sessions that were open when the former daemon stopped.
    func adoptSessions() {
        for saved in files.load(reportingTo: log) {
            guard
                let leader = ProcessHandle.open(
                    pid: saved.facts.leader.pid,
                    startTicks: saved.facts.leader.startTicks
                )
            else {
                files.remove(saved.facts.id)
                note(
                    Record(
                        .closed(.leaderDied, duration: now.since(saved.facts.opened)),
                        saved.facts
                    )
                )
                continue
            }
            let hold = SessionHold(
                leader: leader,
                closeToken: saved.closeToken,
                leaderImage: ProcessImage(pid: saved.facts.leader.pid),
                openedWall: saved.openedWall
            )
            enter(saved.facts, hold, .adopted)
            adoptNestings(saved.nestings, of: saved.facts.id)
        }
    }

    /// More sessions than a host has: a limit all the same (4 KiB of state each at most).
    private static let sessionsMax = 100_000

    var wall: WallOffset { WallOffset(nanoseconds: BootClock.wallOffset()) }

    private func enter(_ facts: SessionFacts, _ hold: SessionHold, _ opening: Opening) {
        holds[facts.id] = hold
        do throws(SystemError) {
            hold.exitWatch = try loop.watch(hold.leader.descriptor, for: .readable, order: .second)
            {
                [unowned self] _ in leaderExited(facts.id)
            }
        } catch {
            log.fault("session \(facts.id.name): the leader cannot be watched: \(error)")
        }
        feed(.opened(facts, policy.allowance, policy.mode, opening))
        activity.add(facts)
        expectTerminal(at: .session(facts.id))
        noteRelays(of: facts.id)
        feed(.evidence(facts.id, activity.look(at: facts.id, now: now)))
    }

    private func leaderExited(_ id: SessionID) {
        guard let hold = holds[id] else { return }
        // A pidfd stays readable: it is told once.
        if let watch = hold.exitWatch { loop.unwatch(watch) }
        hold.exitWatch = nil
        hold.leaderGoneTicks = UInt64(
            clamping: now.nanoseconds / (1_000_000_000 / ProcessSelf.ticksPerSecond)
        )
        feed(.leaderExited(id))
    }

    /// Writes down what the next daemon has to know.
    func keep(_ facts: SessionFacts, _ hold: SessionHold) {
        do throws(SystemError) {
            try files.save(
                SavedSession(
                    facts: facts,
                    closeToken: hold.closeToken,
                    openedWall: hold.openedWall,
                    nestings: hold.nestings.open.map(SavedNesting.init)
                )
            )
        } catch {
            log.fault(
                "session \(facts.id.name) will not be known after a restart: \(error), ignoring"
            )
        }
    }

    /// An id whose name no living session has.
    private func freeID() -> SessionID {
        while true {
            let id = SessionID(value: RandomBytes.word() & SessionName.mask)
            if engine.sessions[id] == nil, !ended.contains(id) { return id }
        }
    }

    /// The report cannot be dealt with; the text says why, here and there.
    func unable(_ text: String) -> Answer {
        log.fault("report: \(text)")
        return Answer(.unable, text: Array(text.utf8))
    }
}

extension SessionID {
    /// The name that people read: eight characters.
    var name: String { String(decoding: SessionName.encode(value), as: UTF8.self) }
}
