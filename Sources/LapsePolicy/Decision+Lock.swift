// Whom a lock does not help: his session is ended where it would be locked.

/// Why a session that its policy would lock is ended instead, as far as that is known before.
package enum LockObstacle: Sendable, Equatable {
    /// There is no terminal to ask on.
    case noTerminal
    /// The user has no password to answer with, and `unlock = "pam"` does not say that he has
    /// another way.
    case noPassword
    /// Nobody can say whether he has one.
    case passwordUnknown
}

extension Decision {
    /// Whether a limit of the session is to lock it.
    package var locks: Bool {
        let isIdleLock = allowance.onIdle == .lock && allowance.idle != .never
        let isRenewal = allowance.onLifetime == .reauth && allowance.lifetime != .never
        return mode == .enforce && (isIdleLock || isRenewal)
    }

    /// What keeps the session from being locked where it is to be; nil for nothing that is known.
    ///
    /// - Parameters:
    ///   - terminal: what kind of terminal it has, as it was asked about.
    ///   - hasPassword: whether its user has a password; nil where nobody can say.
    /// - Returns: the first that there is.
    package func lockObstacle(terminal: TerminalKind?, hasPassword: Bool?) -> LockObstacle? {
        guard locks else { return nil }
        if terminal == .absent { return .noTerminal }
        guard allowance.unlock == .password else { return nil }
        switch hasPassword {
        case true?: return nil
        case false?: return .noPassword
        case nil: return .passwordUnknown
        }
    }
}
