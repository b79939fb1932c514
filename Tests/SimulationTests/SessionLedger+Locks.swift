import LapseCore
import LapsePolicy

/// What the engine was told of a lock, and what it did about it.
struct LockLedger {
    let reason: LockReason
    let since: Int64
    var tries = 0
    var isRecorded = false
    /// When it has to be ended; nil for never.
    var endsAt: Int64?
}

/// What the engine owes of the events of this turn about locks.
struct LockDues {
    /// A lock that was asked for, or stood before this daemon.
    var lock: LockReason?
    /// The record of what became of a lock.
    var standing: LockReason?
    var failed: LockReason?
    /// Whose proof or order came, and the lock that it is for.
    var unlock: (how: Unlocking, of: LockLedger)?
    var unlockRecord: (how: Unlocking, of: LockLedger)?
    /// The number of a failure to prove oneself.
    var tries: Int?
    /// The end of a locked session has begun: its processes are let run after the first signal.
    var thaw = false
    /// That signal was sent; nothing else may come before.
    var thawNow = false
}

/// When a session may be locked, what may be done to it then, and how it is opened again.
extension SessionLedger {
    // MARK: What holds

    /// Whether the user could open it, as far as the engine was told.
    var canLock: Bool {
        seen.hasTerminal && !seen.hasLockFailed && (knowsPassword || allowance.unlock == .pam)
    }

    private var canRenew: Bool {
        allowance.onLifetime == .reauth && canLock && !hasRenewalFailed
    }

    /// What the end of a limit brings.
    func consequence(_ kind: EndReason.Kind) -> Countdown.Consequence {
        switch kind {
        case .idle: allowance.onIdle == .lock && canLock ? .lock : .end
        case .lifetime: canRenew ? .lock : .end
        default: .end
        }
    }

    /// Locked as it is, the lifetime waits for the proof that renews it.
    var isLifetimeWaiting: Bool { lock != nil && mode == .enforce && canRenew }

    private func lockEnd(since: Int64) -> Int64? {
        guard mode == .enforce else { return nil }
        return allowance.lockFor.duration.map { since + $0.wholeNanoseconds }
    }

    /// A lifetime that does not wait any more may be over for long.
    mutating func endWaiting(_ wasWaiting: Bool, _ truth: Truth) {
        guard wasWaiting, !isLifetimeWaiting, let limit = allowance.lifetime.duration,
            let at = limitAt(.lifetime(limit: limit), truth),
            max(at, promises[.lifetime] ?? .min) <= truth.now
        else { return }
        promises[.lifetime] = nil
        if mode == .enforce, !allowance.warn.isEmpty { owed.insert(.lifetime) }
    }

    /// The limits have changed: an end that comes nearer leaves a warning's time.
    mutating func moveLockEnd(_ truth: Truth) {
        guard let standing = lock else { return }
        guard let end = lockEnd(since: standing.since) else {
            lock?.endsAt = nil
            return
        }
        let notice = min(allowance.warn.first ?? .zero, allowance.lockFor.duration ?? .zero)
        let soonest = truth.now + notice.wholeNanoseconds
        lock?.endsAt = max(end, min(standing.endsAt ?? soonest, soonest))
    }

    // MARK: Events

    mutating func noteLock(_ event: Event, _ truth: Truth) {
        let wasWaiting = isLifetimeWaiting
        switch event {
        case .lockRequested(_, let user, let why):
            guard lock == nil else { return }
            dues.lock = .request(by: user, why: why)
        case .relocked(_, let former):
            dues.lock = former.reason
            relocked = former
        case .lockAnswered(_, let outcome): answered(outcome, truth)
        case .reauthFailed:
            guard let standing = lock else { return }
            lock?.tries = standing.tries + 1
            dues.tries = standing.tries + 1
        case .unlocked(_, let how):
            guard let standing = lock else { return }
            dues.unlock = (how, standing)
            dues.unlockRecord = (how, standing)
            open(how, truth)
        case .passwordKnown(_, let isKnown): knowsPassword = isKnown
        case .slept(_, let length): slept(length.wholeNanoseconds, truth)
        case .leaderExited:
            dues.thaw = lock != nil && mode == .enforce
            lock = nil
        case .closeReported: lock = nil
        default: return
        }
        endWaiting(wasWaiting, truth)
    }

    /// A sleep as long as the idle limit needs no warning and no look, but for what was promised.
    private mutating func slept(_ length: Int64, _ truth: Truth) {
        guard mode == .enforce, lock == nil, endReason == nil, !closeTold, !isBlind,
            consequence(.idle) == .lock, let limit = allowance.idle.duration,
            limit.wholeNanoseconds <= length, truth.opened <= truth.now - length,
            holdUntil <= truth.now, (promises[.idle] ?? .min) <= truth.now
        else { return }
        dues.lock = .idle(limit: limit)
    }

