import LapseCore
import LapsePolicy
import TestRandom

/// The daemon's side of locks, and what people do to them.
extension SimulatedWorld {
    // MARK: Effects

    func lock(_ session: SimulatedSession, _ reason: LockReason) -> LockOutcome {
        // What the engine ended in the same turn is not locked any more.
        guard let lock = engine.sessions[session.facts.id]?.lock else {
            return .failed("the session is gone")
        }
        // One that is being lifted is lifted by now.
        if session.locking.standing?.phase == .leaving { session.locking.isOver() }
        let isAdopted = session.locking.standing != nil
        findTerminals(of: session)
        let isThere = session.terminals.contains { $0.exists && $0.clock != nil }
        guard isThere, !random.chance(session.locking.failing) else {
            session.locking.isOver()
            counts.lockFailures += 1
            return .failed("none of its terminals can be locked")
        }
        session.locking.begin(lock)
        counts.locks += 1
        if isAdopted { counts.relocks += 1 }
        planWayBack(of: session, lock)
        return .stands
    }

    func unlock(_ session: SimulatedSession) throws(Failure) {
        guard let standing = session.locking.standing, standing.isStanding else {
            throw failure("what does not stand was lifted", session.facts.id)
        }
        session.locking.standing?.phase = .leaving
        let leaves = now + random.between(1, 300) * 1_000_000
        agenda.add(.lockLeft(session.index, serial: standing.serial), at: leaves)
        agenda.add(.act(session.index), at: now + session.user.comesBack(random: &random))
    }

    func thaw(_ session: SimulatedSession) {
        guard session.locking.standing != nil else { return }
        session.locking.standing?.phase = .closing
        if session.ledger.endReason == nil {
            counts.deathsWhileLocked += 1
        } else {
            counts.endsOfLocked += 1
        }
    }

    /// What stood still when the session left the table was let run, or the session closed.
    func dropLock(of session: SimulatedSession) throws(Failure) {
        let wasEnded = session.ledger.endReason != nil
        if wasEnded, session.locking.standing?.isStanding == true {
            throw failure("retired with all that stands still", session.facts.id)
        }
        session.locking.isOver()
    }

    // MARK: What people do

    /// Who comes back to the lock screen, and when; much of it at the moment where the lock ends.
    private func planWayBack(of session: SimulatedSession, _ lock: Lock) {
        let index = session.index
        let ends = lock.endsAt.map { max(1, $0.nanoseconds - now) }
        func moment() -> Int64 {
            let most = ends.map { $0 + $0 / 10 } ?? 600_000_000_000
            guard let ends, random.chance(15) else { return now + random.between(0, most) }
            return now + max(0, ends + random.between(-2, 2))
        }
        if random.chance(session.locking.returning) {
            session.locking.standing?.wrongAnswers = random.pick([0, 0, 0, 1, 4])
            agenda.add(.answer(index), at: moment())
        } else if random.chance(20) {
            session.locking.standing?.wrongAnswers = nil
            agenda.add(.answer(index), at: moment())
        }
        if random.chance(12) { agenda.add(.rootUnlocks(index), at: moment()) }
        if random.chance(10) { agenda.add(.change(index), at: moment()) }
        if random.chance(5) { agenda.add(.passwordTurns(index), at: moment()) }
        if random.chance(4) { agenda.add(.terminalGoes(index), at: moment()) }
        if random.chance(8) { agenda.add(.glance(index), at: moment()) }
        if random.chance(5) { agenda.add(.leaderDies(index, closing: .unreported), at: moment()) }
        if random.chance(3) { agenda.add(.leaderDies(index, closing: .reported), at: moment()) }
        if random.chance(3) { agenda.add(.request(index), at: moment()) }
        if plan.crashes > 0, random.chance(4) { agenda.add(.crash, at: moment()) }
        if random.chance(4), let serial = session.locking.standing?.serial {
            agenda.add(.lockBreaks(index, serial: serial), at: moment())
        }
    }

    func answer(_ session: SimulatedSession) throws(Failure) {
        guard let standing = session.locking.standing, standing.isStanding else { return }
        let again = now + random.between(100, 5_000) * 1_000_000
        guard isUp else { return agenda.add(.answer(session.index), at: again) }
        guard session.isHeld else { return }
        try checkNothingMissed(session)
        session.life.receives(at: now)
        let mayProve = session.locking.hasPassword || session.allowance.unlock == .pam
        guard mayProve, standing.wrongAnswers == 0 else {
            session.locking.standing?.wrongAnswers = standing.wrongAnswers.map { max(0, $0 - 1) }
            if standing.wrongAnswers != nil, mayProve {
                agenda.add(.answer(session.index), at: again)
            }
            let terminal = "/dev/pts/7"
            try feed(.reauthFailed(session.facts.id, why: "wrong", terminal: terminal))
            return
        }
        let lifetimeFrom = session.ledger.lifetimeFrom
        try feed(.unlocked(session.facts.id, .reauthenticated))
        guard session.locking.standing?.isStanding != true else {
            throw failure("a proof did not open it", session.facts.id)
        }
        counts.proofs += 1
        if session.ledger.lifetimeFrom != lifetimeFrom { counts.renewals += 1 }
    }

    func rootUnlocks(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        if session.locking.standing?.isStanding == true { counts.orders += 1 }
        let how = Unlocking.ordered(by: UserID(value: 0), why: "simulated")
        try feed(.unlocked(session.facts.id, how))
    }

    func requestLock(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        let user = UserID(value: random.pick([0, 1_000]))
        try feed(.lockRequested(session.facts.id, by: user, why: "simulated"))
    }

    func lockBreaks(_ session: SimulatedSession, _ serial: Int) throws(Failure) {
        guard isUp, session.isHeld, let standing = session.locking.standing,
            standing.serial == serial, standing.isStanding
        else { return }
        try checkNothingMissed(session)
        session.locking.isOver()
        try feed(.lockAnswered(session.facts.id, .failed("simulated")))
    }

    func lockLeft(_ session: SimulatedSession, _ serial: Int) {
        guard isUp, let standing = session.locking.standing, standing.serial == serial,
            standing.phase == .leaving
        else { return }
        session.locking.isOver()
    }

    func passwordTurns(_ session: SimulatedSession) {
        session.locking.hasPassword.toggle()
        // The files tell it at once, a directory when it is asked again.
        let delay = random.chance(70) ? 0 : random.between(0, 300_000_000_000)
        agenda.add(.passwordTold(session.index), at: now + delay)
    }

    func passwordTold(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        try feed(.passwordKnown(session.facts.id, session.locking.hasPassword))
    }
}

/// How often what has to be tried was tried.
struct WorldCounts {
    var locks = 0
    var lockFailures = 0
    /// Locks of the daemon before.
    var relocks = 0
    var proofs = 0
    var orders = 0
    /// Proofs that gave the lifetime anew.
    var renewals = 0
    var endsOfLocked = 0
    var deathsWhileLocked = 0

    static func += (left: inout WorldCounts, right: WorldCounts) {
        left.locks += right.locks
        left.lockFailures += right.lockFailures
        left.relocks += right.relocks
        left.proofs += right.proofs
        left.orders += right.orders
        left.renewals += right.renewals
        left.endsOfLocked += right.endsOfLocked
        left.deathsWhileLocked += right.deathsWhileLocked
    }
}
