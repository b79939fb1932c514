import LapseCore
import LapsePolicy

/// When something may be done about a limit: never early, never without its warning.
extension SessionLedger {
    /// A cutoff on the wall clock is known as well as the two clocks can be read together.
    static let readingOff: Int64 = 10_000_000

    /// When a limit is reached in truth; nil if there is no such limit, or not this one.
    func limitAt(_ reason: EndReason, _ truth: Truth) -> Int64? {
        switch reason {
        case .idle(let limit):
            guard allowance.idle == .after(limit), !isBlind || allowance.unmeasurable == .end
            else { return nil }
            return max(counted(hand: truth.lastRead) + limit.wholeNanoseconds, holdUntil)
        case .lifetime(let limit):
            guard allowance.lifetime == .after(limit) else { return nil }
            return lifetimeFrom + limit.wholeNanoseconds + lifetimeExtension
        case .hours, .quota, .certificate, .account:
            return cutoffs[reason.kind].map { $0 - Self.readingOff }
        case .locked(let limit):
            guard allowance.lockFor == .after(limit) else { return nil }
            return lock?.endsAt
        case .sessions, .request: return nil
        }
    }

    mutating func warned(
        _ reason: EndReason,
        _ remaining: Int64,
        _ then: Countdown.Consequence,
        _ truth: Truth
    ) throws(Violation) {
        guard then == consequence(reason.kind) else { throw Violation("warned of \(then)") }
        guard lock == nil || (reason.kind != .idle && reason.kind != .locked) else {
            throw Violation("warned of idleness while it is locked")
        }
        guard reason.kind != .lifetime || !isLifetimeWaiting else {
            throw Violation("warned of a lifetime that waits for a proof")
        }
        guard let limitAt = limitAt(reason, truth) else {
            throw Violation("a warning of what nobody ordered")
        }
        if reason.kind == .idle, allowance.onIdle == .report {
            throw Violation("warned, yet nothing follows")
        }
        let promise = promises[reason.kind]
        let first = (allowance.warn.first ?? .zero).wholeNanoseconds
        guard remaining > 0, remaining <= max(first, (promise ?? truth.now) - truth.now) else {
            throw Violation("a warning of \(remaining) ns, which the policy does not have")
        }
        let end = truth.now + remaining
        guard end >= limitAt else { throw Violation("warned \(limitAt - end) ns too early") }
        guard end >= promise ?? .min else {
            throw Violation("a warning takes back what an earlier one promised")
        }
        if promise == nil, reason.kind == .idle, !mayNotice, !owesWarning(reason, truth) {
            throw Violation("a warning that the policy passes over")
        }
        let listed = allowance.warn.last { $0.wholeNanoseconds >= remaining }?.wholeNanoseconds
        // Of idleness the daemon may know that the end has moved away, and warn anew.
        let isKnown = reason.kind != .idle || truth.isExact
        if promise != nil, isKnown, let told = told[reason.kind] {
            guard let listed, listed < told else { throw Violation("told again what was told") }
        }
        if reason.kind == .idle, promise == nil { countedWhenWarned = counted }
        told[reason.kind] = promise == nil ? remaining : listed
        promises[reason.kind] = end
        if reason.kind == .idle { lastIdlePromise = end }
    }

    mutating func overdue(_ reason: EndReason, _ truth: Truth) throws(Violation) {
        guard endReason == nil else { throw Violation("overdue while it is ending") }
        guard mode == .observe || (reason.kind == .idle && allowance.onIdle == .report) else {
            throw Violation("the \(reason.kind) was only recorded")
        }
        if revokedTurn == truth.turn, case .account(let fault) = reason {
            guard faults.insert(fault).inserted else { throw Violation("\(fault) recorded twice") }
            return
        }
        guard let limitAt = limitAt(reason, truth) else {
            throw Violation("what nobody ordered cannot be overdue")
        }
        guard overdueKinds.insert(reason.kind).inserted else {
            throw Violation("the \(reason.kind) was recorded twice")
        }
        try notEarly(limitAt, truth)
        guard evidenceTurn == truth.turn else {
            throw Violation("overdue without a look")
        }
    }

    mutating func ending(_ reason: EndReason, _ truth: Truth) throws(Violation) {
        guard endReason == nil, !isFinished else { throw Violation("a second end") }
        defer { endsLock() }
        endReason = reason
        ladder = LadderLedger(allowance)
        if case .request = reason {
            guard requestTurn == truth.turn else { throw Violation("ended on no request") }
            return
        }
        guard mode == .enforce else { throw Violation("ended in observe mode") }
        if revokedTurn == truth.turn { return }
        try reached(reason, .end, truth)
    }

    /// A limit brings this, and the user knew of it.
    func reached(
        _ reason: EndReason,
        _ what: Countdown.Consequence,
        _ truth: Truth
    ) throws(Violation) {
        guard mode == .enforce else { throw Violation("\(what) in observe mode") }
        guard consequence(reason.kind) == what else {
            throw Violation("\(what) at the \(reason.kind), which the policy does not have")
        }
        guard lock == nil || reason.kind != .idle else {
            throw Violation("idle while it is locked")
        }
        guard let limitAt = limitAt(reason, truth) else {
            throw Violation("ended for what nobody ordered")
        }
        if reason.kind == .idle, allowance.onIdle == .report {
            throw Violation("ended though only to report")
        }
        guard evidenceTurn == truth.turn else {
            throw Violation("ended without a look")
        }
        try notEarly(limitAt, truth)
        guard let promised = promises[reason.kind] else {
            guard !owesWarning(reason, truth) else { throw Violation("ended without a warning") }
            return
        }
        guard truth.now >= promised else {
            throw Violation("ended \(promised - truth.now) ns sooner than a warning promised")
        }
    }

    /// A warning is passed over only where the limit itself, known from the beginning, is shorter.
    private func owesWarning(_ reason: EndReason, _ truth: Truth) -> Bool {
        guard let shortest = allowance.warn.last else { return false }
        if owed.contains(reason.kind) { return true }
        switch reason {
        case .idle(let limit): return shortest < limit
        case .lifetime(let limit):
            return shortest.wholeNanoseconds < limit.wholeNanoseconds + lifetimeExtension
        case .locked: return false
        default: return true
        }
    }

    private func notEarly(_ limitAt: Int64, _ truth: Truth) throws(Violation) {
        guard truth.now >= limitAt else {
            throw Violation("\(limitAt - truth.now) ns before its limit")
        }
    }
}
