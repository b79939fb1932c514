import LapsePolicy

/// A moment at which a session ends, used or not: closing hours, a certificate that runs out.
package struct Cutoff: Equatable, Sendable {
    package let reason: EndReason
    package let at: BootInstant

    package init(_ reason: EndReason, at: BootInstant) {
        self.reason = reason
        self.at = at
    }

    /// This cutoff in the place of the one that stands.
    ///
    /// The moment stays where only the clocks were read anew, or where both are past: what is over
    /// cannot be over later, and what was promised or recorded of it stands.
    func settled(on standing: Cutoff, at now: BootInstant) -> Cutoff {
        let isReading =
            standing.at - WallOffset.stepMin <= at && at <= standing.at + WallOffset.stepMin
        guard isReading || max(at, standing.at) <= now else { return self }
        return Cutoff(reason, at: standing.at)
    }
}

/// One cutoff of a session with its warnings.
struct Timer: Equatable, Sendable {
    var cutoff: Cutoff
    var countdown: Countdown
    /// It was reached and only recorded.
    var isOverdue = false

    /// A timer for a session that has been open since `opened`: a warning that would have been due
    /// before it opened is skipped.
    init(_ cutoff: Cutoff, opened: BootInstant, warnings: [Duration]) {
        self.cutoff = cutoff
        countdown = Countdown(limit: cutoff.at.since(opened), warnings: warnings)
    }

    /// When something is to be done; nil if nothing is any more.
    var nextMoment: BootInstant? {
        isOverdue ? nil : countdown.nextMoment(limitAt: cutoff.at)
    }
}

// MARK: - When the limits are reached

extension Session {
    var isEnding: Bool {
        if case .ending = stage { true } else { false }
    }

    /// When the idle limit is reached; nil if there is none or nothing tells of activity.
    var idleAt: BootInstant? {
        guard unmeasurable == nil || allowance.unmeasurable == .end,
            let limit = allowance.idle.duration
        else { return nil }
        let at = lastInput + limit
        return max(at, hold?.until ?? at, idleNotBefore ?? at)
    }

    var idleDeadline: BootInstant? {
        guard allowance.idle != .never else { return nil }
        // Not measured, or reached and only recorded: the next input begins a new count.
        guard let limitAt = idleAt, !isIdleOverdue else { return lookAgain }
        let next = idleCountdown.nextMoment(limitAt: limitAt)
        // Of a session without a terminal, nothing but a new look tells that it has one by now.
        return unmeasurable == nil ? next : min(next, max(lookAgain, lastInput))
    }

    /// Every limit that is still to come: its kind, what it brings next, and when.
    package var upcoming: [Next] {
        guard !isEnding else { return [] }
        var all: [Next] = []
        if let lock {
            if let end = lock.endsAt { all.append(Next(limit: .locked, what: .end, at: end)) }
        } else if let idleAt, !isIdleOverdue {
            let next = idleCountdown.next(limitAt: idleAt)
            all.append(Next(limit: .idle, what: following(next.what, of: .idle), at: next.at))
        }
        for timer in timers where !timer.isOverdue && !isWaiting(timer) {
            let next = timer.countdown.next(limitAt: timer.cutoff.at)
            let kind = timer.cutoff.reason.kind
            all.append(Next(limit: kind, what: following(next.what, of: kind), at: next.at))
        }
        return all.sorted { $0.at < $1.at }
    }

    private func following(
        _ what: Countdown.Consequence,
        of kind: EndReason.Kind
    ) -> Countdown.Consequence {
        what == .end ? consequence(of: kind) : what
    }

    /// What happens next, and when, if nobody touches the session; nil if nothing does.
    package var next: Next? { upcoming.first }

    /// The limit that a standing warning is for; the idle limit first, since it can be cancelled.
    package var warnedFor: EndReason.Kind? {
        if idleCountdown.isRunning { return .idle }
        return timers.first { $0.countdown.isRunning }?.cutoff.reason.kind
    }

    /// The stage by what stands: a lock, a warning or none.
    var livingStage: Stage {
        if let lock { return .locked(lock) }
        return warnedFor == nil ? .active : .warned
    }

    /// The next consequence of one of a session's limits.
    package struct Next: Equatable, Sendable {
        package let limit: EndReason.Kind
        package let what: Countdown.Consequence
        package let at: BootInstant
    }
}

// MARK: - When the limits change

