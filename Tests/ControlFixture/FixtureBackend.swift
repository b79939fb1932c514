package import LapseControl
import Synchronization

/// A backend over a fixed set of sessions; it ends nothing and writes down what it was asked.
package struct FixtureBackend: ControlBackend, Sendable {
    package var all: [SessionInfo]
    package var statusInfo: StatusInfo
    /// What `end` answers.
    package var outcome = EndOutcome.ending
    /// What steering and reloading fail with; nil for success.
    package var refusal: ControlError?
    /// The longest hold for anybody but root, in milliseconds.
    package var holdMaxMs: Int64 = 7_200_000
    package let log = CallLog()

    package init(
        _ all: [SessionInfo] = FixtureSessions.all,
        status: StatusInfo = FixtureSessions.status
    ) {
        self.all = all
        self.statusInfo = status
    }

    package func sessionIDs(of scope: SessionScope, includingEnded: Bool) -> [String] {
        log.add(scope: scope)
        // Deliberately everybody's, whatever the scope: the server has to filter on its own.
        return all.filter { includingEnded || $0.ended == nil }.map(\.id)
    }

    package func session(id: String) -> SessionInfo? {
        all.first { $0.id == id }
    }

    package mutating func end(id: String, by peer: ControlPeer, why: String) -> EndOutcome {
        log.add(end: .init(id: id, peer: peer, why: why))
        return outcome
    }

    package func status() -> StatusInfo {
        statusInfo
    }

    package func why(id: String) throws(ControlError) -> Explanation {
        var explanation = FixtureSessions.explanation
        explanation.id = id
        return explanation
    }

    package func policy() throws(ControlError) -> PolicyReport {
        FixtureSessions.policy
    }

    package mutating func reload(by peer: ControlPeer) throws(ControlError) -> ReloadReport {
        try note(.reload(peer))
        return FixtureSessions.reload
    }

    package mutating func touch(id: String, by peer: ControlPeer) throws(ControlError) {
        try note(.touch(id, peer))
    }

    package mutating func hold(
        id: String,
        forMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) -> HoldReport {
        guard peer.uid == 0 || time <= holdMaxMs else { throw .holdTooLong(maxMs: holdMaxMs) }
        try note(.hold(id, time, peer, why))
        return HoldReport(untilUs: FixtureSessions.opened + time * 1_000, inMs: time)
    }

    package mutating func release(id: String, by peer: ControlPeer) throws(ControlError) {
        try note(.release(id, peer))
    }

    package mutating func extend(
        id: String,
        byMs time: Int64,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) {
        try note(.extend(id, time, peer, why))
    }

    package mutating func lock(
        id: String,
        by peer: ControlPeer,
        why: String?
    ) throws(ControlError) {
        try note(.lock(id, peer, why))
    }

    package mutating func unlock(
        id: String,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) {
        try note(.unlock(id, peer, why))
    }

    package mutating func revoke(
        user: String,
        by peer: ControlPeer,
        why: String
    ) throws(ControlError) -> Int {
        try note(.revoke(user, peer, why))
        return all.count { $0.user == user && $0.ended == nil }
    }

    private func note(_ order: CallLog.Order) throws(ControlError) {
        if let refusal { throw refusal }
        log.add(order: order)
    }
}

/// What a `FixtureBackend` was asked.
package final class CallLog: Sendable {
    package struct End: Equatable, Sendable {
        package let id: String
        package let peer: ControlPeer
        package let why: String

        package init(id: String, peer: ControlPeer, why: String) {
            self.id = id
            self.peer = peer
            self.why = why
        }
    }

    /// What was to be changed, besides ends.
    package enum Order: Equatable, Sendable {
        case touch(String, ControlPeer)
        case hold(String, Int64, ControlPeer, String)
        case release(String, ControlPeer)
        case extend(String, Int64, ControlPeer, String)
        case lock(String, ControlPeer, String?)
        case unlock(String, ControlPeer, String)
        case revoke(String, ControlPeer, String)
        case reload(ControlPeer)
    }

    private let entries = Mutex((ends: [End](), scopes: [SessionScope](), orders: [Order]()))

    package var ends: [End] { entries.withLock(\.ends) }
    package var scopes: [SessionScope] { entries.withLock(\.scopes) }

    package var orders: [Order] { entries.withLock(\.orders) }

    func add(order: Order) {
        entries.withLock { $0.orders.append(order) }
    }

    func add(end: End) {
        entries.withLock { $0.ends.append(end) }
    }

    func add(scope: SessionScope) {
        entries.withLock { $0.scopes.append(scope) }
    }
}
