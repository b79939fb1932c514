import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy

/// What users and administrators may have done to sessions; `LapseControl.Access` has let them.
extension DaemonBackend {
    mutating func touch(id: String, by peer: ControlPeer) throws(ControlError) {
        let session = try living(id)
        _ = try allowed(.zero, session, peer)
        daemon.feed(.touched(session.facts.id, by: UserID(value: peer.uid)))
    }

    mutating func hold(
        id: String,
        forMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) -> HoldReport {
        let session = try living(id)
        let until = try allowed(.milliseconds(time), session, peer)
        let hold = Hold(until: until, by: UserID(value: peer.uid), why: why)
        daemon.feed(.held(session.facts.id, hold))
        return HoldReport(untilUs: daemon.wall.wallMicroseconds(until), inMs: time)
    }

    mutating func release(id: String, by peer: ControlPeer) throws(ControlError) {
        let id = try living(id).facts.id
        daemon.feed(.released(id, by: UserID(value: peer.uid)))
    }

    mutating func extend(
        id: String,
        byMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) {
        let id = try living(id).facts.id
        let longer = Extension(
            by: .milliseconds(time),
            orderedBy: UserID(value: peer.uid),
            why: why
        )
        daemon.feed(.extended(id, longer))
    }

    mutating func lock(id: String, by peer: ControlPeer, why: String?) throws(ControlError) {
        let session = try living(id)
        guard session.lock == nil else { return }
        let user = UserID(value: peer.uid)
        // Root may lock what root alone can unlock.
        if peer.uid != 0, !session.hasWayToUnlock {
            throw .cannotLock(id: id, reason: "its user has no password to unlock it with")
        }
        daemon.feed(.lockRequested(session.facts.id, by: user, why: why ?? ""))
        guard daemon.engine.sessions[session.facts.id]?.lock == nil else { return }
        throw .cannotLock(id: id, reason: daemon.lastLockFailure)
    }

    mutating func unlock(id: String, by peer: ControlPeer, why: String) throws(ControlError) {
        let id = try living(id).facts.id
        daemon.feed(.unlocked(id, .ordered(by: UserID(value: peer.uid), why: why)))
    }

    mutating func revoke(
        user: String,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) -> Int {
        let uid = UInt32(user)
        let own = daemon.engine.sessions.values.filter { session in
            if case .ending = session.stage { return false }
            return session.facts.user == user || session.facts.uid.value == uid
        }
        for session in own { order(EndRequest(by: UserID(value: peer.uid), why: why), session) }
        return own.count
    }

    /// Ends a session by an order that outlives the daemon.
    func order(_ request: EndRequest, _ session: Session) {
        let id = session.facts.id
        daemon.holds[id]?.endRequest = request
        daemon.feed(.endRequested(id, request))
        daemon.keepProgress(of: id)
    }

    /// The end of a time from now on in which the session may be kept by a word.
    private func allowed(
        _ time: Duration,
        _ session: Session,
        _ peer: ControlPeer
    ) throws(ControlError) -> BootInstant {
        let now = daemon.now
        let until = now + time
        // Root orders, a user asks.
        guard peer.uid == 0 || until <= session.wordHoldsUntil else {
            throw .holdTooLong(maxMs: max(0, session.wordHoldsUntil.since(now).wholeMilliseconds))
        }
        return until
    }

    private func living(_ name: String) throws(ControlError) -> Session {
        guard let id = SessionID(name: name), let session = daemon.engine.sessions[id]
        else { throw .noSuchSession(id: name) }
        if case .ending = session.stage { throw .alreadyEnding(id: name) }
        return session
    }
}