extension Session {
    /// The policy allows something else from now on: it was reloaded, root came in, a group went.
    ///
    /// An end that is under way goes on as it began.
    mutating func allow(_ new: Allowance, _ mode: Mode, at now: BootInstant) -> [Effect] {
        guard !isEnding, new != allowance || mode != self.mode else { return [] }
        let old = self
        allowance = new
        self.mode = mode
        if new.workMax != old.allowance.workMax { isWorkMaxRecorded = false }
        let isLater = idleAt.map { at in old.idleAt.map { $0 < at } ?? true } ?? true
        if isLater || mode != old.mode || new.idle != old.allowance.idle
            || new.onIdle != old.allowance.onIdle
        {
            isIdleOverdue = false
        }
        idleCountdown = newIdleCountdown
        moveLockEnd(at: now)
        // Where nothing follows any more, nothing is promised.
        if actsWhenIdle, let idleAt {
            idleCountdown.keepPromise(of: old.idleCountdown, limitAt: idleAt)
        }
        giveNoticeOfIdle(since: old)
        sampleAfterChange(at: now)
        replaceLifetime(since: old, at: now)
        giveNoticeOfLifetime(since: old, at: now)
        return eased(from: old)
    }

    /// The shell knows of other cutoffs than before; the lifetime is the session's own.
    mutating func set(_ cutoffs: [Cutoff], at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        let old = self
        replace(cutoffs, since: old, at: now)
        return eased(from: old)
    }

    /// The lifetime grows by an order.
    mutating func extend(_ extension: Extension, at now: BootInstant) -> [Effect] {
        guard !isEnding else { return [] }
        let old = self
        lifetimeExtension += `extension`.by
        replaceLifetime(since: old, at: now)
        return [.record(Record(.extended(`extension`), facts))] + eased(from: old)
    }

    /// The lifetime's end has moved; the other cutoffs stand.
    mutating func replaceLifetime(since old: Session, at now: BootInstant) {
        replace(timers.map(\.cutoff).filter { $0.reason.kind != .lifetime }, since: old, at: now)
    }

    private mutating func replace(_ cutoffs: [Cutoff], since old: Session, at now: BootInstant) {
        let formerEnd = old.timer(of: .lifetime)?.cutoff.at
        if lifetimeCutoff?.at != formerEnd { hasRenewalFailed = false }
        let own = lifetimeCutoff.map { [timer(for: $0, since: old)] } ?? []
        timers =
            own
            + cutoffs.map { cutoff in
                let standing = old.timer(of: cutoff.reason.kind)?.cutoff
                return timer(
                    for: standing.map { cutoff.settled(on: $0, at: now) } ?? cutoff,
                    since: old
                )
            }
        stage = livingStage
    }

    /// The timer of a cutoff that may have changed, or its warnings, or the mode.
    ///
    /// What a standing warning promised is kept where the end would come sooner or at that time; an
    /// end that has moved away is warned of anew. A lifetime that no warning fits into has none, as
    /// the policy has it, unless it came nearer; of a moment the policy can have no such opinion.
    private func timer(for cutoff: Cutoff, since old: Session) -> Timer {
        let isLifetime = cutoff.reason.kind == .lifetime
        let from = isLifetime ? lifetimeFrom : facts.opened
        var timer = Timer(cutoff, opened: from, warnings: warnings)
        var formerEnd: BootInstant?
        if let standing = old.timer(of: cutoff.reason.kind), mode == old.mode {
            timer.isOverdue = standing.isOverdue && cutoff.at <= standing.cutoff.at
            timer.countdown.keepPromise(of: standing.countdown, limitAt: cutoff.at)
            if !timer.countdown.owesNotice(after: standing.countdown) {
                formerEnd = standing.countdown.end(limitAt: standing.cutoff.at)
            }
        }
        if !isLifetime || formerEnd.map({ cutoff.at < $0 }) ?? true {
            timer.countdown.giveNotice(of: warnings.last)
        }
        return timer
    }

    private func timer(of kind: EndReason.Kind) -> Timer? {
        timers.first { $0.cutoff.reason.kind == kind }
    }

    /// An idle limit that is shorter than every warning, and has come nearer by a change, counts
    /// from that change.
    mutating func giveNoticeOfIdle(since old: Session) {
        guard actsWhenIdle, let idleAt, let limit = allowance.idle.duration else { return }
        if old.actsWhenIdle, !idleCountdown.owesNotice(after: old.idleCountdown),
            let formerAt = old.idleAt
        {
            guard idleAt < old.idleCountdown.end(limitAt: formerAt) else { return }
        }
        idleCountdown.giveNotice(of: warnings.last.map { min($0, limit) })
    }

    var actsWhenIdle: Bool { mode == .enforce && allowance.onIdle != .report }

    /// Takes back in words what was said, if no warning stands any more.
    private func eased(from old: Session) -> [Effect] {
        guard old.warnedFor != nil, warnedFor == nil else { return [] }
        return [.tell(facts.id, .eased), .record(Record(.eased, facts))]
    }

    var lifetimeCutoff: Cutoff? {
        allowance.lifetime.duration.map {
            Cutoff(.lifetime(limit: $0), at: lifetimeFrom + $0 + lifetimeExtension)
        }
    }

    var warnings: [Duration] { mode == .enforce ? allowance.warn : [] }

    var newIdleCountdown: Countdown {
        Countdown(
            limit: allowance.idle.duration ?? .zero,
            warnings: allowance.onIdle == .report ? [] : warnings
        )
    }
}
