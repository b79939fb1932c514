import LapsePolicy

/// The end of a session: asked politely, then less so, as its ladder says. There is no way back,
/// so each way in here has read its evidence in the same turn.
extension Session {
    mutating func beginEnd(_ reason: EndReason, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        let idle = idle(at: now)
        let isLocked = lock != nil
        stage = .ending(
            Ending(
                reason: reason,
                idle: idle,
                remaining: allowance.end[...],
                nextStepAt: now,
                sparesDetached: allowance.detached != .end
            )
        )
        return [
            .tell(facts.id, .ended(reason)),
            .record(Record(.ending(reason, idle: idle), facts)),
        ] + nextStep(at: now) + thaw(isLocked)
    }

    /// What stands still takes its first signal before it can do anything else.
    private func thaw(_ isLocked: Bool) -> [Effect] { isLocked ? [.thaw(facts.id)] : [] }

    /// The next rung.
    ///
    /// With the leader gone its rungs are passed over.
    mutating func nextStep(at now: BootInstant) -> [Effect] {
        guard case .ending(var ending) = stage else { return [] }
        while let step = ending.remaining.first, step.target == .leader, ending.leaderGone {
            ending.remaining.removeFirst()
        }
        guard let step = ending.remaining.popFirst() ?? ending.nextKillRound() else {
            return ending.leaderGone ? finish(ending, at: now) : stuck(ending, at: now)
        }
        ending.nextStepAt = now + step.allowed
        ending.target = step.target
        ending.signal = step.signal
        let to: SignalOrder.Recipients
        switch step.target {
        case .leader:
            to = .leader
            ending.leaderAsked = true
        case .processes:
            to = ending.leaderAsked || ending.leaderGone ? .processesAndRelay : .processes
        }
        stage = .ending(ending)
        let order = SignalOrder(
            signal: step.signal,
            to: to,
            sparesDetached: ending.sparesDetached
        )
        return [.signal(facts.id, order)]
    }

    /// Nothing left to signal: with the leader gone too, the end is complete.
    ///
    /// A leader that could not be reached has most likely died a moment ago, and its exit is told
    /// next: the rung waits for that, or a leader that is gone would be called stuck.
    mutating func signalled(_ outcome: SignalOutcome, at now: BootInstant) -> [Effect] {
        guard case .ending(var ending) = stage else { return [] }
        ending.note(outcome)
        stage = .ending(ending)
        guard outcome.reached == 0 else { return [] }
        guard !ending.leaderGone else { return finish(ending, at: now) }
        guard ending.target == .leader else { return nextStep(at: now) }
        ending.nextStepAt = max(ending.nextStepAt, now + Self.exitToldWithin)
        stage = .ending(ending)
        return []
    }

    mutating func leaderExited(at now: BootInstant) -> [Effect] {
        guard case .ending(var ending) = stage else { return leaderDied(at: now) }
        ending.leaderGone = true
        let effects = recordEnd(&ending, at: now)
        stage = .ending(ending)
        return effects
    }

    mutating func closed(_ reason: CloseReason, at now: BootInstant) -> [Effect] {
        guard case .ending(var ending) = stage else {
            let duration = now.since(facts.opened)
            return [.record(Record(.closed(reason, duration: duration), facts)), .retire(facts.id)]
        }
        // The leader says that it closes; it is not gone yet, and its processes may not be.
        let effects = recordEnd(&ending, at: now)
        stage = .ending(ending)
        return effects
    }

    /// The leader vanished without a word: whatever it held up must not live on unwatched, unless
    /// nobody is to be disturbed at all.
    private mutating func leaderDied(at now: BootInstant) -> [Effect] {
        let duration = now.since(facts.opened)
        let record = Effect.record(Record(.closed(.leaderDied, duration: duration), facts))
        guard mode == .enforce else { return [record, .retire(facts.id)] }
        let isLocked = lock != nil
        var ending = Ending(
            reason: nil,
            idle: idle(at: now),
            remaining: allowance.end[...],
            nextStepAt: now,
            sparesDetached: allowance.detached != .end
        )
        ending.leaderGone = true
        ending.recorded = true
        stage = .ending(ending)
        return [record] + nextStep(at: now) + thaw(isLocked)
    }

