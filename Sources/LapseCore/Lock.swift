/// A session's terminals are locked until its user re-authenticates.
package struct Lock: Equatable, Sendable {
    package let reason: LockReason
    package let since: BootInstant
    /// When the session is ended if nobody comes; nil for never.
    package internal(set) var endsAt: BootInstant?
    /// How often somebody failed to re-authenticate.
    package internal(set) var failedTries = 0
    /// It stands in the record.
    var isRecorded = false

    /// A lock that a daemon before this one made.
    package init(reason: LockReason, since: BootInstant, failedTries: Int) {
        self.reason = reason
        self.since = since
        self.failedTries = failedTries
        isRecorded = true
    }

    init(_ reason: LockReason, since: BootInstant) {
        self.reason = reason
        self.since = since
    }
}

/// Why a session is locked.
package enum LockReason: Equatable, Sendable {
    /// Nothing that counts as activity for longer than `limit`.
    case idle(limit: Duration)
    /// Open for longer than `limit`; who re-authenticates has that time anew.
    case lifetime(limit: Duration)
    /// Somebody who may asked for it.
    case request(by: UserID, why: String)

    /// The kind, by its name in the log and on the control socket.
    package enum Kind: String, Sendable, CaseIterable {
        case idle
        case lifetime
        case request
    }

    package var kind: Kind {
        switch self {
        case .idle: .idle
        case .lifetime: .lifetime
        case .request: .request
        }
    }

    /// Why it is ended where it cannot be locked; nil if it need not be.
    var endReason: EndReason? {
        switch self {
        case .idle(let limit): .idle(limit: limit)
        case .lifetime(let limit): .lifetime(limit: limit)
        case .request: nil
        }
    }
}

/// What came of `Effect.lock`.
package enum LockOutcome: Equatable, Sendable {
    /// Whatever could read from its terminals stands still, and they ask for re-authentication.
    case stands
    /// Nothing is locked, and nothing was changed.
    case failed(String)
}

/// How a lock ends, other than with its session.
package enum Unlocking: Equatable, Sendable {
    /// The user proved who he is.
    case reauthenticated
    /// Root ordered it.
    case ordered(by: UserID, why: String)
}
