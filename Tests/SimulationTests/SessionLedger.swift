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
        /// The daemon knows the last read of each terminal exactly.
        let isExact: Bool
    }

    // What the daemon told the engine; `SessionLedger+Changes` takes it in.
    var allowance: Allowance
    var mode: Mode
    /// When each cutoff but the lifetime is.
    var cutoffs: [EndReason.Kind: Int64] = [:]
    var lifetimeExtension: Int64 = 0
    var holdUntil: Int64 = .min
    /// The activity that the engine was told of; `SessionLedger+Activity` takes it in.
    var seen: SeenActivity
    /// What of it counted when the first of the standing warnings of idleness was given.
    var countedWhenWarned: Int64 = .min
    var holdIsAsked = false
    /// The turn of the last word of a user.
    var wordTurn = -1
    /// Evidence says that nothing can be measured.
    var isBlind = false

    /// `SessionLedger+Locks` takes in what follows.
    var lock: LockLedger?
    var dues = LockDues()
    /// A lock from before this daemon.
    var relocked: Lock?
    var knowsPassword = true
    /// The lifetime ended and could not be locked.
    var hasRenewalFailed = false
    /// The opening, or the last proof that renewed the lifetime.
    var lifetimeFrom: Int64

    /// No end for this reason may come before; a warning has said so.
    var promises: [EndReason.Kind: Int64] = [:]
    /// Limits that have come nearer by a change: no end without a warning, be it ever so short.
    var owed: Set<EndReason.Kind> = []
    /// The turn in which a promise for idleness fell, as nobody can tell any more.
    var voidTurn = -1
    /// The latest of the promises for idleness, kept or not: until then nobody may have looked.
    var lastIdlePromise: Int64 = .min
    /// The shortest warning of the standing ones; what was told is not told again.
    var told: [EndReason.Kind: Int64] = [:]
    /// A change may have brought the idle limit nearer, and no input came since.
    var mayNotice = false
    /// Faults of the account that were recorded in place of an end.
    var faults: Set<AccountFault> = []
    /// What was recorded in place of an end.
    var overdueKinds: Set<EndReason.Kind> = []
    var revokedTurn = -1
    /// The turn of the latest change, what was promised before it, and whether that was taken back.
    var changeTurn = -1
    var promisedBefore = false
    var wasEased = false
    /// The most warnings and cutoffs that there were at a time.
    var warningsMax: Int
    var limitsMax = 2
    private(set) var wasOpened = false
    var endReason: EndReason?
    private(set) var isFinished = false
    private(set) var isRetired = false
    private var looks = 0
    /// Looks at what cannot be measured or was only recorded, which come each 30 s.
    private var timedLooks = 0
    private var wasStuck = false
    private var wasSpared = false
    var ladder: LadderLedger
    /// The last signal was for the leader.
    private var lastWasForLeader = false

    // What the daemon told the engine.
    var evidenceTurn = -1
    var requestTurn = -1
    private var wasRequested: Bool { requestTurn >= 0 }
    var exitTold = false {
        didSet { if endReason == nil { ladder = LadderLedger(allowance) } }
    }
    var closeTold = false
    /// Events that move deadlines, and looks that failed: each may cost looks.
    var moves = 0
    private let since: Int64

    init(allowance: Allowance, mode: Mode, since: Int64, opened: Int64, isAdopted: Bool = false) {
        self.since = since
        lifetimeFrom = opened
        seen = SeenActivity(opened: opened, isAdopted: isAdopted)
        self.allowance = allowance
        self.mode = mode
        warningsMax = allowance.warn.count
        ladder = LadderLedger(allowance)
    }

    /// Holds one effect against the truth.
    mutating func check(_ effect: Effect, _ truth: Truth) throws(Violation) {
        guard !isRetired else { throw Violation("an effect after the retirement") }
        guard wasOpened || isOpening(effect) else { throw Violation("an effect before `opened`") }
        if dues.thawNow, effect != .thaw(effect.session) {
            throw Violation("not let run after the first signal")
        }
        switch effect {
        case .look:
            guard endReason == nil else { throw Violation("a look at a session that is ending") }
            try looked(truth)
        case .tell(_, let notice): try check(notice, truth)
        case .signal(_, let order):
            guard mode == .enforce || wasRequested else {
                throw Violation("a signal in observe mode")
            }
            guard endReason != nil || exitTold else {
                throw Violation("a signal to a session that is not ending")
            }
            try ladder.check(order, leaderIsGone: exitTold, at: truth.now)
            lastWasForLeader = order.to == .leader
            dues.thawNow = dues.thaw
        case .record(let record): try check(record.what, truth)
        case .lock(_, let reason): try locks(reason, truth)
        case .unlock: try unlocks()
        case .thaw: try thaws()
        case .retire:
            guard isFinished else { throw Violation("retired without `closed` or `ended`") }
            guard exitTold || (closeTold && endReason == nil) else {
                throw Violation("retired while the leader lives")
            }
            try ladder.checkOver(at: truth.now)
            isRetired = true
        }
    }

    /// What may act alone is looked at in its interval; a session at its prompt is not.
    ///
    /// Each warning and each end of the limits costs a look, and moved deadlines begin anew.
    private mutating func looked(_ truth: Truth) throws(Violation) {
        if lock == nil, seen.takeSample(truth) { return }
        let steps = limitsMax * (warningsMax + 1) * (moves + 2)
        guard isBlind || !overdueKinds.isEmpty else {
            looks += 1
            guard looks <= steps else { throw Violation("\(looks) looks, \(steps) are enough") }
            return
        }
        timedLooks += 1
        let most = Int64(steps) + (truth.now - since) / 29_000_000_000
        guard timedLooks <= most else {
            throw Violation("\(timedLooks) timed looks, \(most) are enough")
        }
    }

    /// Takes in how many processes the last signal reached.
    mutating func signalled(reached: Int, at now: Int64) {
        ladder.reached(reached, ofLeader: lastWasForLeader, at: now)
    }

    private func isOpening(_ effect: Effect) -> Bool {
        if case .record(let record) = effect, case .opened = record.what { true } else { false }
    }

    private mutating func check(_ notice: Notice, _ truth: Truth) throws(Violation) {
        // A policy that begins to observe takes back what it said before.
        guard mode == .enforce || wasRequested || notice == .eased else {
            throw Violation("a notice in observe mode")
        }
        switch notice {
        case .warning(let reason, let remaining, let then):
            guard endReason == nil, !exitTold else {
                throw Violation("a warning to a session that is ending")
            }
            try warned(reason, remaining.wholeNanoseconds, then, truth)
        case .kept:
            guard lock == nil else { throw Violation("`kept` while it is locked") }
            guard promises[.idle] != nil || voidTurn == truth.turn else {
                throw Violation("`kept` without a warning")
            }
            guard counted > countedWhenWarned || wordTurn == truth.turn else {
                throw Violation("`kept` though nothing was seen that counts")
            }
            promises[.idle] = nil
            owed.remove(.idle)
        case .eased: try eased(truth)
        case .ended:
            guard endReason == nil else { throw Violation("told of its end twice") }
        }
    }

    private mutating func check(_ what: Record.What, _ truth: Truth) throws(Violation) {
        switch what {
        case .opened:
            guard !wasOpened else { throw Violation("opened twice") }
            wasOpened = true
        case .warned, .kept, .eased, .touched, .held, .released, .extended: break
        case .locked, .lockFailed, .reauthFailed, .unlocked: try checkLock(what, truth)
        case .suspicious(let suspicion): try seen.recorded(suspicion)
        case .workMaxReached(let most, _):
            guard allowance.workMax == .after(most) else { throw Violation("not that work-max") }
            try seen.workMaxReached(allowance)
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
        case .spared(_, let delay):
            guard !wasSpared, isFinished else { throw Violation("spared before the end, or twice") }
            wasSpared = true
            try ladder.spared(endIn: delay, at: truth.now)
        case .swept(let processes):
            guard isFinished, allowance.detached != .spare, !processes.isEmpty else {
                throw Violation("detached processes were ended against the policy")
            }
        case .left:
            guard isFinished, ladder.owesRound else {
                throw Violation("`left` though nobody is, as far as is known")
            }
        }
    }

    private mutating func finish() throws(Violation) {
        guard !isFinished else { throw Violation("closed or ended twice") }
        isFinished = true
    }
}
