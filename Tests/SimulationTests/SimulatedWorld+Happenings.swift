import LapseCore
import LapsePolicy
import TestRandom

/// What happens in the world, whether the daemon is up or not.
extension SimulatedWorld {
    func happen(_ what: Happening) throws(Failure) {
        switch what {
        case .open(let index): try open(index)
        case .act(let index): try act(sessions[places[index]])
        case .read(let index, let terminal): try read(sessions[places[index]], terminal)
        case .jobTurns(let index): jobTurns(sessions[places[index]])
        case .traffic(let index): traffic(sessions[places[index]])
        case .output(let index): output(sessions[places[index]])
        case .forge(let index): try forge(sessions[places[index]])
        case .stampSet(let index): sessions[places[index]].life.hasSetStamp = true
        case .terminalComes(let index): try terminalComes(sessions[places[index]])
        case .terminalGoes(let index): try terminalGoes(sessions[places[index]])
        case .seek(let index): try seek(sessions[places[index]])
        case .glance(let index): try glance(sessions[places[index]])
        case .listen:
            unheard.isScheduled = false
            if isUp { try listen() }
        case .leaderDies(let index, let closing): leaderDies(sessions[places[index]], closing)
        case .processDies(let index, let process):
            sessions[places[index]].processes.members[process].isAlive = false
        case .exitTold(let index): try exitTold(sessions[places[index]])
        case .closeTold(let index): try closeTold(sessions[places[index]])
        case .leaderWakes(let index): leaderWakes(sessions[places[index]])
        case .change(let index): try change(sessions[places[index]])
        case .request(let index): try request(sessions[places[index]])
        case .lockRequest(let index): try requestLock(sessions[places[index]])
        case .answer(let index): try answer(sessions[places[index]])
        case .rootUnlocks(let index): try rootUnlocks(sessions[places[index]])
        case .lockBreaks(let index, let serial): try lockBreaks(sessions[places[index]], serial)
        case .lockLeft(let index, let serial): lockLeft(sessions[places[index]], serial)
        case .passwordTurns(let index): passwordTurns(sessions[places[index]])
        case .passwordTold(let index): try passwordTold(sessions[places[index]])
        case .step(let step): try stepWall(step)
        case .suspend(let length): try sleep(length)
        case .crash: try crash()
        case .restart: try restart()
        case .spuriousDeadline: if isUp { try feed(.deadline) }
        case .stray(let index): try stray(index)
        }
    }

    // MARK: Life

    private func open(_ index: Int) throws(Failure) {
        // While the daemon is away a login goes unrecorded, and is never known.
        guard isUp else { return }
        places[index] = sessions.count
        let session = SimulatedSession(
            index: index,
            opened: boot,
            allowance: RandomPolicy.allowance(&random),
            mode: random.chance(88) ? .enforce : .observe,
            wall: wall,
            random: &random
        )
        sessions.append(session)
        if session.processes.leaderSleeps {
            agenda.add(.leaderWakes(index), at: now + random.between(1, 1_500) * 1_000_000_000)
        }
        // sshd makes the terminal after the session has opened, login(1) has one before.
        let terminals = random.pick([0, 1, 1, 1, 1, 2, 3])
        for place in 0..<terminals {
            if place == 0, random.chance(30) {
                makeTerminal(session)
            } else {
                agenda.add(.terminalComes(index), at: now + random.between(1, 5_000) * 1_000_000)
            }
        }
        try enter(session, .reported)
        agenda.add(.act(index), at: now + random.between(0, 5_000_000_000))
        planItsEnd(session)
    }

    private func planItsEnd(_ session: SimulatedSession) {
        let index = session.index
        // Whoever no limit ends logs out within the hour, most of them sooner.
        let longest: Int64 = random.pick([120_000, 900_000, 1_200_000, 1_200_000, 3_600_000])
        // What can happen with a limit of seconds has happened in some minutes.
        let most = min(longest, max(60_000, session.user.scale / 1_000_000 * 200))
        let leaves = now + random.between(1, most) * 1_000_000
        let closing = random.pick([
            Happening.Closing.reported, .reported, .unreported, .reportedTwice,
        ])
        agenda.add(.leaderDies(index, closing: closing), at: leaves)
        let asked = now + random.between(0, leaves - now)
        if random.chance(8) { agenda.add(.request(index), at: asked) }
        if random.chance(3) { agenda.add(.request(index), at: leaves) }
        for _ in 0..<random.pick([0, 0, 0, 0, 1, 3]) {
            agenda.add(.lockRequest(index), at: now + random.between(0, leaves - now))
            agenda.add(.passwordTurns(index), at: now + random.between(0, leaves - now))
        }
        for _ in 0..<random.pick([0, 0, 1, 3, 8]) {
            agenda.add(.change(index), at: now + random.between(0, leaves - now))
        }
        for _ in 0..<random.pick([0, 0, 0, 1, 3]) {
            agenda.add(.terminalGoes(index), at: now + random.between(0, leaves - now))
            agenda.add(.terminalComes(index), at: now + random.between(0, leaves - now))
        }
        planLife(session, until: leaves)
    }

    private func act(_ session: SimulatedSession) throws(Failure) {
        guard session.processes.leaderIsAlive, session.user.keysLeft > 0 else { return }
        session.user.keysLeft -= 1
        // What is typed at a locker is no input of the session.
        let isLocked = session.locking.standing != nil
        let there = session.terminals.indices.filter {
            session.terminals[$0].exists && !isLocked
        }
        if !there.isEmpty {
            try read(session, random.pick(there))
            typeCommand(session)
        }
        agenda.add(.act(session.index), at: now + session.user.pause(random: &random))
    }