    private mutating func answered(_ outcome: LockOutcome, _ truth: Truth) {
        guard let standing = lock else { return }
        switch outcome {
        case .stands:
            (seen.hasLockFailed, hasRenewalFailed) = (false, false)
            if !standing.isRecorded { dues.standing = standing.reason }
        case .failed:
            lock = nil
            dues.failed = standing.reason
            seen.hasLockFailed = true
            if standing.reason.kind == .lifetime { hasRenewalFailed = true }
            mayNotice = true
            if mode == .enforce, allowance.onIdle != .report, !allowance.warn.isEmpty {
                owed.insert(.idle)
            }
        }
    }

    private mutating func open(_ how: Unlocking, _ truth: Truth) {
        lock = nil
        mayNotice = false
        owed.remove(.idle)
        overdueKinds.remove(.idle)
        seen.unlocked(truth)
        seen.mayBegin(at: truth.now, interval: seen.interval(self, at: truth.now))
        guard how == .reauthenticated, allowance.onLifetime == .reauth else { return }
        let former = lifetimeEnd
        lifetimeFrom = truth.now
        lifetimeExtension = 0
        guard let former, let renewed = lifetimeEnd else { return }
        lifetimeExtension = max(0, former - renewed)
        guard former < renewed else { return }
        hasRenewalFailed = false
        overdueKinds.remove(.lifetime)
        owed.remove(.lifetime)
        if let promise = promises[.lifetime], renewed > promise { promises[.lifetime] = nil }
    }

    var lifetimeEnd: Int64? {
        allowance.lifetime.duration.map {
            lifetimeFrom + $0.wholeNanoseconds + lifetimeExtension
        }
    }

    // MARK: Effects

    mutating func locks(_ reason: LockReason, _ truth: Truth) throws(Violation) {
        guard endReason == nil, !exitTold, !closeTold else {
            throw Violation("a lock of what is ending")
        }
        guard lock == nil else { throw Violation("locked twice") }
        defer {
            promises[.idle] = nil
            owed.remove(.idle)
        }
        if let former = relocked {
            guard reason == former.reason else { throw Violation("not the former lock") }
            (relocked, dues.lock) = (nil, nil)
            let since = former.since.nanoseconds
            let ends = lockEnd(since: since).map { max($0, truth.now) }
            lock = LockLedger(
                reason: reason,
                since: since,
                tries: former.failedTries,
                isRecorded: true,
                endsAt: ends
            )
            return
        }
        switch reason {
        case .request:
            guard dues.lock == reason else { throw Violation("locked on no request") }
            dues.lock = nil
        case .idle where dues.lock == reason: dues.lock = nil
        case .idle(let limit): try reached(.idle(limit: limit), .lock, truth)
        case .lifetime(let limit): try reached(.lifetime(limit: limit), .lock, truth)
        }
        let ends = lockEnd(since: truth.now)
        lock = LockLedger(reason: reason, since: truth.now, endsAt: ends)
    }

    mutating func unlocks() throws(Violation) {
        guard dues.unlock != nil else { throw Violation("unlocked without proof or order") }
        dues.unlock = nil
    }

    mutating func thaws() throws(Violation) {
        guard dues.thawNow else { throw Violation("let run, but not after a first signal") }
        (dues.thaw, dues.thawNow) = (false, false)
    }

    /// The end of a session that may be locked begins.
    mutating func endsLock() {
        if lock != nil { dues.thaw = true }
        lock = nil
    }

    mutating func checkLock(_ what: Record.What, _ truth: Truth) throws(Violation) {
        switch what {
        case .locked(let reason, _, let endsIn):
            guard let standing = lock, dues.standing == reason else {
                throw Violation("`locked` of what is not, or twice")
            }
            guard endsIn?.wholeNanoseconds == standing.endsAt.map({ $0 - truth.now }) else {
                throw Violation("`locked` until another time than it is")
            }
            lock?.isRecorded = true
            dues.standing = nil
        case .lockFailed(let reason, _):
            guard dues.failed == reason else { throw Violation("`lockFailed`, but it did not") }
            dues.failed = nil
        case .reauthFailed(_, _, let tries):
            guard dues.tries == tries else { throw Violation("not the \(tries)th failure") }
            dues.tries = nil
        case .unlocked(let how, let after, let tries):
            guard let due = dues.unlockRecord, due.how == how, due.of.tries == tries,
                after.wholeNanoseconds == truth.now - due.of.since
            else { throw Violation("`unlocked` otherwise than it was") }
            dues.unlockRecord = nil
        default: return
        }
    }

    /// At the end of each event: all that it asks for was done.
    func checkLock() throws(Violation) {
        guard !isRetired else { return }
        guard dues.lock == nil || endReason != nil else { throw Violation("not locked") }
        guard dues.unlock == nil, dues.unlockRecord == nil else {
            throw Violation("not unlocked, or that was not recorded")
        }
        guard dues.standing == nil, dues.failed == nil, dues.tries == nil else {
            throw Violation("what became of a lock was not recorded")
        }
        guard !dues.thaw, !dues.thawNow else { throw Violation("not let run for its end") }
    }
}
