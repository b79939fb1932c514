import LapsePolicy

@testable import LapseCore

/// A run that failed: which promise, of which session, when, and how to see it again.
struct Failure: Error {
    let seed: UInt64
    let session: SessionID?
    let at: Int64
    let what: String
}

/// What holds at every step of every world; `SessionLedger` has what holds for each effect.
extension SimulatedWorld {
    func failure(_ what: String, _ session: SessionID? = nil) -> Failure {
        Failure(seed: plan.seed, session: session, at: now, what: what)
    }

    func check(_ effect: Effect, _ session: SimulatedSession) throws(Failure) {
        switch effect {
        case .record(let record):
            if case .ending = record.what { try checkNothingMissed(session) }
        case .lock: try checkNothingMissed(session)
        default: break
        }
        let truth = truth(of: session)
        do throws(Violation) {
            try session.ledger.check(effect, truth)
        } catch {
            throw failure(error.what, session.facts.id)
        }
    }

    func truth(of session: SimulatedSession) -> SessionLedger.Truth {
        SessionLedger.Truth(
            now: now,
            turn: turn,
            opened: session.facts.opened.nanoseconds,
            lastRead: max(session.facts.opened.nanoseconds, session.lastCertainRead),
            isExact: plan.isExact && plan.crashes == 0
        )
    }

    /// A change of the limits took back all that it made void, and a look told all that it found.
    func checkTurn(_ event: Event) throws(Failure) {
        guard let id = event.session, let session = self.session(id) else { return }
        do throws(Violation) {
            try session.ledger.checkEased(turn)
            try session.ledger.checkLock()
            try session.ledger.checkSuspicions()
        } catch {
            throw failure(error.what, id)
        }
    }

    /// The engine waits for every moment that one of its sessions waits for.
    func checkArmed(_ event: Event) throws(Failure) {
        guard let id = event.session, let due = engine.sessions[id]?.nextDeadline else { return }
        guard let next = engine.nextDeadline, next <= due else {
            throw failure("nothing is armed for a deadline of the session", id)
        }
    }

    /// Stale entries in the heap stay few, whatever comes and goes.
    func checkHeap() throws(Failure) {
        guard engine.sessions.count == heldCount else {
            throw failure("\(engine.sessions.count) sessions in the table, \(heldCount) live")
        }
        let count = engine.deadlines.entryCount
        guard count <= 2 * heldCount + 64 else {
            throw failure("\(count) deadlines wait for \(heldCount) sessions")
        }
    }

    /// After a turn of the timer the next deadline lies ahead, and few turns are for nothing.
    func checkWakeUps() throws(Failure) {
        // A ladder whose rungs wait for nothing may take its steps at one moment.
        wakeUps.atOnce = now - wakeUps.lastAt < 100 ? wakeUps.atOnce + 1 : 0
        wakeUps.lastAt = now
        guard wakeUps.atOnce <= PolicyLimits.endStepsMax * 8 else {
            throw failure("a busy loop: the deadline that was handled is still due")
        }
        guard wakeUps.idle <= wakeUps.excuses else {
            throw failure("\(wakeUps.idle) wake-ups for nothing")
        }
    }

    /// All are gone, and nothing waits for them.
    func checkEmpty() throws(Failure) {
        guard engine.sessions.isEmpty else {
            let left = engine.sessions.keys.min { $0.value < $1.value }
            throw failure("a session was never retired", left)
        }
        guard engine.deadlines.entryCount == 0 else {
            throw failure("\(engine.deadlines.entryCount) deadlines wait for no session")
        }
        for session in sessions where session.isHeld {
            throw failure("a session was lost", session.facts.id)
        }
        for session in sessions where session.locking.standing != nil {
            throw failure("a lock stands for ever", session.facts.id)
        }
    }

    // MARK: Never early, never missed

    /// The clock of a terminal is never before the last read that counts, never far behind the last
    /// of all, and knows a machine that played alone.
    func check(
        _ clock: InputClock,
        _ session: SimulatedSession,
        _ place: Int
    ) throws(Failure) {
        let terminal = session.terminals[place]
        let early = terminal.truth.lastCounting - clock.lastInput.nanoseconds
        guard early <= session.doubt(of: terminal) else {
            throw failure("the clock of terminal \(place) is \(early) ns early", session.facts.id)
        }
        let most = Self.clockLatenessMax
        let late = clock.lastInput.nanoseconds - terminal.truth.lastRead
        guard late <= most || session.latestDoubt > .min else {
            throw failure("the clock of terminal \(place) is \(late) ns late", session.facts.id)
        }
        guard !terminal.truth.mustBeKnown || clock.rhythm.known != nil else {
            throw failure("the machine at terminal \(place) was not found", session.facts.id)
        }
    }

