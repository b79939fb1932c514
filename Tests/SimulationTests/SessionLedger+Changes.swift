import LapseCore
import LapsePolicy

/// What changes a session's limits, and what that does to promises.
extension SessionLedger {
    /// Takes in an event before the engine does; nothing that comes after the end counts.
    mutating func note(_ event: Event, _ truth: Truth) {
        guard wasOpened, endReason == nil, !exitTold else { return }
        noteLock(event, truth)
        // Nothing counts while it is locked.
        switch event {
        case .input, .touched, .held, .evidence:
            if lock != nil { return }
        default: break
        }
        switch event {
        case .allowanceChanged(_, let new, let newMode):
            let isSame = new == allowance && newMode == mode
            change(truth) { $0.allow(new, newMode) }
            if !isSame { seen.changed(truth, interval: seen.interval(self, at: truth.now)) }
        case .extended(_, let longer):
            change(truth) { $0.lifetimeExtension += longer.by.wholeNanoseconds }
        case .held(_, let hold):
            holdIsAsked = hold.by.value != 0
            wordTurn = truth.turn
            keep(until: hold.until.nanoseconds, truth)
        // One that is over by itself is not there to be taken back.
        case .released where holdUntil > truth.now: keep(until: .min, truth)
        case .touched(_, let user):
            wordTurn = truth.turn
            follow(truth) { $0.seen.touch(at: truth.now, by: user) }
        case .remembered(_, let former):
            lifetimeFrom = former.renewed?.nanoseconds ?? lifetimeFrom
            follow(truth) { $0.seen.remember(former) }
        case .input(_, let moment):
            guard !isDoubted else { return seen.doubtfulKey(truth.turn) }
            follow(truth) { ledger in
                // What `work-max` leaves of the interval is known after the key alone.
                ledger.seen.key(at: moment.nanoseconds, truth, interval: nil)
            }
            seen.key(
                at: moment.nanoseconds,
                truth,
                interval: seen.interval(self, at: truth.now)
            )
        case .evidence(_, let evidence): take(evidence, truth)
        default: return
        }
    }

    private mutating func keep(until moment: Int64, _ truth: Truth) {
        mayNotice = true
        let before = enforced(.idle, truth)
        holdUntil = moment
        guard !allowance.warn.isEmpty, let before, let after = enforced(.idle, truth),
            after < before
        else { return }
        owed.insert(.idle)
    }

    /// The cutoffs are these now, in truth; the daemon may be told of them a little off.
    mutating func set(_ new: [EndReason.Kind: Int64], _ truth: Truth) {
        guard wasOpened, endReason == nil, !exitTold else { return }
        change(truth) { $0.cutoffs = new }
    }

    private mutating func allow(_ new: Allowance, _ newMode: Mode) {
        if newMode != mode { overdueKinds = [] }
        if new.idle != allowance.idle || new.onIdle != allowance.onIdle {
            overdueKinds.remove(.idle)
        }
        if new.workMax != allowance.workMax { seen.workMaxChanged() }
        allowance = new
        mode = newMode
        warningsMax = max(warningsMax, new.warn.count)
    }

    private mutating func change(_ truth: Truth, _ apply: (inout SessionLedger) -> Void) {
        changeTurn = truth.turn
        promisedBefore = !promises.isEmpty
        wasEased = false
        mayNotice = true
        let old = self
        apply(&self)
        moveLockEnd(truth)
        if lifetimeEnd != old.lifetimeEnd { hasRenewalFailed = false }
        limitsMax = max(limitsMax, 2 + cutoffs.count)
        for kind in Self.kinds {
            let (before, after) = (old.enforced(kind, truth), enforced(kind, truth))
            guard let after else {
                promises[kind] = nil
                owed.remove(kind)
                continue
            }
            // The end stays where it was, or moves away: new warnings may pass it over.
            if old.fitsWarning(kind) { owed.remove(kind) }
            if let promise = promises[kind], after > promise {
                promises[kind] = nil
                owed.insert(kind)
            }
            if before == nil || after < max(before ?? .min, old.promises[kind] ?? .min) {
                owed.insert(kind)
            }
            // Who wants no warnings when it changes is owed none.
            if allowance.warn.isEmpty { owed.remove(kind) }
        }
        for kind in Self.kinds where isLater(kind, old, truth) { overdueKinds.remove(kind) }
        endWaiting(old.isLifetimeWaiting, truth)
    }

    private func isLater(_ kind: EndReason.Kind, _ old: SessionLedger, _ truth: Truth) -> Bool {
        guard let after = moment(kind, truth), let before = old.moment(kind, truth) else {
            return true
        }
        return after > before
    }

    /// Whether the policy has a warning that is shorter than the limit.
    private func fitsWarning(_ kind: EndReason.Kind) -> Bool {
        let limit: Duration? =
            switch kind {
            case .idle: allowance.idle.duration
            case .lifetime:
                allowance.lifetime.duration.map { $0 + .nanoseconds(lifetimeExtension) }
            default: nil
            }
        guard let limit, let shortest = allowance.warn.last else { return false }
        return shortest < limit
    }

    static let kinds: [EndReason.Kind] = [.idle, .lifetime, .hours, .quota, .certificate, .account]

    /// When the limit is reached for all that the engine knows; nil if there is none.
    private func moment(_ kind: EndReason.Kind, _ truth: Truth) -> Int64? {
        switch kind {
        case .idle:
            allowance.idle.duration.flatMap { limit in
                isBlind && allowance.unmeasurable == .report
                    ? nil : max(counted + limit.wholeNanoseconds, holdUntil, seen.idleNotBefore)
            }
        case .lifetime: allowance.lifetime.duration.flatMap { limitAt(.lifetime(limit: $0), truth) }
        default: cutoffs[kind]
        }
    }

    /// The same where an end follows.
    func enforced(_ kind: EndReason.Kind, _ truth: Truth) -> Int64? {
        guard mode == .enforce, kind != .idle || allowance.onIdle != .report else { return nil }
        return moment(kind, truth)
    }

    mutating func eased(_ truth: Truth) throws(Violation) {
        guard changeTurn == truth.turn, promisedBefore, !wasEased else {
            throw Violation("`eased`, though nothing has changed or nothing was promised")
        }
        wasEased = true
        guard promises.keys.allSatisfy({ $0 == .idle && !truth.isExact }) else {
            throw Violation("`eased`, but what was promised of \(promises) still holds")
        }
        promises = [:]
    }

    /// At the end of a turn: what is not promised any more was taken back in words.
    func checkEased(_ turn: Int) throws(Violation) {
        guard changeTurn == turn, promisedBefore, promises.isEmpty, !wasEased, endReason == nil,
            !exitTold, !isRetired
        else { return }
        throw Violation("a warning that holds no more was not taken back")
    }
}
