package import LapsePolicy

/// Locked in place: nothing counts as activity but re-authentication, and all limits but the idle
/// one go on.
extension Session {
    /// The lock that stands; nil if the session is not locked.
    package var lock: Lock? {
        if case .locked(let lock) = stage { lock } else { nil }
    }

    /// Whether its user could unlock it: there is a terminal to ask him on, and a way to answer.
    package var canBeLocked: Bool { hasTerminal && !hasLockFailed && hasWayToUnlock }

    /// Whether its user could prove who he is, as far as is known.
    package var hasWayToUnlock: Bool { hasPassword || allowance.unlock == .pam }

    /// What the idle limit brings.
    package var idleConsequence: IdleAction {
        allowance.onIdle == .lock && !canBeLocked ? .end : allowance.onIdle
    }

    /// Whether the lifetime brings a lock, not the end.
    private var isRenewable: Bool {
        allowance.onLifetime == .reauth && canBeLocked && !hasRenewalFailed
    }

    /// The lifetime of a session that is locked anyway waits for the proof that renews it.
    func isWaiting(_ timer: Timer) -> Bool {
        lock != nil && mode == .enforce && isRenewable && timer.cutoff.reason.kind == .lifetime
    }

    /// A lifetime that waited for a proof and does so no more may long be over: a warning's time is
    /// left all the same.
    mutating func giveNoticeOfLifetime(since old: Session, at now: BootInstant) {
        guard old.timers.contains(where: old.isWaiting), !timers.contains(where: isWaiting),
            let index = lifetimeIndex
        else { return }
        let timer = timers[index]
        guard timer.countdown.end(limitAt: timer.cutoff.at) <= now else { return }
        timers[index] = Timer(timer.cutoff, opened: lifetimeFrom, warnings: warnings)
        timers[index].countdown.giveNotice(of: warnings.last)
    }

    private var lifetimeIndex: Int? {
        timers.firstIndex { $0.cutoff.reason.kind == .lifetime }
    }

    /// What the end of this countdown brings.
    func consequence(of reason: EndReason.Kind) -> Countdown.Consequence {
        switch reason {
        case .idle: idleConsequence == .lock ? .lock : .end
        case .lifetime: isRenewable ? .lock : .end
        default: .end
        }
    }

    mutating func beginLock(_ reason: LockReason, at now: BootInstant) -> [Effect] {
        guard !isEnding, lock == nil else { return [] }
        idleCountdown.cancel()
        isLockBlind = false
        var lock = Lock(reason, since: now)
        lock.endsAt = lockEnd(since: now)
        stage = .locked(lock)
        return [.lock(facts.id, reason)]
    }

    private func lockEnd(since moment: BootInstant) -> BootInstant? {
        mode == .enforce ? allowance.lockFor.duration.map { moment + $0 } : nil
    }

    /// Somebody who may asks for the lock.
    mutating func lockRequested(by user: UserID, why: String, at now: BootInstant) -> [Effect] {
        beginLock(.request(by: user, why: why), at: now)
    }

    /// A sleep of the machine as long as the idle limit is past it, whatever was typed before.
    ///
    /// So the lock does not wait for a look, which would find the key that woke the machine, nor for
    /// a warning, in whose time any key would keep the session. A lock loses nobody his work; an end
    /// would, and waits for both.
    mutating func slept(for length: Duration, at now: BootInstant) -> [Effect] {
        guard mode == .enforce, let limit = allowance.idle.duration, limit <= length,
            idleConsequence == .lock, unmeasurable == nil, facts.opened <= now - length,
            hold.map({ $0.until <= now }) ?? true,
            !idleCountdown.isRunning || idleCountdown.end(limitAt: now) <= now
        else { return [] }
        let effects = beginLock(.idle(limit: limit), at: now)
        isLockBlind = true
        return effects
    }

    /// A daemon before this one had locked it.
    mutating func relock(_ former: Lock, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        idleCountdown.cancel()
        var lock = former
        lock.endsAt = lockEnd(since: former.since).map { max($0, now) }
        stage = .locked(lock)
        return [.lock(facts.id, lock.reason)]
    }

    mutating func lockAnswered(_ outcome: LockOutcome, at now: BootInstant) -> [Effect] {
        guard case .locked(var lock) = stage else { return [] }
        switch outcome {
        case .stands:
            (hasLockFailed, hasRenewalFailed) = (false, false)
            guard !lock.isRecorded else { return [] }
            lock.isRecorded = true
            stage = .locked(lock)
            let endsIn = lock.endsAt?.since(now)
            return [
                .record(Record(.locked(lock.reason, idle: idle(at: now), endsIn: endsIn), facts))
            ]
        case .failed(let why):
            return lockFailed(lock, why, at: now)
        }
    }

