import LapseCore
import LapseLinux
import LapsePolicy
import LapseWire

/// How sessions come into the table: reported by the module, or found again after a restart.
extension Daemon {
    /// A process asks to open a session: the leader is who connected, as the kernel says.
    ///
    /// `answer` is called once, now or after the user was looked up.
    func open(_ report: Opened, leader pid: Int32, answer: @escaping (Answer) -> Void) {
        guard engine.sessions.count + candidates.count < Self.sessionsMax else {
            return answer(unable("the table is full (\(Self.sessionsMax) sessions)"))
        }
        guard let stat = ProcessStat.read(pid: pid),
            let leader = ProcessHandle.open(pid: pid, startTicks: stat.startTicks)
        else { return answer(unable("process \(pid) cannot be seen from here")) }
        let facts = SessionFacts(
            id: freeID(),
            user: String(decoding: report.user, as: UTF8.self),
            uid: UserID(value: report.uid),
            service: String(decoding: report.service, as: UTF8.self),
            rhost: String(decoding: report.rhost, as: UTF8.self),
            tty: String(decoding: report.tty, as: UTF8.self),
            leader: ProcessIdentity(pid: pid, startTicks: stat.startTicks),
            auditSession: SessionMarks.auditSession(of: stat),
            opened: now
        )
        let hold = SessionHold(
            leader: leader,
            closeToken: CloseToken(low: RandomBytes.word(), high: RandomBytes.word()),
            leaderImage: ProcessImage(pid: pid),
            openedWall: wall.wallMicroseconds(facts.opened),
            subject: Subject(report)
        )
        if !report.authInfo.isEmpty { hold.auth = SSHAuthInfo(report.authInfo) }
        hold.certificateEnds = hold.auth?.validBefore.map {
            WallInstant(seconds: Int64(clamping: $0))
        }
        consider(facts, hold, .reported, answer: answer)
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

    /// Takes back the sessions that were open when the former daemon stopped, and turns the loop
    /// until they are in the table: what the policy gives them may hang on their users' groups.
    func adoptSessions() throws(SystemError) {
        for saved in files.load(reportingTo: log) { adopt(saved) }
        armTimer()
        try loop.run { [unowned self] in !candidates.isEmpty }
    }

    private func adopt(_ saved: SavedSession) {
        let facts = saved.facts
        let leader = ProcessHandle.open(facts.leader)
        let hold = SessionHold(
            leader: leader,
            closeToken: saved.closeToken,
            leaderImage: saved.leaderImage,
            openedWall: saved.openedWall,
            subject: saved.subject
        )
        hold.saved = saved.progress
        hold.savedLock = saved.lock
        hold.endRequest = saved.progress?.endRequest
        hold.certificateEnds = saved.certificateEnds
        hold.group = saved.group
        hold.wasLocked = saved.wasLocked
        hold.nestingsToAdopt = saved.nestings
        consider(facts, hold, .adopted) { _ in }
    }

    /// What has happened to an adopted session while no daemon ran.
    func catchUp(_ facts: SessionFacts, _ hold: SessionHold) {
        adoptNestings(hold.nestingsToAdopt, of: facts.id)
        hold.nestingsToAdopt = []
        if let request = hold.endRequest { feed(.endRequested(facts.id, request)) }
        guard hold.leader == nil else { return }
        // When it died is not known: without the kernel's audit session nothing tells its processes
        // from those of a later session on the same terminal, so none is taken for its own.
        hold.leaderGoneTicks =
            facts.auditSession == nil ? facts.leader.startTicks : ticks(at: now)
        hold.terminalsAtEnd = Set(hold.saved?.terminals ?? [])
        feed(.leaderExited(facts.id))
    }

    /// More sessions than a host has: a limit all the same (4 KiB of state each at most).
    private static let sessionsMax = 100_000

    var wall: WallOffset { WallOffset.current }

    /// Takes a session into the table, with what the policy said of it.
    func enter(
        _ facts: SessionFacts,
        _ hold: SessionHold,
        _ decision: Decision,
        _ opening: Opening
    ) {
        holds[facts.id] = hold
        quota.opened(facts.id, of: facts.uid, at: now)
        do throws(SystemError) {
            hold.exitWatch = try hold.leader.map { leader throws(SystemError) in
                try loop.watch(leader.descriptor, for: .readable, order: .second) {
                    [unowned self] _ in leaderExited(facts.id)
                }
            }
        } catch {
            log.fault("session \(facts.id.name): the leader cannot be watched: \(error)")
        }
        feed(.opened(facts, decision.allowance, decision.mode, opening))
        let openedWall = WallOffset(wallMicroseconds: hold.openedWall, at: facts.opened)
        activity.add(facts, wallAtOpening: openedWall)
        expectTerminal(at: .session(facts.id))
        if let known = hold.saved { feed(.remembered(facts.id, known.activity)) }
        if let saved = hold.savedLock { feed(.relocked(facts.id, saved.lock)) }
        decide(facts.id)
        feed(.evidence(facts.id, look(at: facts.id)))
    }

    private func leaderExited(_ id: SessionID) {
        guard let hold = holds[id] else { return }
        // A pidfd stays readable: it is told once.
        if let watch = hold.exitWatch { loop.unwatch(watch) }
        hold.exitWatch = nil
        hold.leaderGoneTicks = ticks(at: now)
        feed(.leaderExited(id))
    }

    /// In clock ticks after boot, as /proc/PID/stat gives start times.
    func ticks(at moment: BootInstant) -> UInt64 {
        UInt64(clamping: moment.nanoseconds / (1_000_000_000 / ProcessSelf.ticksPerSecond))
    }

    /// Writes what has come of a session into its file, if that is worth it: the next daemon must
    /// not know its activity worse than by `activityKeptWithin`.
    ///
    /// It is called after each look, so the file is there from the first on.
    func keepProgress(of id: SessionID) {
        guard let hold = holds[id], let session = engine.sessions[id] else { return }
        let progress = SavedSession.Progress(
            activity: session.former,
            terminals: activity.terminals(of: id).map(\.terminal.device),
            connection: connections.cookie(of: id),
            endRequest: hold.endRequest
        )
        if let saved = hold.saved, saved.terminals == progress.terminals,
            saved.connection == progress.connection, saved.endRequest == progress.endRequest,
            progress.activity.isNear(saved.activity, within: Self.activityKeptWithin)
        {
            return
        }
        hold.saved = progress
        keep(session.facts, hold)
    }

    /// Half of atime's own step.
    private static let activityKeptWithin: Duration = .seconds(4)

    /// Writes down what the next daemon has to know.
    func keep(_ facts: SessionFacts, _ hold: SessionHold) {
        do throws(SystemError) {
            try files.save(
                SavedSession(
                    facts: facts,
                    closeToken: hold.closeToken,
                    openedWall: hold.openedWall,
                    leaderImage: hold.leaderImage,
                    group: hold.group,
                    auth: hold.subject.auth,
                    certificateEnds: hold.certificateEnds,
                    wasLocked: hold.wasLocked,
                    progress: hold.saved,
                    nestings: hold.nestings.open.map(SavedNesting.init),
                    lock: savedLock(of: facts.id) ?? hold.savedLock
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
            if engine.sessions[id] == nil, candidates[id] == nil, !ended.contains(id) { return id }
        }
    }

    /// The report cannot be dealt with; the text says why, here and there.
    func unable(_ text: String) -> Answer {
        log.fault("report: \(text)")
        return Answer(.unable, text: Array(text.utf8))
    }
}

extension Session {
    /// What the next daemon has to know of its activity.
    fileprivate var former: FormerActivity {
        FormerActivity(
            hand: lastSeen,
            other: lastBesideHand,
            renewed: lifetimeFrom == facts.opened ? nil : lifetimeFrom
        )
    }
}

extension FormerActivity {
    /// Whether neither moment differs by `most`; a hand may go back, when it turns out to be none.
    fileprivate func isNear(_ saved: FormerActivity, within most: Duration) -> Bool {
        func differs(_ one: BootInstant, _ two: BootInstant) -> Bool {
            max(one.since(two), two.since(one)) >= most
        }
        guard renewed == saved.renewed else { return false }
        guard let other, let savedOther = saved.other else {
            return other == saved.other && !differs(hand, saved.hand)
        }
        return !differs(hand, saved.hand) && !differs(other, savedOther)
    }
}

extension SessionID {
    /// The name that people read: eight characters.
    var name: String { String(decoding: SessionName.encode(value), as: UTF8.self) }

    /// The id with this name, nil for what is no name.
    init?(name: String) {
        guard let value = SessionName.decode(Array(name.utf8)) else { return nil }
        self.init(value: value)
    }
}
