import LapseCore
import LapsePolicy
import TestRandom

/// What changes a session's limits while it lives: policies, calendars, root, orders.
extension SimulatedWorld {
    func change(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        switch random.next() % 10 {
        case 0..<3: try reload(session)
        case 3: try changeRoot(session)
        case 4, 5: try moveCutoff(session)
        case 6: try readCutoffsAgain(session)
        case 7, 8: try order(session)
        default: if random.chance(25) { try revoke(session) }
        }
    }

    // MARK: The policy

    private func reload(_ session: SimulatedSession) throws(Failure) {
        session.unprivileged = nil
        session.allowance = RandomPolicy.changed(
            session.allowance,
            idle: now - session.ledger.counted,
            age: now - session.ledger.lifetimeFrom,
            lockAge: session.ledger.lock.map { now - $0.since },
            &random
        )
        if random.chance(20) { session.mode = session.mode == .enforce ? .observe : .enforce }
        try tellAllowance(of: session)
    }

    /// Root comes into the session, or goes out of it.
    private func changeRoot(_ session: SimulatedSession) throws(Failure) {
        if let limit = session.unprivileged {
            session.allowance.idle = limit
            session.unprivileged = nil
        } else {
            session.unprivileged = session.allowance.idle
            let limit = Limit.after(.seconds(random.pick([5, 30, 600])))
            session.allowance.idle = min(session.allowance.idle, limit)
        }
        try tellAllowance(of: session)
    }

    private func tellAllowance(of session: SimulatedSession) throws(Failure) {
        try feed(.allowanceChanged(session.facts.id, session.allowance, session.mode))
    }

    // MARK: Cutoffs

    private func moveCutoff(_ session: SimulatedSession) throws(Failure) {
        let kind = random.pick([EndReason.Kind.hours, .quota, .certificate, .account])
        if let standing = session.cutoffs[kind] {
            let step = random.between(1_000, 200_000) * 1_000_000 * random.pick([1, -1])
            session.cutoffs[kind] = random.chance(30) ? nil : standing + step
        } else {
            session.cutoffs[kind] = now + random.between(-60_000, 600_000) * 1_000_000
        }
        try tellCutoffs(of: session, session.cutoffs)
    }

    /// The calendar is asked again: the clocks are read a little off, and hours that are over are
    /// over at the time of asking.
    private func readCutoffsAgain(_ session: SimulatedSession) throws(Failure) {
        guard !session.cutoffs.isEmpty else { return try moveCutoff(session) }
        var read = session.cutoffs
        for kind in [EndReason.Kind.hours, .certificate, .account] {
            guard let at = read[kind] else { continue }
            read[kind] = kind == .hours && at <= now ? now : at + random.between(-4, 4) * 1_000_000
        }
        try feed(.cutoffsKnown(session.facts.id, cutoffs(read)))
    }

    func tellCutoffs(
        of session: SimulatedSession,
        _ moments: [EndReason.Kind: Int64]
    ) throws(Failure) {
        // The turn that begins with it.
        turn += 1
        session.ledger.set(session.cutoffs, truth(of: session))
        turn -= 1
        try feed(.cutoffsKnown(session.facts.id, cutoffs(moments)))
    }

    private func cutoffs(_ moments: [EndReason.Kind: Int64]) -> [Cutoff] {
        let reasons = [
            EndReason.hours, .quota(limit: .seconds(3_600)), .certificate, .account(.expired),
        ]
        return reasons.compactMap { reason in
            moments[reason.kind].map { Cutoff(reason, at: BootInstant(nanoseconds: $0)) }
        }
    }

    // MARK: People

    private func order(_ session: SimulatedSession) throws(Failure) {
        let id = session.facts.id
        let mayUntil = engine.sessions[id]?.wordHoldsUntil ?? boot
        // Root orders, a user asks.
        func speaker(_ until: BootInstant) -> UserID {
            UserID(value: until <= mayUntil ? 1_000 : 0)
        }
        switch random.next() % 5 {
        case 0:
            try feed(.touched(id, by: speaker(boot)))
        case 1, 2:
            let length = random.pick([1_000, 60_000, 600_000]) * random.between(1, 1_000_000)
            let until = BootInstant(nanoseconds: now + length)
            let hold = Hold(until: until, by: speaker(until), why: "simulated")
            try feed(.held(id, hold))
        case 3: try feed(.released(id, by: UserID(value: 1_000)))
        default:
            let by = Duration.milliseconds(random.between(1, 600_000))
            try feed(
                .extended(id, Extension(by: by, orderedBy: UserID(value: 0), why: "simulated"))
            )
        }
    }

    private func revoke(_ session: SimulatedSession) throws(Failure) {
        let revocation: Revocation = random.pick([
            .account(.expired), .account(.locked), .account(.deleted), .account(.notMember),
            .displaced(max: 3),
        ])
        let lived = session.ledger.endReason == nil && !session.ledger.exitTold
        session.ledger.revokedTurn = turn + 1
        try feed(.revoked(session.facts.id, revocation))
        guard lived, session.ledger.mode == .enforce else { return }
        guard session.ledger.endReason != nil else {
            throw failure("revoked, and not ended at once", session.facts.id)
        }
    }
}
