import LapseCore
import LapsePolicy

/// A promise of the engine that was broken.
struct Violation: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}

/// What the engine did to one session in one life of the daemon, and what it may do next.
///
/// It knows the truth, which the engine does not, and shares no code with it.
struct SessionLedger {
    /// What is true of a session when an effect for it comes.
    struct Truth {
        /// Nanoseconds since boot, as all times here.
        let now: Int64
        /// The number of the daemon's turn.
        let turn: Int
        let opened: Int64
        /// The latest read that the daemon could know of.
        let lastRead: Int64
    }

    /// The warnings of one limit.
    struct Notices {
        /// No end may come before this.
        var promisedEnd: Int64?
    }

    let allowance: Allowance
    let mode: Mode
    private(set) var wasOpened = false
    private(set) var endReason: EndReason?
    private(set) var isFinished = false
    private(set) var isRetired = false
    private(set) var looks = 0
    private var idle = Notices()
    private var lifetime = Notices()
    private var lifetimeWasOverdue = false
    private var wasStuck = false
    private var wasSpared = false
    private var ladder: LadderLedger

    // What the daemon told the engine.
    var evidenceTurn = -1
    var requestTurn = -1
    private var wasRequested: Bool { requestTurn >= 0 }
    var exitTold = false
    var closeTold = false
    /// Events that move deadlines, and looks that failed: each may cost looks.
    var moves = 0
    private let since: Int64

    init(allowance: Allowance, mode: Mode, since: Int64) {
        self.since = since
        self.allowance = allowance
        self.mode = mode
        ladder = LadderLedger(steps: allowance.end)
    }

    /// Holds one effect against the truth.
    mutating func check(_ effect: Effect, _ truth: Truth) throws(Violation) {
        guard !isRetired else { throw Violation("an effect after the retirement") }
        guard wasOpened || isOpening(effect) else { throw Violation("an effect before `opened`") }
        switch effect {
        case .look:
            guard endReason == nil else { throw Violation("a look at a session that is ending") }
            looks += 1
            // Each warning and each end of the two limits costs one, as does a look each 30 s at
            // what cannot be measured or was only recorded; moved deadlines begin anew.
            let steps = 2 * (allowance.warn.count + 1)
            let most = Int64(steps * (moves + 2)) + (truth.now - since) / 29_000_000_000
            guard looks <= most else { throw Violation("\(looks) looks, \(most) are enough") }
        case .tell(_, let notice): try check(notice, truth)
        case .signal(_, let order):
            guard mode == .enforce || wasRequested else {
                throw Violation("a signal in observe mode")
            }
            guard endReason != nil || exitTold else {
                throw Violation("a signal to a session that is not ending")
            }
            try ladder.check(order, leaderIsGone: exitTold, at: truth.now)
        case .record(let record): try check(record.what, truth)
        case .retire:
            guard isFinished else { throw Violation("retired without `closed` or `ended`") }
            guard exitTold || (closeTold && endReason == nil) else {
                throw Violation("retired while the leader lives")
            }
            isRetired = true
        }
    }

    /// Takes in how many processes the last signal reached.
    mutating func signalled(reached: Int, at now: Int64) {
        if reached == 0 { ladder.nobodyReached(at: now) }
    }

    private func isOpening(_ effect: Effect) -> Bool {
        if case .record(let record) = effect, case .opened = record.what { true } else { false }
    }

    private mutating func check(_ notice: Notice, _ truth: Truth) throws(Violation) {
        guard mode == .enforce || wasRequested else { throw Violation("a notice in observe mode") }
        switch notice {
        case .warning(let reason, let remaining):
            guard endReason == nil, !exitTold else {
                throw Violation("a warning to a session that is ending")
            }
            try warned(reason, remaining.wholeNanoseconds, truth)
        case .kept:
            guard idle.promisedEnd != nil else { throw Violation("`kept` without a warning") }
            idle = Notices()
        case .eased: throw Violation("the limits have not changed")
        case .ended:
            guard endReason == nil else { throw Violation("told of its end twice") }
        }
    }

    private mutating func warned(
        _ reason: EndReason,
        _ remaining: Int64,
        _ truth: Truth
    ) throws(Violation) {
        let notices: WritableKeyPath<SessionLedger, Notices>
        let limitAt: Int64
        switch reason {
        case .idle(let limit):
            guard allowance.onIdle == .end else { throw Violation("warned, yet nothing follows") }
            (notices, limitAt) = (\.idle, truth.lastRead + limit.wholeNanoseconds)
        case .lifetime(let limit):
            (notices, limitAt) = (\.lifetime, truth.opened + limit.wholeNanoseconds)
        case .hours, .quota, .certificate, .account, .sessions, .request:
            throw Violation("a warning of what nobody ordered")
        }
        let first = allowance.warn.first ?? .zero
        guard remaining > 0, remaining <= first.wholeNanoseconds else {
            throw Violation("a warning of \(remaining) ns, which the policy does not have")
        }
        let end = truth.now + remaining
        guard end >= limitAt else { throw Violation("warned \(limitAt - end) ns too early") }
        guard end >= self[keyPath: notices].promisedEnd ?? .min else {
            throw Violation("a warning takes back what an earlier one promised")
        }
        self[keyPath: notices].promisedEnd = end
    }

