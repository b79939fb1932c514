/// Why Lapse ends a session.
package enum EndReason: Equatable, Sendable {
    /// Nothing that counts as activity for longer than `limit`.
    case idle(limit: Duration)
    /// Open for longer than `limit`.
    case lifetime(limit: Duration)
    /// The policy's hours are over.
    case hours
    /// The user's sessions were open for `limit` today.
    case quota(limit: Duration)
    /// The SSH certificate that let the user in has run out.
    case certificate
    /// What let the user in does not hold any more.
    case account(AccountFault)
    /// The user may have `max` sessions, and this was the one that was idle the longest.
    case sessions(max: Int)
    /// It was locked for `limit`, and nobody re-authenticated.
    case locked(limit: Duration)
    /// Somebody who may asked for it.
    case request(EndRequest)

    /// The kind, by its name in the log and on the control socket.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case idle
        case lifetime
        case hours
        case quota
        case certificate
        case account
        case sessions
        case locked
        case admin
    }

    package var kind: Kind {
        switch self {
        case .idle: .idle
        case .lifetime: .lifetime
        case .hours: .hours
        case .quota: .quota
        case .certificate: .certificate
        case .account: .account
        case .sessions: .sessions
        case .locked: .locked
        case .request: .admin
        }
    }
}

/// What has become of the account of a session's user.
package enum AccountFault: Hashable, Sendable {
    /// The day of its expiry is over (shadow(5), account expiration date).
    case expired
    /// The password was locked after the session was opened (usermod(8), -L).
    case locked
    /// There is no such user any more.
    case deleted
    /// The user is in none of the groups any more that the policy asks for.
    case notMember
}

/// Why a session loses its right to be.
package enum Revocation: Equatable, Sendable {
    case account(AccountFault)
    /// A newer session of the user takes its place.
    case displaced(max: Int)

    var reason: EndReason {
        switch self {
        case .account(let fault): .account(fault)
        case .displaced(let max): .sessions(max: max)
        }
    }
}
