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
        /// Activity that counts, or a user's word, cancelled the countdown.
        case kept
        /// The limits have changed, and no warning stands any more.
        case eased
        /// A user said that the session is in use.
        case touched(by: UserID)
        /// The idle limit is not applied for so long.
        case held(Hold, for: Duration)
        /// A hold was taken back.
        case released(by: UserID)
        /// The lifetime grew.
        case extended(Extension)
        /// In observe mode or with on-idle = "report": the limit was reached, nothing was done.
        case overdue(EndReason, idle: Duration?)
        /// Something was made up to look like activity; once of each kind until a hand is seen.
        case suspicious(Suspicion)
        /// Work goes on and does not count any more: the last hand is `workMax` ago. It names the
        /// job, or nothing where bytes that are sent are the work; once until a hand is seen.
        case workMaxReached(Duration, what: String?)
        /// Its terminals are locked; it is ended after `endsIn`, or never.
        case locked(LockReason, idle: Duration?, endsIn: Duration?)
        /// It was to be locked and could not be.
        case lockFailed(LockReason, why: String)
        /// Somebody failed to re-authenticate, for the `tries`th time in this lock.
        case reauthFailed(String, terminal: String, tries: Int)
        /// It is open again, `after` the lock began.
        case unlocked(Unlocking, after: Duration, failedTries: Int)
        /// The end begins: the first signal is on its way.
        case ending(EndReason, idle: Duration?)
        /// The session is closed because Lapse ended it.
        case ended(EndReason, idle: Duration?, duration: Duration)
        /// Every signal was sent and the leader is still there; the daemon goes on trying.
        case stuck
        /// The session closed by itself.
        case closed(CloseReason, duration: Duration)
        /// After the last signal these processes of the session were still running; they are ended
        /// after `endIn`, or left alone.
        case spared(NamedProcesses, endIn: Duration?)
        /// These lived apart from the session's terminals and were signalled in its end.
        case swept(NamedProcesses)
        /// SIGKILL was sent to these again and again, and they are still there; they are let go.
        case left(NamedProcesses)
    }
}

/// How a session closed without Lapse.
package enum CloseReason: Equatable, Sendable {
    /// The PAM module reported the close.
    case logout
    /// The leader was gone without a report.
    case leaderDied
}
