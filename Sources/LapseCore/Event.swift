package import LapsePolicy

/// What happened in the world, as the daemon saw it.
///
/// Each event carries facts, never decisions.
package enum Event: Equatable, Sendable {
    /// A session was reported open, or found on a restart; the policy allows it this much.
    case opened(SessionFacts, Allowance, Mode, Opening)
    /// The PAM module reported the session closed, with the right token.
    case closeReported(SessionID)
    /// The leader's pidfd became readable: the process is gone.
    case leaderExited(SessionID)
    /// Input was read from a terminal of the session at this moment.
    case input(SessionID, at: BootInstant)
    /// What a daemon before this one knew of an adopted session.
    case remembered(SessionID, FormerActivity)
    /// The answer to `Effect.look`, or terminals that came or went.
    case evidence(SessionID, Evidence)
    /// Somebody who may asks for the end of the session.
    case endRequested(SessionID, EndRequest)
    /// The policy allows the session something else from now on.
    case allowanceChanged(SessionID, Allowance, Mode)
    /// All cutoffs of the session but its lifetime, in place of those known before.
    case cutoffsKnown(SessionID, [Cutoff])
    /// What let the user in does not hold any more, or his newer session takes the place.
    case revoked(SessionID, Revocation)
    /// Somebody who may says that the session is in use.
    case touched(SessionID, by: UserID)
    /// Somebody who may keeps the session from its idle limit for a time.
    case held(SessionID, Hold)
    /// A hold is taken back.
    case released(SessionID, by: UserID)
    /// Somebody who may lets the session live longer.
    case extended(SessionID, Extension)
    /// The answer to `Effect.signal`.
    case signalled(SessionID, SignalOutcome)
    /// Somebody who may asks for a lock.
    case lockRequested(SessionID, by: UserID, why: String)
    /// An adopted session was locked by a daemon before this one.
    case relocked(SessionID, Lock)
    /// The answer to `Effect.lock`; also a lock that stood and cannot be kept any more.
    case lockAnswered(SessionID, LockOutcome)
    /// Somebody at a locked terminal could not prove who he is.
    case reauthFailed(SessionID, why: String, terminal: String)
    /// The lock is lifted.
    case unlocked(SessionID, Unlocking)
    /// Whether the user has a password.
    case passwordKnown(SessionID, Bool)
    /// The machine was suspended for so long and runs again: nobody can have typed meanwhile.
    ///
    /// Comes before the keys that are there by now.
    case slept(SessionID, Duration)
    /// Nothing but time passed; sent at `Engine.nextDeadline`.
    case deadline
}

/// How a session came into the table.
package enum Opening: Equatable, Sendable {
    /// The PAM module reported it.
    case reported
    /// It was open before the daemon started.
    case adopted
}

/// What a step of the end reached.
package struct SignalOutcome: Equatable, Sendable {
    /// Processes that were there to be signalled.
    package let reached: Int
    /// Those of them that are below the leader or on the session's terminals; empty if the signal
    /// was for the leader.
    package let attached: NamedProcesses
    /// Those of them that live apart from the session's terminals.
    package let detached: NamedProcesses
    /// Processes of the session that live apart from its terminals and were left alone.
    package let spared: NamedProcesses

    package init(
        reached: Int,
        attached: NamedProcesses = [],
        detached: NamedProcesses = [],
        spared: NamedProcesses = []
    ) {
        self.reached = reached
        self.attached = attached
        self.detached = detached
        self.spared = spared
    }
}
