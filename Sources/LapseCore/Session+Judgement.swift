import LapsePolicy

/// The straight path of a living session: active, warned, and over to its end.
extension Session {
    /// An unmeasurable session is looked at this often: the terminal that it lacks may come.
    ///
    /// So is, at most, one that was only recorded as overdue: stamps alone may tell that it is not.
    private static let lookAgainAfter: Duration = .seconds(30)
    /// Evidence is answered in the same turn; this is for the case that the look itself failed.
    private static let evidenceWithin: Duration = .seconds(1)

    /// What is left of a keep-alive comes in a round trip and the time that the other end takes.
    private static let decidedWithin: Duration = .milliseconds(500)

    mutating func handle(_ event: Event, at now: BootInstant) -> [Effect] {
        switch event {
        case .opened, .deadline: []
        case .allowanceChanged(_, let allowance, let mode): allow(allowance, mode, at: now)
        case .cutoffsKnown(_, let cutoffs): set(cutoffs, at: now)
        case .revoked(_, let revocation): revoke(revocation, at: now)
        case .touched(_, let user): touch(by: user, at: now)
        case .held(_, let hold): self.hold(hold, at: now)
        case .released(_, let user): release(by: user, at: now)
        case .extended(_, let longer): extend(longer, at: now)
        case .input(_, let moment): input(at: moment, now: now)
        case .remembered(_, let former): remember(former, now: now)
        case .evidence(_, let evidence): judge(evidence, at: now)
        case .lockRequested(_, let user, let why): lockRequested(by: user, why: why, at: now)
        case .relocked(_, let lock): relock(lock, at: now)
        case .lockAnswered(_, let outcome): lockAnswered(outcome, at: now)
        case .reauthFailed(_, let why, let terminal): reauthFailed(why, terminal: terminal)
        case .unlocked(_, let how): unlocked(how, at: now)
        case .passwordKnown(_, let isKnown): passwordKnown(isKnown, at: now)
        case .slept(_, let length): slept(for: length, at: now)
        case .endRequested(_, let request): beginEnd(.request(request), at: now)
        case .closeReported: closed(.logout, at: now)
        case .leaderExited: leaderExited(at: now)
        case .signalled(_, let outcome): signalled(outcome, at: now)
        }
    }

    /// The moment at which something may have to be done for this session.
    var nextDeadline: BootInstant? {
        if case .ending(let ending) = stage { return ending.nextStepAt }
        if let evidenceDue { return evidenceDue }
        var next = lock.map(\.endsAt) ?? idleDeadline.map { min($0, sampleAt ?? $0) } ?? sampleAt
        for timer in timers where !isWaiting(timer) {
            guard let moment = timer.nextMoment else { continue }
            next = min(next ?? moment, moment)
        }
        return next
    }

    /// A deadline came: the end goes on, or the evidence is read before anything is decided.
    mutating func due(at now: BootInstant) -> [Effect] {
        // A deadline that has moved since it was set: nothing is due yet, and a rung of the ladder
        // keeps the time that it was given.
        guard let next = nextDeadline, next <= now else { return [] }
        return isEnding ? nextStep(at: now) : look(at: now)
    }

    /// Asks for the evidence that is to be judged by.
    mutating func look(at now: BootInstant) -> [Effect] {
        evidenceDue = now + Self.evidenceWithin
        return [.look(facts.id)]
    }

    /// How long the session has been idle; nil if that cannot be said.
    package func idle(at now: BootInstant) -> Duration? {
        unmeasurable == nil ? max(.zero, now.since(lastInput)) : nil
    }
}

// MARK: - Evidence

extension Session {
    /// A key was read; of a session whose input was forged, a look has to say whether it was one.
    private mutating func input(at moment: BootInstant, now: BootInstant) -> [Effect] {
        guard !isEnding, lock == nil else { return [] }
        guard !isInputDoubted else {
            return evidenceDue == nil ? look(at: now) : []
        }
        let effects = follow { $0.see(moment, now: now) }
        sampleAfterInput(at: now)
        return effects
    }

    private mutating func remember(_ former: FormerActivity, now: BootInstant) -> [Effect] {
        if let renewed = former.renewed {
            let old = self
            lifetimeFrom = min(renewed, now)
            replaceLifetime(since: old, at: now)
        }
        return follow {
            $0.see(former.hand, now: now)
            $0.others.former = former.other.map { min($0, now) }
        }
    }

    /// Takes in activity and says what follows for the idle limit.
    ///
    /// Later than before: a standing warning is void. Earlier: what was counted did not count, and
    /// nobody's session ends without a word for that.
    mutating func follow(_ change: (inout Session) -> Void) -> [Effect] {
        let old = self
        change(&self)
        let (before, after) = (old.lastInput, lastInput)
        if after < before { giveNoticeOfIdle(since: old) }
        guard after > before else { return [] }
        isIdleOverdue = false
        return keepFromIdle()
    }

