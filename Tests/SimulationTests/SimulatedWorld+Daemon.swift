import LapseCore
import LapsePolicy
import TestRandom

/// The daemon's shell: events go in, effects are carried out, answers go in again.
extension SimulatedWorld {
    /// Hands an event to the engine and carries out what follows, to the end; true if nothing did.
    @discardableResult
    func feed(_ event: Event) throws(Failure) -> Bool {
        turn += 1
        pending.append(event)
        var taken = 0
        var didAnything = false
        while taken < pending.count {
            let next = pending[taken]
            taken += 1
            note(next)
            for effect in engine.handle(next, at: boot) {
                didAnything = true
                try carryOut(effect)
            }
            switch next {
            case .evidence(let id, _), .unlocked(let id, _): save(id)
            case .reauthFailed(let id, _, _): saveTries(id)
            default: break
            }
            try checkArmed(next)
            try checkTurn(next)
            // Work takes time: no two readings of the clock in one turn are the same.
            now += Int64(taken & 3)
        }
        pending.removeAll(keepingCapacity: true)
        try checkHeap()
        return !didAnything
    }

    /// What the ledgers have to know of an event.
    private func note(_ event: Event) {
        guard let id = event.session, let session = self.session(id) else { return }
        tell(session.index, event.line)
        session.ledger.note(event, truth(of: session))
        switch event {
        case .evidence(_, let evidence):
            session.ledger.evidenceTurn = turn
            if random.chance(5), let next = engine.sessions[id]?.next?.at, next > boot {
                agenda.add(.glance(session.index), at: max(now, next.nanoseconds - 1))
            }
            // Nothing counts while it is locked.
            guard session.ledger.lock == nil, evidence != session.evidence else { return }
            session.evidence = evidence
            session.ledger.moves += 1
            wakeUps.excuses += 1
        case .endRequested:
            session.ledger.requestTurn = turn
            wakeUps.excuses += 1
        case .leaderExited: session.ledger.exitTold = true
        case .closeReported: session.ledger.closeTold = true
        case .signalled(_, let outcome):
            session.ledger.signalled(reached: outcome.reached, at: now)
            wakeUps.excuses += 1
        case .input:
            session.ledger.moves += 1
            wakeUps.excuses += 1
        case .remembered, .allowanceChanged, .cutoffsKnown, .revoked, .touched, .held, .released,
            .extended:
            session.ledger.moves += 1
            session.undisturbedSince = now
            wakeUps.excuses += 1
        case .lockRequested, .relocked, .lockAnswered, .unlocked, .passwordKnown, .slept:
            session.ledger.moves += 1
            session.undisturbedSince = now
            wakeUps.excuses += 1
        case .opened, .deadline, .reauthFailed: break
        }
    }

    /// Writes down what the next daemon has to know, as far as it is worth it.
    private func save(_ id: SessionID) {
        guard let session = self.session(id), let known = engine.sessions[id] else { return }
        let opened = session.facts.opened
        let activity = FormerActivity(
            hand: known.lastSeen,
            other: known.lastBesideHand,
            renewed: known.lifetimeFrom == opened ? nil : known.lifetimeFrom
        )
        let most = Duration.seconds(4)
        func differs(_ one: BootInstant?, _ two: BootInstant?) -> Bool {
            guard let one, let two else { return one != two }
            return max(one.since(two), two.since(one)) >= most
        }
        guard let saved = session.saved, !differs(saved.hand, activity.hand),
            !differs(saved.other, activity.other), saved.renewed == activity.renewed
        else { return session.saved = activity }
    }

    private func saveTries(_ id: SessionID) {
        guard let session = self.session(id), let lock = engine.sessions[id]?.lock else { return }
        session.locking.saved = Lock(
            reason: lock.reason,
            since: lock.since,
            failedTries: lock.failedTries
        )
    }

    private func carryOut(_ effect: Effect) throws(Failure) {
        effects?.append((now, effect))
        guard let session = session(effect.session) else {
            throw failure("an effect for a session that never was: \(effect)", effect.session)
        }
        tell(session.index, effect.line)
        try check(effect, session)
        switch effect {
        case .look(let id):
            guard !random.chance(plan.failingLooks) else {
                session.undisturbedSince = now
                session.ledger.moves += 1
                return tell(session.index, "the look fails")
            }
            hear()
            pending.append(.evidence(id, try look(session)))
        case .tell(_, .warning(_, let remaining, _)):
            if random.chance(12) {
                let most = remaining.wholeNanoseconds + 1_000_000_000
                agenda.add(.change(session.index), at: now + random.between(0, most))
            }
            let place = session.terminals.firstIndex { $0.exists }
            guard let place,
                let answer = session.user.answer(remaining: remaining, random: &random)
            else { return }
            agenda.add(.read(session.index, terminal: place), at: now + answer)
        case .record(let record):
            guard random.chance(8) else { return }
            switch record.what {
            case .overdue, .ending, .eased, .kept, .spared, .swept, .left, .locked, .lockFailed,
                .unlocked:
                let delay = random.chance(30) ? 0 : random.between(0, 5_000_000_000)
                agenda.add(.change(session.index), at: now + delay)
            default: break
            }
        case .tell: break
        case .signal(let id, let order):
            pending.append(.signalled(id, signal(session, order)))
        case .lock(let id, let reason):
            pending.append(.lockAnswered(id, lock(session, reason)))
        case .unlock: try unlock(session)
        case .thaw: thaw(session)
        case .retire:
            try dropLock(of: session)
            session.isHeld = false
            heldCount -= 1
        }
    }

