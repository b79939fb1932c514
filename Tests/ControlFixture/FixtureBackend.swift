package import LapseControl
import Synchronization

/// A backend over a fixed set of sessions; it ends nothing and writes down what it was asked.
package struct FixtureBackend: ControlBackend, Sendable {
    package var all: [SessionInfo]
    package var statusInfo: StatusInfo
    /// What `end` answers.
    package var outcome = EndOutcome.ending
    package let log = CallLog()

    package init(
        _ all: [SessionInfo] = FixtureSessions.all,
        status: StatusInfo = FixtureSessions.status
    ) {
        self.all = all
        self.statusInfo = status
    }

    package func sessions(of scope: SessionScope, includingEnded: Bool) -> [SessionInfo] {
        log.add(scope: scope)
        // Deliberately everybody's, whatever the scope: the server has to filter on its own.
        return all.filter { includingEnded || $0.ended == nil }
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

    private let entries = Mutex((ends: [End](), scopes: [SessionScope]()))

    package var ends: [End] { entries.withLock(\.ends) }
    package var scopes: [SessionScope] { entries.withLock(\.scopes) }

    func add(end: End) {
        entries.withLock { $0.ends.append(end) }
    }

    func add(scope: SessionScope) {
        entries.withLock { $0.scopes.append(scope) }
    }
}
