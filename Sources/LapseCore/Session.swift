package import LapsePolicy

/// One session in the table: its facts, its allowance, and where it stands.
package struct Session: Equatable, Sendable {
    package let facts: SessionFacts
    package internal(set) var allowance: Allowance
    package internal(set) var mode: Mode
    /// The latest moment at which a hand may have been there; the opening before any was.
    ///
    /// A user's word does not move it, nor does work.
    package var lastSeen: BootInstant {
        guard let bytes = others.bytesOfHand.latest else { return lastKey }
        return max(lastKey, bytes)
    }
    /// The same without bytes from the client, which may turn out to be keep-alives.
    var lastKey: BootInstant
    /// The opening, or the last way out of a lock: a hand that nothing takes back.
    var handProved: BootInstant
    /// All else that was seen.
    var others = OtherActivity()
    /// Until a look tells, there is no saying that bytes are its hand.
    package internal(set) var hasTerminal = true
    /// The last look found that something may happen without a hand.
    var mayActAlone = false
    /// The last look could not tell whether bytes that came a moment before were use.
    var isUndecided = false
    /// It was asked once more for that, and is not again.
    var hasAskedAgain = false
    /// Nil while the session is measured.
    package internal(set) var unmeasurable: Unmeasurable?
    package internal(set) var stage: Stage = .active
    /// What keeps it from its idle limit; it may be over.
    package internal(set) var hold: Hold?
    /// How much longer than its allowance the session may live.
    package internal(set) var lifetimeExtension = Duration.zero
    var idleCountdown: Countdown
    /// The lifetime and the other cutoffs, one of each kind.
    var timers: [Timer] = []
    /// The idle limit was reached and only recorded.
    var isIdleOverdue = false
    /// Whether the user has a password to re-authenticate with; taken for granted until it is known.
    var hasPassword = true
    /// The lock that is being made came by a sleep of the machine, without a look.
    var isLockBlind = false
    /// It was to be locked and could not be; until the next hand.
    var hasLockFailed = false
    /// So it was at the end of its lifetime, which a hand does not put off.
    var hasRenewalFailed = false
    /// From when the lifetime counts: the opening, or the last re-authentication that renewed it.
    package internal(set) var lifetimeFrom: BootInstant
    /// What was recorded in place of an end, so that it is recorded once.
    var passedOver: Set<AccountFault> = []
    /// When an unmeasurable session is looked at again.
    var lookAgain: BootInstant
    /// Set between a look and its evidence: when to ask again, should no answer come.
    var evidenceDue: BootInstant?
    /// When it is looked at between its deadlines; nil if it need not be.
    var sampleAt: BootInstant?
    /// A daemon that starts cannot tell work from rest before its second look at a job, so until
    /// then the idle limit of an adopted session is not reached.
    var idleNotBefore: BootInstant?
    /// It was adopted and has not been looked at.
    var awaitsFirstLook: Bool
    /// Input was forged, so the next is believed only if a look finds it backed.
    package internal(set) var isInputDoubted = false
    /// The last hand as the last look left it.
    var judgedHand: BootInstant
    /// What was recorded as suspicious since the last hand that was not.
    var suspected: Set<Suspicion.Kind> = []
    /// It stands in the record that work goes on and does not count any more.
    var isWorkMaxRecorded = false

    init(facts: SessionFacts, allowance: Allowance, mode: Mode, opening: Opening) {
        awaitsFirstLook = opening == .adopted
        self.facts = facts
        self.allowance = allowance
        self.mode = mode
        lastKey = facts.opened
        handProved = facts.opened
        lifetimeFrom = facts.opened
        judgedHand = facts.opened
        lookAgain = facts.opened
        idleCountdown = Countdown(limit: .zero, warnings: [])
        idleCountdown = newIdleCountdown
        timers = (lifetimeCutoff.map { [$0] } ?? []).map {
            Timer($0, opened: facts.opened, warnings: warnings)
        }
    }

    /// Where a session stands.
    ///
    /// Every stage but `ending` can be undone: a warning by activity, a lock by re-authentication.
    package enum Stage: Equatable, Sendable {
        /// Entered at the opening and when a countdown is cancelled.
        case active
        /// Entered when a warning was given for a limit.
        case warned
        /// Entered at a limit or on request; only re-authentication or root's order leads back.
        case locked(Lock)
        /// Entered at a limit or on request; there is no way back.
        case ending(Ending)
    }
}

/// The end under way: why, and the rung of the ladder that comes next.
package struct Ending: Equatable, Sendable {
    /// Why Lapse ends it; nil if the leader died and only its processes are left to handle.
    package let reason: EndReason?
    /// How long it had been idle when the end began; nil if that was not measured.
    package let idle: Duration?
    var remaining: ArraySlice<EndStep>
    var nextStepAt: BootInstant
    /// Whom the last signal was for; nil before the first.
    var target: EndTarget?
    /// What the last signal was; nil before the first.
    var signal: EndSignal?
    var leaderGone = false
    /// Whether the end of the session stands in the record.
    var recorded = false
    /// The leader was asked to close, so its relay needs no sparing any more.
    var leaderAsked = false
    /// The ladder came to its end and the leader was still there.
    var isStuck = false
    var spared: NamedProcesses = []
    /// What lived apart from the terminals and was signalled.
    var swept: NamedProcesses = []
    /// What the last signal to processes reached, if that was SIGKILL: nobody may be left of it.
    var killed: SignalOutcome?
    /// How often SIGKILL was sent once more after the ladder.
    var killRounds = 0
    /// Whether those that live apart from the terminals are left alone at this point.
    var sparesDetached: Bool
}

extension Limit {
    /// The limit's length, nil for "never".
    package var duration: Duration? {
        switch self {
        case .never: nil
        case .after(let duration): duration
        }
    }
}