    private mutating func check(_ what: Record.What, _ truth: Truth) throws(Violation) {
        switch what {
        case .opened:
            guard !wasOpened else { throw Violation("opened twice") }
            wasOpened = true
        case .warned, .kept: break
        case .eased, .touched, .held, .released, .extended:
            throw Violation("a record of what nobody ordered")
        case .overdue(let reason, _): try overdue(reason, truth)
        case .ending(let reason, _): try ending(reason, truth)
        case .ended(let reason, _, _):
            guard reason == endReason else { throw Violation("ended for another reason") }
            try finish()
        case .closed(let reason, _):
            guard endReason == nil else { throw Violation("closed, though Lapse ended it") }
            guard reason == .logout ? closeTold : exitTold else {
                throw Violation("closed without cause")
            }
            try finish()
        case .stuck:
            guard !wasStuck else { throw Violation("stuck twice") }
            guard !ladder.leaderIsOutOfReach else {
                throw Violation("stuck, but the leader is gone")
            }
            wasStuck = true
            ladder.wasStuck = true
        case .spared:
            guard !wasSpared, isFinished else { throw Violation("spared before the end, or twice") }
            wasSpared = true
        }
    }

    private mutating func finish() throws(Violation) {
        guard !isFinished else { throw Violation("closed or ended twice") }
        isFinished = true
    }
}

// MARK: - Limits

extension SessionLedger {
    private mutating func overdue(_ reason: EndReason, _ truth: Truth) throws(Violation) {
        guard endReason == nil else { throw Violation("overdue while it is ending") }
        switch reason {
        case .idle(let limit):
            guard mode == .observe || allowance.onIdle == .report else {
                throw Violation("the idle limit was only recorded")
            }
            try notEarly(truth.lastRead + limit.wholeNanoseconds, truth)
        case .lifetime(let limit):
            guard mode == .observe, !lifetimeWasOverdue else {
                throw Violation("the lifetime was only recorded, or recorded twice")
            }
            lifetimeWasOverdue = true
            try notEarly(truth.opened + limit.wholeNanoseconds, truth)
        case .hours, .quota, .certificate, .account, .sessions, .request:
            throw Violation("what nobody ordered cannot be overdue")
        }
        guard evidenceTurn == truth.turn else { throw Violation("overdue without a look") }
    }

    private mutating func ending(_ reason: EndReason, _ truth: Truth) throws(Violation) {
        guard endReason == nil, !isFinished else { throw Violation("a second end") }
        endReason = reason
        let limitAt: Int64
        let notices: Notices
        let limit: Duration
        switch reason {
        case .request:
            guard requestTurn == truth.turn else { throw Violation("ended on no request") }
            return
        case .idle(let length):
            guard allowance.onIdle == .end else { throw Violation("ended though only to report") }
            (limitAt, notices, limit) = (truth.lastRead + length.wholeNanoseconds, idle, length)
        case .lifetime(let length):
            (limitAt, notices, limit) = (truth.opened + length.wholeNanoseconds, lifetime, length)
        case .hours, .quota, .certificate, .account, .sessions:
            throw Violation("ended for what nobody ordered")
        }
        guard mode == .enforce else { throw Violation("ended in observe mode") }
        guard evidenceTurn == truth.turn else { throw Violation("ended without a look") }
        try notEarly(limitAt, truth)
        guard allowance.warn.contains(where: { $0 < limit }) else { return }
        guard let promised = notices.promisedEnd else { throw Violation("ended without a warning") }
        guard truth.now >= promised else {
            throw Violation("ended \(promised - truth.now) ns sooner than a warning promised")
        }
    }

    private func notEarly(_ limitAt: Int64, _ truth: Truth) throws(Violation) {
        guard truth.now >= limitAt else {
            throw Violation("\(limitAt - truth.now) ns before its limit")
        }
    }
}

/// The rungs of a session's ladder as they were taken.
private struct LadderLedger {
    let steps: [EndStep]
    private var next = 0
    private var notBefore: Int64 = .min
    private var leaderWasAsked = false
    /// It came to its end with the leader still there, which starts its last two rungs again.
    var wasStuck = false

    init(steps: [EndStep]) {
        self.steps = steps
    }

    mutating func check(_ order: SignalOrder, leaderIsGone: Bool, at now: Int64) throws(Violation) {
        while next < steps.count, leaderIsGone, steps[next].target == .leader { next += 1 }
        if next == steps.count {
            guard wasStuck else { throw Violation("a signal after the ladder's end") }
            // The last two rungs again, five seconds after the last was over.
            next = steps.count - 2
            notBefore += 5_000_000_000
        }
        let step = steps[next]
        let to: SignalOrder.Recipients =
            step.target == .leader
            ? .leader : leaderWasAsked || leaderIsGone ? .processesAndRelay : .processes
        guard order == SignalOrder(signal: step.signal, to: to) else {
            throw Violation("\(order) is not rung \(next) of the ladder")
        }
        guard now >= notBefore else {
            throw Violation("rung \(next) came \(notBefore - now) ns before its time")
        }
        if step.target == .leader { leaderWasAsked = true }
        notBefore = now + step.allowed.wholeNanoseconds
        next += 1
    }

    /// A signal reached no leader: it is gone, and its exit is told at once.
    private(set) var leaderIsOutOfReach = false

    mutating func nobodyReached(at now: Int64) {
        notBefore = now
        if next > 0, steps[next - 1].target == .leader { leaderIsOutOfReach = true }
    }
}
