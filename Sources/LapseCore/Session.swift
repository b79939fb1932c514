package import LapsePolicy

/// One session in the table: its facts, its allowance, and where it stands.
package struct Session: Equatable, Sendable {
    package let facts: SessionFacts
    package let allowance: Allowance
    package let mode: Mode
    /// The latest moment at which input may have been read; the opening before any was.
    package internal(set) var lastInput: BootInstant
    /// Nil while the session is measured.
    package internal(set) var unmeasurable: Unmeasurable?
    package internal(set) var stage: Stage = .active
    var idleCountdown: Countdown
    var lifetimeCountdown: Countdown
    /// When an unmeasurable session is looked at again.
    var lookAgain: BootInstant
    /// Set between a look and its evidence: when to ask again, should no answer come.
    var evidenceDue: BootInstant?
    /// Limits that were reached and only recorded.
    var overdue: Overdue = []

    init(facts: SessionFacts, allowance: Allowance, mode: Mode) {
        self.facts = facts
        self.allowance = allowance
        self.mode = mode
        lastInput = facts.opened
        lookAgain = facts.opened
        idleCountdown = Countdown(
            limit: allowance.idle.duration ?? .zero,
            warnings: mode == .enforce && allowance.onIdle == .end ? allowance.warn : []
        )
        lifetimeCountdown = Countdown(
            limit: allowance.lifetime.duration ?? .zero,
            warnings: mode == .enforce ? allowance.warn : []
        )
    }

    /// Where a session stands.
    ///
    /// Every stage but `ending` can be undone by activity.
    package enum Stage: Equatable, Sendable {
        /// Entered at the opening and when a countdown is cancelled.
        case active
        /// Entered when a warning was given for a limit.
        case warned
        /// Entered at a limit or on request; there is no way back.
        case ending(Ending)
    }

    /// Limits that were reached without consequence.
    struct Overdue: OptionSet, Equatable, Sendable {
        let rawValue: UInt8
        static let idle = Overdue(rawValue: 1)
        static let lifetime = Overdue(rawValue: 2)
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
    var leaderGone = false
    /// Whether the end of the session stands in the record.
    var recorded = false
    /// The leader was asked to close, so its relay needs no sparing any more.
    var leaderAsked = false
    /// The ladder came to its end and the leader was still there.
    var isStuck = false
    var spared: [String] = []
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