    /// A stamp is good to 8 s, and a read through /dev/tty that is told 200 ms after them may be it.
    static let clockLatenessMax: Int64 = 8_200_000_000

    /// The session is over its limit and should have been ended before now.
    func checkNothingMissed(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld, session.mode == .enforce, session.ledger.endReason == nil,
            !session.ledger.exitTold
        else { return }
        if session.ledger.lock == nil {
            try checkFound(session)
            try checkSampled(session)
        }
        let opened = session.facts.opened.nanoseconds
        if let limit = session.allowance.lifetime.duration, !session.ledger.isLifetimeWaiting {
            let at =
                session.ledger.lifetimeFrom + limit.wholeNanoseconds
                + session.ledger.lifetimeExtension
            try checkNotOver(session, at, slack: 0, .lifetime)
        }
        for (kind, at) in session.cutoffs {
            try checkNotOver(session, at, slack: SessionLedger.readingOff, kind)
        }
        if let lock = session.ledger.lock {
            guard let ends = lock.endsAt else { return }
            return try checkNotOver(session, ends, slack: 0, .locked)
        }
        // A stamp that stood when the wall clock was stepped may lie in a block that comes again.
        let isMeasured =
            session.isMeasurable || (session.isBlind && session.allowance.unmeasurable == .end)
        guard session.allowance.onIdle != .report, isMeasured, !session.hasUnfoundTerminal,
            session.latestDoubt == .min, let limit = session.allowance.idle.duration
        else { return }
        // A key that no event tells of is found at the next look, and the notice begins there; so
        // it does when events are lost and the stamp's block counts to its end.
        let notice = plan.isExact ? .zero : session.allowance.warn.first ?? .zero
        let slack =
            Self.clockLatenessMax + (session.wasUnmeasurable ? 31_000_000_000 : 0)
            + session.ledger.adoptionGrace
            + notice.wholeNanoseconds * 2
        let hand = max(opened, session.lastRead, session.forgedCounted)
        let limitAt = session.ledger.counted(hand: hand) + limit.wholeNanoseconds
        try checkNotOver(session, max(limitAt, session.ledger.holdUntil), slack: slack, .idle)
    }

    /// A session that could not be measured is looked at each 30 s, so a terminal of it is found.
    private func checkFound(_ session: SimulatedSession) throws(Failure) {
        guard session.isBlind, session.allowance.idle != .never,
            session.terminals.contains(where: { $0.exists && !$0.isUnreadable && $0.clock == nil })
        else { return }
        let due = session.undisturbedSince + 31_000_000_000 + plan.timerLatenessMax
        guard now <= due else {
            throw failure("a terminal was not found for \(now - due) ns", session.facts.id)
        }
    }

    /// What may act alone is looked at in time.
    private func checkSampled(_ session: SimulatedSession) throws(Failure) {
        guard let due = session.ledger.sampleDue else { return }
        let lateness = (plan.timerLatenessMax + 1_000_000) * 3
        guard now <= max(due, session.undisturbedSince + 1_000_000_000) + lateness else {
            throw failure("no look for \(now - due) ns at what may act alone", session.facts.id)
        }
    }

    /// An end is due at its limit or, where that came when nobody could act, after a notice.
    private func checkNotOver(
        _ session: SimulatedSession,
        _ limitAt: Int64,
        slack: Int64,
        _ kind: EndReason.Kind
    ) throws(Failure) {
        let notice = (session.allowance.warn.first ?? .zero).wholeNanoseconds
        let lateness = (plan.timerLatenessMax + 1_000_000) * 3
        let due = max(limitAt + slack, session.undisturbedSince + 1_000_000_000 + slack + notice)
        // A key that no event tells of is found when the standing warning's time is over.
        let looked = kind == .idle && !plan.isExact ? session.ledger.lastIdlePromise : .min
        let over = now - max(due, looked, session.ledger.promises[kind] ?? .min) - lateness
        guard over <= 0 else {
            throw failure("the limit \(kind) was missed by \(over) ns", session.facts.id)
        }
    }
}
