package import LapsePolicy

/// What the daemon must do.
///
/// The engine decides; the runner of effects decides nothing.
package enum Effect: Equatable, Sendable {
    /// Read the evidence of the session now and answer with `Event.evidence` in the same turn.
    case look(SessionID)
    /// Write the notice to each terminal of the session, without waiting for any of them.
    case tell(SessionID, Notice)
    /// Send the signal to whom it is meant for and answer with `Event.signalled` in the same turn.
    case signal(SessionID, SignalOrder)
    /// Lock all terminals of the session and answer with `Event.lockAnswered` in the same turn.
    case lock(SessionID, LockReason)
    /// Put everything back as it was before the lock.
    case unlock(SessionID)
    /// Let the processes of a locked session run, for their end; its terminals stay locked.
    case thaw(SessionID)
    /// Write one line to the log.
    case record(Record)
    /// The session is over and out of the table: let go of all that was held for it.
    case retire(SessionID)
}

/// One signal and whom it is for.
package struct SignalOrder: Equatable, Sendable {
    package let signal: EndSignal
    package let to: Recipients
    /// Those that live apart from the session's terminals (tmux, nohup) are not meant.
    package let sparesDetached: Bool

    package init(signal: EndSignal, to: Recipients, sparesDetached: Bool = true) {
        self.signal = signal
        self.to = to
        self.sparesDetached = sparesDetached
    }

    /// Who is signalled.
    package enum Recipients: Equatable, Sendable {
        /// The process that opened the session: sshd's monitor, login(1).
        case leader
        /// What runs on the session's terminals and below its leader.
        case processes
        /// The same, and the sshd process that carries the connection for the user. It is left
        /// alone before the leader was asked to close, so that the last words still arrive.
        case processesAndRelay
    }
}

/// What a user is told on the terminals of the session.
package enum Notice: Equatable, Sendable {
    /// The end, or a lock, comes after `remaining`.
    case warning(EndReason, remaining: Duration, then: Countdown.Consequence = .end)
    /// Activity that counts was seen, or somebody gave his word: the countdown is over.
    case kept
    /// What was warned of does not come now: the limits have changed.
    case eased
    /// The session is being ended now.
    case ended(EndReason)
}
