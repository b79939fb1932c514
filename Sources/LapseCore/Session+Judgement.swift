import LapsePolicy

/// The straight path of a living session: active, warned, and over to its end.
extension Session {
    /// An unmeasurable session is looked at this often: the terminal that it lacks may come.
    ///
    /// So is, at most, one that was only recorded as overdue: stamps alone may tell that it is not.
    private static let lookAgainAfter: Duration = .seconds(30)
    /// Evidence is answered in the same turn; this is for the case that the look itself failed.
    private static let evidenceWithin: Duration = .seconds(1)

    mutating func handle(_ event: Event, at now: BootInstant) -> [Effect] {
        switch event {
        case .opened, .deadline: []
        case .input(_, let moment): input(at: moment, now: now)
        case .evidence(_, let evidence): judge(evidence, at: now)
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
        return [idleDeadline, lifetimeDeadline].compactMap { $0 }.min()
    }

    /// A deadline came: the end goes on, or the evidence is read before anything is decided.
    mutating func due(at now: BootInstant) -> [Effect] {
        // A deadline that has moved since it was set: nothing is due yet, and a rung of the ladder
        // keeps the time that it was given.
        guard let next = nextDeadline, next <= now else { return [] }
        if isEnding { return nextStep(at: now) }
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
    private mutating func input(at moment: BootInstant, now: BootInstant) -> [Effect] {
        guard moment > lastInput else { return [] }
        lastInput = moment
        overdue.remove(.idle)
        guard idleCountdown.isRunning, !isEnding else { return [] }
        idleCountdown.cancel()
        stage = lifetimeCountdown.isRunning ? .warned : .active
        return [.tell(facts.id, .kept), .record(Record(.kept, facts))]
    }

    private mutating func judge(_ evidence: Evidence, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        evidenceDue = nil
        var effects: [Effect] = []
        switch evidence {
        case .measured(let moment):
            unmeasurable = nil
            effects += input(at: moment, now: now)
        case .unmeasurable(let reason):
            unmeasurable = reason
            // What was said on a terminal that is gone binds nobody.
            idleCountdown.cancel()
            stage = lifetimeCountdown.isRunning ? .warned : .active
        }
        let idle = unmeasurable == nil ? allowance.idle.duration ?? .zero : .zero
        lookAgain = now + max(Self.lookAgainAfter, idle)
        if let limitAt = lifetimeAt, !overdue.contains(.lifetime) {
            effects += act(
                lifetimeCountdown.step(at: now, limitAt: limitAt),
                on: \.lifetimeCountdown,
                limitAt: limitAt,
                at: now
            )
        }
        if let limitAt = idleAt, !overdue.contains(.idle), !isEnding {
            effects += act(
                idleCountdown.step(at: now, limitAt: limitAt),
                on: \.idleCountdown,
                limitAt: limitAt,
                at: now
            )
        }
        return effects
    }

    private mutating func act(
        _ step: Countdown.Step,
        on countdown: WritableKeyPath<Session, Countdown>,
        limitAt: BootInstant,
        at now: BootInstant
    ) -> [Effect] {
        let isIdle = countdown == \Session.idleCountdown
        let reason: EndReason? =
            isIdle
            ? allowance.idle.duration.map { .idle(limit: $0) }
            : allowance.lifetime.duration.map { .lifetime(limit: $0) }
        guard let reason else { return [] }
        switch step {
        case .wait:
            return []
        case .warn(let remaining):
            self[keyPath: countdown].warned(at: now, limitAt: limitAt)
            stage = .warned
            return [
                .tell(facts.id, .warning(reason.cause, remaining: remaining)),
                .record(Record(.warned(reason, remaining: remaining, idle: idle(at: now)), facts)),
            ]
        case .end where mode == .observe || (isIdle && allowance.onIdle == .report):
            overdue.insert(isIdle ? .idle : .lifetime)
            return [.record(Record(.overdue(reason, idle: idle(at: now)), facts))]
        case .end:
            return beginEnd(reason, at: now)
        }
    }
}

// MARK: - Limits

extension Session {
    var isEnding: Bool {
        if case .ending = stage { true } else { false }
    }

    private var idleAt: BootInstant? {
        guard unmeasurable == nil, let limit = allowance.idle.duration else { return nil }
        return lastInput + limit
    }

    private var lifetimeAt: BootInstant? {
        allowance.lifetime.duration.map { facts.opened + $0 }
    }

    private var idleDeadline: BootInstant? {
        guard allowance.idle != .never else { return nil }
        // Not measured, or reached and only recorded: the next input begins a new count.
        guard let limitAt = idleAt, !overdue.contains(.idle) else { return lookAgain }
        return idleCountdown.nextMoment(limitAt: limitAt)
    }

    private var lifetimeDeadline: BootInstant? {
        guard !overdue.contains(.lifetime) else { return nil }
        return lifetimeAt.map { lifetimeCountdown.nextMoment(limitAt: $0) }
    }

    /// The limit that a standing warning is for; the idle limit first, since it can be cancelled.
    package var warnedFor: LimitName? {
        if idleCountdown.isRunning { return .idle }
        return lifetimeCountdown.isRunning ? .lifetime : nil
    }

    /// What happens next, and when, if nobody touches the session; nil if nothing does.
    package var next: Next? {
        guard !isEnding else { return nil }
        let idle = overdue.contains(.idle) ? nil : idleAt.map { idleCountdown.next(limitAt: $0) }
        let life =
            overdue.contains(.lifetime)
            ? nil : lifetimeAt.map { lifetimeCountdown.next(limitAt: $0) }
        switch (idle, life) {
        case (nil, nil): return nil
        case (let idle?, nil): return Next(limit: .idle, what: idle.what, at: idle.at)
        case (nil, let life?): return Next(limit: .lifetime, what: life.what, at: life.at)
        case (let idle?, let life?):
            return idle.at <= life.at
                ? Next(limit: .idle, what: idle.what, at: idle.at)
                : Next(limit: .lifetime, what: life.what, at: life.at)
        }
    }

    /// The next consequence of a session's limits.
    package struct Next: Equatable, Sendable {
        package let limit: LimitName
        package let what: Countdown.Consequence
        package let at: BootInstant
    }

    /// Which of the two limits.
    package enum LimitName: String, Equatable, Sendable {
        case idle
        case lifetime
    }
}

extension EndReason {
    var cause: Notice.Cause {
        switch self {
        case .idle(let limit): .idle(limit: limit)
        case .lifetime(let limit): .lifetime(limit: limit)
        case .request(let request): .request(request)
        }
    }
}
