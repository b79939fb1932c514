import FoundationEssentials

/// What `lapsectl list --json` says of a session, as far as the tests look at it.
package struct ListedSession: Decodable, Sendable {
    /// A terminal of the session.
    package struct Terminal: Decodable, Sendable {
        package let name: String
        package let idleMs: Int64?
    }

    /// What is to happen next.
    package struct Next: Decodable, Sendable {
        package let what: String
        package let reason: String
        package let inMs: Int64
    }

    package let id: String
    package let user: String
    package let service: String
    package let leader: Int32
    package let stage: String
    package let terminals: [Terminal]
    package let idleMs: Int64?
    package let next: Next?
}

private struct ListReply: Decodable {
    let sessions: [ListedSession]
}

/// What `lapsectl why --json` says of a session, as far as the tests look at it.
package struct ExplainedSession: Decodable, Sendable {
    /// Something that was seen of it, and what the policy makes of that.
    package struct Seen: Decodable, Sendable {
        package let doing: String
        package let worth: String
        /// The job, for work.
        package let what: String?
        package let agoMs: Int64

        /// For the reader of a failed test.
        package var text: String { "\(doing) \(what ?? "") \(agoMs) ms ago" }
    }

    /// What holds it; only that something does matters.
    package struct Hold: Decodable, Sendable {}

    package let activities: [Seen]
    package let holds: [Hold]
}

private struct WhyReply: Decodable {
    let why: ExplainedSession
}

extension Stage {
    /// Runs lapsectl and gives back what it did, well or not.
    package func lapsectl(
        _ words: [String],
        as user: StageUser = .root
    ) async throws(StageError) -> RunResult {
        try await run(["lapsectl"] + words, as: user)
    }

    /// The sessions that a user sees.
    package func list(as user: StageUser = .root) async throws(StageError) -> [ListedSession] {
        let result = try await lapsectl(["list", "--json"], as: user).checked()
        do {
            return try JSONDecoder().decode(ListReply.self, from: Data(result.output.utf8)).sessions
        } catch {
            throw .garbled("\(error): \(result.output)")
        }
    }

    /// Why a session is treated as it is, as root sees it.
    package func why(_ session: String) async throws(StageError) -> ExplainedSession {
        let result = try await lapsectl(["why", session, "--json"]).checked()
        do {
            return try JSONDecoder().decode(WhyReply.self, from: Data(result.output.utf8)).why
        } catch {
            throw .garbled("\(error): \(result.output)")
        }
    }

    /// Waits until root sees no session any more: the last ladder has come to its end.
    package func waitForEmptyList(within limit: Duration) async throws(StageError) {
        try await waitForSessions(of: [], within: limit)
    }

    /// Waits until root sees one session of each of these users and no other.
    package func waitForSessions(
        of users: [StageUser],
        within limit: Duration
    ) async throws(StageError) {
        let names = users.map(\.rawValue).sorted()
        try await waitForList("a list of \(names) alone", within: limit) { sessions in
            sessions.map(\.user).sorted() == names
        }
    }

    /// Waits until the one session of a user is listed with these terminals and no other.
    ///
    /// A terminal comes after its session, and the daemon finds it a moment later.
    package func waitForTerminals(
        _ names: [String],
        of user: StageUser,
        within limit: Duration
    ) async throws(StageError) {
        try await waitForList("terminals \(names) of \(user)", within: limit) { sessions in
            let own = sessions.filter { $0.user == user.rawValue }
            return own.count == 1 && own.flatMap(\.terminals).map(\.name).sorted() == names
        }
    }

    private func waitForList(
        _ what: String,
        within limit: Duration,
        is right: ([ListedSession]) -> Bool
    ) async throws(StageError) {
        let deadline = ContinuousClock.now + limit
        while true {
            let sessions = try await list()
            if right(sessions) { return }
            guard ContinuousClock.now < deadline else {
                throw .timeout(what, within: limit, instead: "\(sessions)")
            }
            // The command asks once; it cannot wait. A cancelled sleep only shortens the wait.
            _ = try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The one session of a user, as root sees it.
    package func session(of user: StageUser) async throws(StageError) -> ListedSession {
        let sessions = try await list().filter { $0.user == user.rawValue }
        guard let session = sessions.first, sessions.count == 1 else {
            throw .garbled("\(sessions.count) sessions of \(user) where there should be one")
        }
        return session
    }
}
