/// What one session may do before something is done about it: the answer of the policy.
package struct Allowance: Sendable, Equatable {
    /// How long without activity.
    package var idle: Limit
    /// How long in all, whatever it does.
    package var lifetime: Limit
    /// How long before an end each warning is given.
    ///
    /// Longest first, no two alike, at most `PolicyLimits.warningsMax`; one that is not shorter
    /// than the limit is passed over.
    package var warn: [Duration]
    /// What happens at the idle limit.
    package var onIdle: IdleAction
    /// How the session is ended, step by step; `EndRules` says what every list of steps has.
    package var end: [EndStep]

    package init(
        idle: Limit,
        lifetime: Limit,
        warn: [Duration],
        onIdle: IdleAction,
        end: [EndStep]
    ) {
        self.idle = idle
        self.lifetime = lifetime
        self.warn = warn
        self.onIdle = onIdle
        self.end = end
    }

    /// What holds where no file says otherwise: the 15 minutes of PCI DSS 8.2.8, a working day.
    package static let builtIn = Allowance(
        idle: .after(.seconds(15 * 60)),
        lifetime: .after(.seconds(12 * 3600)),
        warn: [.seconds(120), .seconds(30)],
        onIdle: .end,
        end: EndStep.builtIn
    )
}

/// A time that may run out, or not.
package enum Limit: Sendable, Equatable {
    case never
    case after(Duration)
}

/// What happens to a session that is idle for too long.
package enum IdleAction: String, Word {
    case end
    /// It is recorded, and the session goes on.
    case report
}
