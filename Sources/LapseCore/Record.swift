/// One line of the log: what happened to a session, why, with the figures.
package struct Record: Equatable, Sendable {
    package let what: What
    package let facts: SessionFacts

    package init(_ what: What, _ facts: SessionFacts) {
        self.what = what
        self.facts = facts
    }

    /// What happened.
    ///
    /// Durations are whole time spans on CLOCK_BOOTTIME.
    package enum What: Equatable, Sendable {
        /// The session entered the table.
        case opened(Opening)
        /// A warning went to its terminals.
        case warned(EndReason, remaining: Duration, idle: Duration?)
        /// Input cancelled the countdown.
        case kept
        /// In observe mode or with on-idle = "report": the limit was reached, nothing was done.
        case overdue(EndReason, idle: Duration?)
        /// The end begins: the first signal is on its way.
        case ending(EndReason, idle: Duration?)
        /// The session is closed because Lapse ended it.
        case ended(EndReason, idle: Duration?, duration: Duration)
        /// Every signal was sent and the leader is still there; the daemon goes on trying.
        case stuck
        /// The session closed by itself.
        case closed(CloseReason, duration: Duration)
        /// After the last signal these processes of the session were still running.
        case spared([String])
    }
}

/// Why Lapse ends a session.
package enum EndReason: Equatable, Sendable {
    /// No input for longer than `limit`.
    case idle(limit: Duration)
    /// Open for longer than `limit`.
    case lifetime(limit: Duration)
    /// Somebody who may asked for it.
    case request(EndRequest)
}

/// How a session closed without Lapse.
package enum CloseReason: Equatable, Sendable {
    /// The PAM module reported the close.
    case logout
    /// The leader was gone without a report.
    case leaderDied
}
