import LapseCore
import LapsePolicy
import TestRandom

/// What happens in a session beside its user's keys.
extension SimulatedWorld {
    /// A session begins to live.
    func planLife(_ session: SimulatedSession, until leaves: Int64) {
        let index = session.index
        if session.life.trafficLeft > 0 {
            agenda.add(.traffic(index), at: now + random.between(0, session.user.scale))
        }
        if session.life.forgery != nil {
            let begins = random.between(0, random.chance(25) ? leaves - now : (leaves - now) / 10)
            agenda.add(.forge(index), at: now + begins)
        }
        for _ in 0..<random.pick([0, 0, 0, 2]) {
            agenda.add(.output(index), at: now + random.between(0, leaves - now))
            agenda.add(.stampSet(index), at: now + random.between(0, leaves - now))
        }
    }

    /// A key begins a job, or ends it.
    func typeCommand(_ session: SimulatedSession) {
        if session.life.job != nil {
            guard random.chance(30) else { return }
            session.life.jobEnds()
            return tell(session.index, "the job is interrupted")
        }
        guard random.chance(25) else { return }
        let turns = Int(random.pick([0, 1, 3, 8, 30]))
        session.life.job = SimulatedLife.Job(isWorking: random.chance(70), turnsLeft: turns)
        tell(session.index, "a job begins")
        agenda.add(.jobTurns(session.index), at: now + phase(of: session))
    }

    func jobTurns(_ session: SimulatedSession) {
        guard let job = session.life.job, session.processes.leaderIsAlive else { return }
        if job.turnsLeft == 0 {
            // One that never ends by itself goes on as it is.
            guard random.chance(60) else { return }
            session.life.jobEnds()
            return tell(session.index, "the job is done")
        }
        session.life.job?.turnsLeft -= 1
        if job.isWorking { session.life.rests() } else { session.life.job?.isWorking = true }
        tell(session.index, job.isWorking ? "the job rests" : "the job works")
        agenda.add(.jobTurns(session.index), at: now + phase(of: session))
    }

    func traffic(_ session: SimulatedSession) {
        guard session.processes.leaderIsAlive, session.life.trafficLeft > 0 else { return }
        session.life.trafficLeft -= 1
        if random.chance(5) { session.life.measuresAnew(at: boot) }
        if random.chance(25) {
            session.life.receivesKeepAlive(at: now)
            tell(session.index, "a keep-alive comes")
        } else if random.chance(50) {
            session.life.receives(at: now)
            tell(session.index, "bytes come")
        } else if session.life.isSending {
            session.life.stopsSending()
        } else {
            session.life.isSending = true
            tell(session.index, "bytes go, and go on")
        }
        agenda.add(.traffic(session.index), at: now + phase(of: session))
    }

    func output(_ session: SimulatedSession) {
        guard session.terminals.contains(where: \.exists) else { return }
        session.life.writes(at: now)
    }

    /// A program reads what nobody typed.
    func forge(_ session: SimulatedSession) throws(Failure) {
        guard session.processes.leaderIsAlive, let forgery = session.life.forgery,
            forgery.timesLeft > 0
        else { return }
        session.life.forgery?.timesLeft -= 1
        let pause =
            forgery.isRhythm
            ? forgery.period : forgery.period / 100 * random.between(70, 130)
        agenda.add(.forge(session.index), at: now + pause)
        guard let place = session.terminals.firstIndex(where: { $0.exists }),
            session.locking.standing == nil
        else { return }
        session.life.forges(at: now)
        if !session.ledger.isDoubted { session.forgedCounted = now }
        session.terminals[place].truth.isForged(
            at: now,
            forgery.period,
            isEqual: forgery.isRhythm && session.terminals[place].path != .unseen,
            isTold: isTold(session.terminals[place])
        )
        planKeyBeside(session, place, forgery.period)
        try isRead(session, place, by: "a forger")
    }

    /// A hand types while a machine plays: most of it once that is known, and where it may be taken
    /// for a beat.
    private func planKeyBeside(_ session: SimulatedSession, _ place: Int, _ period: Int64) {
        guard random.chance(session.terminals[place].truth.mayBeKnown ? 10 : 1) else { return }
        let after = random.pick([
            random.between(0, 600_000_000), period + random.between(-600_000_000, 600_000_000),
            random.between(0, period * 2),
        ])
        agenda.add(.read(session.index, terminal: place), at: now + max(1, after))
    }

    /// Time until the next turn of something that goes on by itself.
    private func phase(of session: SimulatedSession) -> Int64 {
        let scale = session.user.scale
        switch random.next() % 6 {
        case 0: return random.between(1_000_000, 2_000_000_000)
        case 1: return random.between(1_000_000, max(1_000_000, scale / 10))
        case 2: return scale + random.between(-2, 2)
        case 3: return random.between(scale, scale * 2)
        default: return random.between(1_000_000, scale)
        }
    }
}