    func read(_ session: SimulatedSession, _ terminal: Int) throws(Failure) {
        guard session.processes.leaderIsAlive, session.terminals[terminal].exists,
            session.locking.standing == nil
        else { return }
        try checkNothingMissed(session)
        let path = session.terminals[terminal].path
        session.terminals[terminal].truth.types(
            at: now,
            beside: path == .unseen ? nil : session.life.forgery?.period,
            isTold: isTold(session.terminals[terminal]),
            others: path == .shared ? sharedMoments : []
        )
        session.noteRead(of: session.terminals[terminal])
        session.life.receives(at: now)
        try isRead(session, terminal, by: "a key")
    }

    /// A program reads input from a terminal, typed or not.
    func isRead(_ session: SimulatedSession, _ terminal: Int, by whom: String) throws(Failure) {
        session.terminals[terminal].read(at: now, wall: wall)
        tell(session.index, "\(whom) on terminal \(terminal) (\(session.terminals[terminal].path))")
        switch session.terminals[terminal].path {
        case .own:
            if session.terminals[terminal].clock != nil {
                unheard.terminals.append((places[session.index], terminal))
            }
        case .shared:
            unheard.hasShared = true
            sharedMoments.append(now)
            if sharedMoments.count > 400 { sharedMoments.removeFirst(200) }
        case .unseen: return
        }
        if !plan.isExact, random.next() % 1_000 < plan.overflows {
            unheard = UnheardReads(hasOverflowed: true, isScheduled: unheard.isScheduled)
        }
        guard isUp else { return unheard = UnheardReads(isScheduled: unheard.isScheduled) }
        if now >= pausedUntil { return try listen() }
        guard !unheard.isScheduled else { return }
        unheard.isScheduled = true
        agenda.add(.listen, at: pausedUntil)
    }

    /// Whether the daemon is sure to be told of each read of a terminal by itself.
    func isTold(_ terminal: SimulatedTerminal) -> Bool {
        isUp && terminal.clock != nil && terminal.path == .own
            && (plan.isExact || plan.overflows == 0)
    }

    // MARK: Terminals

    private func makeTerminal(_ session: SimulatedSession) {
        let isOwn = plan.isExact || random.chance(60)
        let path: SimulatedTerminal.Path =
            isOwn ? .own : plan.witness == .shared ? .shared : .unseen
        var terminal = SimulatedTerminal(path: path, at: now, wall: wall)
        terminal.isUnreadable = random.chance(3)
        session.terminals.append(terminal)
        session.noteRead(of: terminal)
        session.undisturbedSince = now
        session.hasUnfoundTerminal = true
        tell(session.index, "terminal \(session.terminals.count - 1) (\(path)) is made")
    }

    private func terminalComes(_ session: SimulatedSession) throws(Failure) {
        guard session.processes.leaderIsAlive, session.terminals.count < 6 else { return }
        try checkNothingMissed(session)
        makeTerminal(session)
        // Not every hint comes: a deadline finds the terminal later.
        let delay: Int64 = plan.isExact ? 0 : 50_000_000
        if plan.isExact || random.chance(80) { agenda.add(.seek(session.index), at: now + delay) }
    }

    private func terminalGoes(_ session: SimulatedSession) throws(Failure) {
        guard let place = session.terminals.firstIndex(where: { $0.exists }) else { return }
        try checkNothingMissed(session)
        session.terminals[place].exists = false
        session.undisturbedSince = now
        tell(session.index, "terminal \(place) is gone")
        if random.chance(50) { agenda.add(.seek(session.index), at: now + 50_000_000) }
    }

    // MARK: Processes

    private func leaderDies(_ session: SimulatedSession, _ closing: Happening.Closing) {
        guard session.processes.leaderIsAlive else { return }
        let index = session.index
        guard !session.processes.leaderSleeps else {
            // Until it wakes it cannot even exit.
            session.processes.leaderMustDie = true
            return
        }
        session.processes.leaderIsAlive = false
        tell(index, "the leader dies, close \(closing)")
        guard isUp else { return }
        if closing != .unreported { agenda.add(.closeTold(index), at: now) }
        if closing == .reportedTwice { agenda.add(.closeTold(index), at: now) }
        let delay = random.chance(80) ? 100_000 : random.between(0, 20_000_000)
        agenda.add(.exitTold(index), at: now + delay)
        if closing == .reportedTwice { agenda.add(.closeTold(index), at: now + delay) }
    }

    private func leaderWakes(_ session: SimulatedSession) {
        session.processes.leaderSleeps = false
        guard session.processes.leaderMustDie else { return }
        agenda.add(.leaderDies(session.index, closing: .unreported), at: now)
    }

    // MARK: Clocks

    /// Like a step not while the daemon has a read yet to hear of, which would count as of the
    /// waking: late, and by as much as the machine slept.
    private func sleep(_ length: Int64) throws(Failure) {
        guard unheard.isEmpty else { return agenda.add(.suspend(length), at: now + 1_000_000) }
        now += length
        tellAll("the machine slept for \(length) ns")
        for session in sessions { session.undisturbedSince = now }
        guard isUp else { return }
        for session in sessions where session.isHeld {
            try feed(.slept(session.facts.id, .nanoseconds(length)))
        }
    }

    /// Not while the daemon has a read yet to hear of: which of the two came first, it cannot
    /// know, and would take that read for one of the new wall clock.
    private func stepWall(_ step: Int64) throws(Failure) {
        guard unheard.isEmpty else { return agenda.add(.step(step), at: now + 1_000_000) }
        wall = WallOffset(nanoseconds: wall.nanoseconds + step)
        tellAll("the wall clock is stepped by \(step) ns")
        for session in sessions { session.wasStepped = true }
        guard !plan.isExact else { return }
        for session in sessions { session.hasStepped = true }
    }
}