    /// A standing warning of idleness is void, and that is said.
    mutating func keepFromIdle() -> [Effect] {
        let wasRunning = idleCountdown.isRunning
        idleCountdown.cancel()
        guard wasRunning, !isEnding else { return [] }
        stage = livingStage
        return [.tell(facts.id, .kept), .record(Record(.kept, facts))]
    }

    private mutating func judge(_ evidence: Evidence, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        evidenceDue = nil
        guard lock == nil else { return judgeLocked(at: now) }
        var effects = note(evidence.suspicions)
        effects += follow { $0.take(evidence, now: now) }
        trust(evidence)
        effects += noteWorkMax()
        if unmeasurable != nil, allowance.unmeasurable == .report {
            // What was said on a terminal that is gone binds nobody.
            idleCountdown.cancel()
            stage = livingStage
        }
        let idle = unmeasurable == nil ? allowance.idle.duration ?? .zero : .zero
        lookAgain = now + max(Self.lookAgainAfter, idle)
        sampleAfterLook(at: now)
        for index in timers.indices where !timers[index].isOverdue && !isEnding {
            effects += act(onTimer: index, at: now)
        }
        if !isEnding, lock == nil { effects += actOnIdle(at: now) }
        return effects
    }

    private mutating func take(_ evidence: Evidence, now: BootInstant) {
        unmeasurable = evidence.unmeasurable
        hasTerminal = evidence.hasTerminal
        mayActAlone = evidence.mayActAlone
        isUndecided = evidence.isUndecided
        if !isUndecided { hasAskedAgain = false }
        let former = lastSeen
        if let moment = evidence.noInputSince { unsee(since: moment) }
        if let moment = evidence.input { see(moment, now: now) }
        others.note(evidence, areHand: receivesHand, now: now)
        if lastSeen != former { isWorkMaxRecorded = false }
    }

    /// A hand that is new and not doubtful ends all doubt.
    private mutating func trust(_ evidence: Evidence) {
        defer { judgedHand = lastSeen }
        guard lastSeen > judgedHand, evidence.noInputSince == nil else { return }
        isInputDoubted = false
        if evidence.suspicions.isEmpty { suspected = [] }
    }

    private mutating func note(_ suspicions: [Suspicion]) -> [Effect] {
        suspicions.filter { suspected.insert($0.kind).inserted }
            .map { .record(Record(.suspicious($0), facts)) }
    }

    private mutating func noteWorkMax() -> [Effect] {
        guard !isWorkMaxRecorded, let max = allowance.workMax.duration,
            let capped = cappedActivity
        else { return [] }
        isWorkMaxRecorded = true
        return [.record(Record(.workMaxReached(max, what: capped.what), facts))]
    }

    mutating func act(onTimer index: Int, at now: BootInstant) -> [Effect] {
        guard !isWaiting(timers[index]) else { return [] }
        let cutoff = timers[index].cutoff
        switch timers[index].countdown.step(at: now, limitAt: cutoff.at) {
        case .wait:
            return []
        case .warn(let remaining):
            timers[index].countdown.warned(at: now, limitAt: cutoff.at)
            return warn(cutoff.reason, remaining, at: now)
        case .end where mode == .observe:
            timers[index].isOverdue = true
            return [.record(Record(.overdue(cutoff.reason, idle: idle(at: now)), facts))]
        case .end:
            guard case .lifetime(let limit) = cutoff.reason, consequence(of: .lifetime) == .lock
            else { return beginEnd(cutoff.reason, at: now) }
            return beginLock(.lifetime(limit: limit), at: now)
        }
    }

    mutating func actOnIdle(at now: BootInstant) -> [Effect] {
        guard let limitAt = idleAt, let limit = allowance.idle.duration, !isIdleOverdue else {
            return []
        }
        let reason = EndReason.idle(limit: limit)
        switch idleCountdown.step(at: now, limitAt: limitAt) {
        case .wait:
            return []
        case .warn(let remaining):
            idleCountdown.warned(at: now, limitAt: limitAt)
            return warn(reason, remaining, at: now)
        case .end where isUndecided && !hasAskedAgain:
            hasAskedAgain = true
            evidenceDue = now + Self.decidedWithin
            return []
        case .end where mode == .observe || allowance.onIdle == .report:
            isIdleOverdue = true
            return [.record(Record(.overdue(reason, idle: idle(at: now)), facts))]
        case .end where idleConsequence == .lock:
            return beginLock(.idle(limit: limit), at: now)
        case .end:
            return beginEnd(reason, at: now)
        }
    }

    private mutating func warn(
        _ reason: EndReason,
        _ remaining: Duration,
        at now: BootInstant
    ) -> [Effect] {
        stage = livingStage
        let then = consequence(of: reason.kind)
        return [
            .tell(facts.id, .warning(reason, remaining: remaining, then: then)),
            .record(Record(.warned(reason, remaining: remaining, idle: idle(at: now)), facts)),
        ]
    }
}