    /// What cannot be locked is ended, but not without a warning of that.
    private mutating func lockFailed(
        _ lock: Lock,
        _ why: String,
        at now: BootInstant
    ) -> [Effect] {
        let old = self
        stage = .active
        stage = livingStage
        hasLockFailed = true
        if lock.reason.kind == .lifetime { hasRenewalFailed = true }
        giveNoticeOfLifetime(since: old, at: now)
        if actsWhenIdle, let limit = allowance.idle.duration {
            idleCountdown.giveNotice(of: warnings.last.map { min($0, limit) })
        }
        let effects: [Effect] = [.record(Record(.lockFailed(lock.reason, why: why), facts))]
        // One that stood was blind to all that happened since, one of a sleep to what came with it.
        guard !lock.isRecorded, !isLockBlind else { return effects + look(at: now) }
        switch lock.reason {
        case .request: return effects
        case .idle: return effects + actOnIdle(at: now)
        case .lifetime:
            guard let index = lifetimeIndex, !timers[index].isOverdue else { return effects }
            return effects + act(onTimer: index, at: now)
        }
    }

    /// The user is back, or root says so: both count as a hand.
    mutating func unlocked(_ how: Unlocking, at now: BootInstant) -> [Effect] {
        guard let lock else { return [] }
        let old = self
        stage = .active
        see(now, now: now)
        handProved = now
        judgedHand = lastSeen
        isInputDoubted = false
        suspected = []
        isIdleOverdue = false
        idleCountdown = newIdleCountdown
        if how == .reauthenticated, allowance.onLifetime == .reauth { renewLifetime(at: now) }
        giveNoticeOfLifetime(since: old, at: now)
        stage = livingStage
        sampleAt = nil
        sampleAfterInput(at: now)
        let after = now.since(lock.since)
        let record = Record(.unlocked(how, after: after, failedTries: lock.failedTries), facts)
        return [.unlock(facts.id), .record(record)]
    }

    mutating func reauthFailed(_ why: String, terminal: String) -> [Effect] {
        guard case .locked(var lock) = stage else { return [] }
        lock.failedTries += 1
        stage = .locked(lock)
        let record = Record.What.reauthFailed(why, terminal: terminal, tries: lock.failedTries)
        return [.record(Record(record, facts))]
    }

    /// Whether the user has a password is known now, or has changed.
    ///
    /// A warning that was given of a lock holds for an end: it came in time for both.
    mutating func passwordKnown(_ hasPassword: Bool, at now: BootInstant) -> [Effect] {
        let old = self
        self.hasPassword = hasPassword
        giveNoticeOfLifetime(since: old, at: now)
        return []
    }

    /// The allowance has changed: a lock lasts as long as it says now.
    ///
    /// An end that comes nearer by that leaves a warning's time from now on.
    mutating func moveLockEnd(at now: BootInstant) {
        guard case .locked(var lock) = stage else { return }
        let former = lock.endsAt
        let notice = min(allowance.warn.first ?? .zero, allowance.lockFor.duration ?? .zero)
        lock.endsAt = lockEnd(since: lock.since).map {
            max($0, min(former ?? now + notice, now + notice))
        }
        stage = .locked(lock)
    }

    /// While it is locked, there is no activity to be judged.
    mutating func judgeLocked(at now: BootInstant) -> [Effect] {
        var effects: [Effect] = []
        for index in timers.indices where !timers[index].isOverdue && !isEnding {
            effects += act(onTimer: index, at: now)
        }
        guard let endsAt = lock?.endsAt, endsAt <= now, let limit = allowance.lockFor.duration
        else { return effects }
        return effects + beginEnd(.locked(limit: limit), at: now)
    }

    /// The lifetime counts anew; what root had added beyond that stays.
    private mutating func renewLifetime(at now: BootInstant) {
        let former = lifetimeCutoff
        lifetimeFrom = now
        lifetimeExtension = .zero
        guard let former, let renewed = lifetimeCutoff, let index = lifetimeIndex else { return }
        lifetimeExtension = max(.zero, former.at.since(renewed.at))
        guard former.at < renewed.at else { return }
        hasRenewalFailed = false
        let old = timers[index]
        timers[index] = Timer(renewed, opened: now, warnings: warnings)
        timers[index].countdown.keepPromise(of: old.countdown, limitAt: renewed.at)
    }
}