    private func signal(_ session: SimulatedSession, _ order: SignalOrder) -> SignalOutcome {
        let spared = session.processes.spared(by: order)
        guard order.to != .leader else {
            guard session.processes.leaderIsAlive else {
                return SignalOutcome(reached: 0, spared: spared)
            }
            if session.processes.leaderDies(of: order.signal) {
                let closing: Happening.Closing = order.signal == .kill ? .unreported : .reported
                let delay = random.between(0, 3_000_000_000)
                agenda.add(.leaderDies(session.index, closing: closing), at: now + delay)
            }
            return SignalOutcome(reached: 1, spared: spared)
        }
        let (reached, dying) = session.processes.reached(by: order)
        for process in dying {
            let delay = random.chance(70) ? 1_000_000 : random.between(0, 4_000_000_000)
            agenda.add(.processDies(session.index, process: process), at: now + delay)
        }
        let detached = order.sparesDetached ? [] : session.processes.detached
        return SignalOutcome(reached: reached, detached: detached, spared: spared)
    }

    // MARK: Sessions

    /// A session comes into the table, reported or found again.
    func enter(_ session: SimulatedSession, _ opening: Opening) throws(Failure) {
        session.isHeld = true
        heldCount += 1
        session.undisturbedSince = now
        let facts = session.facts
        try feed(.opened(facts, session.allowance, session.mode, opening))
        guard session.isHeld else { return }
        if opening == .adopted, let saved = session.saved { try feed(.remembered(facts.id, saved)) }
        if let lock = session.locking.saved { try feed(.relocked(facts.id, lock)) }
        if !session.cutoffs.isEmpty { try tellCutoffs(of: session, session.cutoffs) }
        try feed(.evidence(facts.id, try look(session)))
        guard random.chance(70) else {
            let known = now + random.between(1, 20_000) * 1_000_000
            return agenda.add(.passwordTold(session.index), at: known)
        }
        try feed(.passwordKnown(facts.id, session.locking.hasPassword))
    }

    func exitTold(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        try feed(.leaderExited(session.facts.id))
    }

    func closeTold(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        try feed(.closeReported(session.facts.id))
    }

    func request(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        try feed(
            .endRequested(session.facts.id, EndRequest(by: UserID(value: 0), why: "simulated"))
        )
    }

    /// Events that come from nowhere: for ids that never were, and a second opening.
    func stray(_ index: Int) throws(Failure) {
        guard isUp else { return }
        let unknown = SessionID(value: 1 << 39)
        for event: Event in [
            .closeReported(unknown), .leaderExited(unknown), .input(unknown, at: boot),
            .evidence(unknown, .measured(lastInput: boot)),
            .signalled(unknown, SignalOutcome(reached: 0, spared: [])),
            .endRequested(unknown, EndRequest(by: UserID(value: 0), why: "")),
            .lockRequested(unknown, by: UserID(value: 0), why: ""),
            .unlocked(unknown, .reauthenticated), .lockAnswered(unknown, .stands),
        ] { try feed(event) }
        guard places.indices.contains(index), places[index] >= 0 else { return }
        let session = sessions[places[index]]
        if session.isHeld {
            try feed(.opened(session.facts, session.allowance, .enforce, .reported))
            guard session.isHeld, session.locking.standing == nil else { return }
            try feed(.unlocked(session.facts.id, .reauthenticated))
            try feed(.lockAnswered(session.facts.id, .failed("simulated")))
            try feed(.reauthFailed(session.facts.id, why: "", terminal: ""))
        } else if session.ledger.isRetired {
            try feed(.input(session.facts.id, at: boot))
            try feed(.leaderExited(session.facts.id))
        }
    }

    /// The daemon dies; what it knew is lost.
    func crash() throws(Failure) {
        guard isUp else { return }
        for session in sessions where session.isHeld { try checkNothingMissed(session) }
        isUp = false
        engine = Engine()
        sharedReads = SharedReads()
        unheard = UnheardReads(isScheduled: unheard.isScheduled)
        pausedUntil = 0
        wakeUps = WakeUps()
        for session in sessions { session.forgetReads() }
        agenda.add(.restart, at: now + random.between(1, 60_000) * 1_000_000)
    }

    /// It starts again and takes up the sessions whose leaders live.
    func restart() throws(Failure) {
        isUp = true
        lastListened = now
        let former = sessions.filter(\.isHeld)
        heldCount = 0
        for session in former { session.isHeld = false }
        for session in former {
            guard session.processes.leaderIsAlive || session.locking.saved != nil else { continue }
            session.ledger = SessionLedger(
                allowance: session.allowance,
                mode: session.mode,
                since: now,
                opened: session.facts.opened.nanoseconds,
                isAdopted: true
            )
            session.life.isForgotten()
            session.forgedCounted = session.life.lastForged
            session.wasUnmeasurable = false
            session.isDeceived = session.wasStepped && !wall.differs(from: session.wallAtOpening)
            tell(session.index, "the daemon was restarted")
            try enter(session, .adopted)
            guard !session.processes.leaderIsAlive, session.isHeld else { continue }
            try feed(.leaderExited(session.facts.id))
        }
    }
}
