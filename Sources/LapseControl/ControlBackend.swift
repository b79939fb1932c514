/// What the control socket needs of the daemon.
package protocol ControlBackend {
    /// The ids of the sessions in this scope.
    ///
    /// The server filters them by the access table once more. The scope is given so that an
    /// ordinary user's call costs no look at everybody's sessions. It must be quick: what is shown
    /// of each session is asked with `session(id:)`, a few of them a turn.
    ///
    /// - Parameters:
    ///   - scope: Whose sessions are asked for.
    ///   - includingEnded: Whether those that are over but still on record are wanted too.
    /// - Returns: Their ids, oldest first.
    func sessionIDs(of scope: SessionScope, includingEnded: Bool) -> [String]

    /// The session with this id, open or on record; nil if there is none.
    func session(id: String) -> SessionInfo?

    /// Begins to end a session, without waiting for the end.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - peer: Who asked for it; the access table has let him.
    ///   - why: His reason: not empty, trimmed, within limits, escaped.
    /// - Returns: What came of it.
    mutating func end(id: String, by peer: ControlPeer, why: String) -> EndOutcome

    /// The daemon's figures, complete; the server takes out what the peer may not see.
    func status() -> StatusInfo

    /// Why a session is treated as it is, as of now.
    ///
    /// - Parameter id: The id of a session that is not over.
    /// - Returns: All of it.
    /// - Throws: `noSuchSession` when it went between the look and this call.
    func why(id: String) throws(ControlError) -> Explanation

    /// The policy in force, whole.
    func policy() throws(ControlError) -> PolicyReport

    /// Reads the policy's files anew and puts them in force, whole or not at all.
    ///
    /// - Parameter peer: Who asked for it, for the record.
    /// - Returns: What was read.
    /// - Throws: `policyRefused` with all that is wrong; the policy from before is then in force.
    mutating func reload(by peer: ControlPeer) throws(ControlError) -> ReloadReport

    /// Counts as activity of the session's user, now.
    ///
    /// In this and the calls below the session was neither ending nor over when the server looked,
    /// and the access table has let the peer. They throw `noSuchSession` or `alreadyEnding` when
    /// that changed meanwhile. It was not locked either where that matters: for this call, `hold`
    /// and `lock`.
    mutating func touch(id: String, by peer: ControlPeer) throws(ControlError)

    /// Keeps a session from its idle limit for a time; it takes the place of a hold before it.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - time: For how long from now, 1...`ControlLimits.steeringMsMax` milliseconds.
    ///   - peer: Who asked for it; root is bound by no `hold-max`.
    ///   - why: His reason, as with `end`.
    /// - Returns: Until when it holds.
    /// - Throws: `holdTooLong` with what the session's policy allows its user.
    mutating func hold(
        id: String,
        forMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) -> HoldReport

    /// Lifts the session's hold; no hold to lift is no error.
    mutating func release(id: String, by peer: ControlPeer) throws(ControlError)

    /// Moves the ends that are due for a session by a time.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - time: By how long, 1...`ControlLimits.steeringMsMax` milliseconds.
    ///   - peer: Who asked for it: root.
    ///   - why: His reason, as with `end`.
    /// - Throws: As above.
    mutating func extend(
        id: String,
        byMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError)

    /// Locks the terminals of a session that is not locked, whatever its policy says of its limits.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - peer: Who asked for it: its user, or root.
    ///   - why: His reason, as with `end`; nil if he gave none.
    /// - Throws: `cannotLock` with the reason, in words: there is no terminal to ask on, or its user
    ///   has no way to answer.
    mutating func lock(id: String, by peer: ControlPeer, why: String?) throws(ControlError)

    /// Unlocks a session that is locked, as if its user had come back.
    ///
    /// - Parameters:
    ///   - id: The session's id.
    ///   - peer: Who asked for it: root.
    ///   - why: His reason, as with `end`.
    /// - Throws: As above.
    mutating func unlock(id: String, by peer: ControlPeer, why: String) throws(ControlError)

    /// Begins to end all sessions of a user, without waiting for their ends.
    ///
    /// - Parameters:
    ///   - user: His name, not empty, at most `ControlLimits.userBytesMax` bytes; or his uid in
    ///     digits, for a user whom nothing names any more.
    ///   - peer: Who asked for it: root.
    ///   - why: His reason, as with `end`.
    /// - Returns: How many sessions are being ended because of this call.
    /// - Throws: What keeps the daemon from it.
    mutating func revoke(user: String, by peer: ControlPeer, why: String) throws(ControlError)
        -> Int
}

/// Whose sessions are asked for.
package enum SessionScope: Equatable, Sendable {
    /// Everybody's.
    case everyone
    /// Those of one uid.
    case uid(UInt32)
}

/// What came of asking the daemon to end a session.
package enum EndOutcome: Equatable, Sendable {
    /// It is being ended now.
    case ending
    /// It was being ended before, or has ended.
    case alreadyEnding
    /// It went between the look and the act.
    case noSuchSession
}