    private func recordEnd(_ ending: inout Ending, at now: BootInstant) -> [Effect] {
        guard !ending.recorded, let reason = ending.reason else { return [] }
        ending.recorded = true
        let duration = now.since(facts.opened)
        return [.record(Record(.ended(reason, idle: ending.idle, duration: duration), facts))]
    }

    /// The ladder is at its end and the leader still there (uninterruptible sleep, a debugger):
    /// say so once, keep it in the table, and go on with the last two rungs.
    private mutating func stuck(_ ending: Ending, at now: BootInstant) -> [Effect] {
        var ending = ending
        ending.remaining = allowance.end.suffix(2)
        ending.nextStepAt = now + Self.stuckRetryAfter
        let first = !ending.isStuck
        ending.isStuck = true
        stage = .ending(ending)
        return first ? [.record(Record(.stuck, facts))] : []
    }

    /// The exit of a leader is told in the turn after it, whatever else that turn has to do.
    private static let exitToldWithin: Duration = .seconds(1)
    private static let stuckRetryAfter: Duration = .seconds(5)

    /// The ladder is done and the leader gone; what lives apart from the terminals is spared, or
    /// has its time yet.
    private mutating func finish(_ ending: Ending, at now: BootInstant) -> [Effect] {
        var ending = ending
        var effects = recordEnd(&ending, at: now)
        effects += ending.whatBecameOfThem.map { .record(Record($0, facts)) }
        guard ending.sparesDetached, !ending.spared.isEmpty else {
            return effects + [.retire(facts.id)]
        }
        guard case .after(let delay) = allowance.detached else {
            effects.append(.record(Record(.spared(ending.spared, endIn: nil), facts)))
            return effects + [.retire(facts.id)]
        }
        effects.append(.record(Record(.spared(ending.spared, endIn: delay), facts)))
        ending.sparesDetached = false
        ending.killed = nil
        ending.killRounds = 0
        ending.remaining = Self.detachedLadder[...]
        ending.nextStepAt = now + delay
        stage = .ending(ending)
        return effects
    }

    /// How what was detached is ended when its time is over: nobody is there to be asked.
    private static let detachedLadder = [
        EndStep(signal: .terminate, target: .processes, allowed: .seconds(5)),
        EndStep(signal: .kill, target: .processes, allowed: .seconds(1)),
    ]
}

// MARK: - Until nobody is left

extension Ending {
    /// Rounds of SIGKILL after the ladder, one a second.
    ///
    /// The first finds nobody in the ordinary case. What outlives ten is in uninterruptible sleep
    /// (a file server that is gone), or forks faster than it can be found.
    package static let killRoundsMax = 10
    private static let killRound = EndStep(
        signal: .kill,
        target: .processes,
        allowed: .seconds(1)
    )

    /// Takes in whom the last signal was for.
    fileprivate mutating func note(_ outcome: SignalOutcome) {
        guard target == .processes else { return }
        spared = outcome.spared
        swept.formUnion(outcome.detached)
        killed = signal == .kill ? outcome : nil
    }

    /// One more SIGKILL, if the ladder ended with one and somebody was there to take it: he may
    /// have forked before he died.
    fileprivate mutating func nextKillRound() -> EndStep? {
        guard leaderGone, let killed, killed.reached > 0, killRounds < Self.killRoundsMax else {
            return nil
        }
        killRounds += 1
        return Self.killRound
    }

    /// What the record says of the processes that were signalled.
    fileprivate var whatBecameOfThem: [Record.What] {
        var all: [Record.What] = swept.isEmpty ? [] : [.swept(swept)]
        if let killed, killed.reached > 0 {
            var left = killed.attached
            left.formUnion(killed.detached)
            all.append(.left(left))
        }
        return all
    }
}

// MARK: - Without a limit of time

extension Session {
    /// What let the user in does not hold any more.
    mutating func revoke(_ revocation: Revocation, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        let reason = revocation.reason
        guard mode == .observe else { return beginEnd(reason, at: now) }
        guard case .account(let fault) = revocation, passedOver.insert(fault).inserted else {
            return []
        }
        return [.record(Record(.overdue(reason, idle: idle(at: now)), facts))]
    }
}
