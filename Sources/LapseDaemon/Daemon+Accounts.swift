import LapseCore
import LapseLinux
import LapsePolicy

/// What has become of the accounts of those who have sessions.
///
/// Changes of the local files are told by inotify, those of a directory server are asked for. A
/// server that does not answer changes nothing.
extension Daemon {
    private static let pollAccountsAfter: Duration = .seconds(300)

    func watchAccounts() throws(SystemError) {
        accountChanges = try AccountChanges(on: loop) { [unowned self] in pollAccounts() }
        lookups.whenOverloaded = { [unowned self] in
            log.fault("too many look-ups of users wait for an answer; limits go by what is known")
        }
        delay(.pollAccounts, until: now + Self.pollAccountsAfter)
    }

    /// Looks at every account that has a session.
    func pollAccounts() {
        for user in Set(engine.sessions.values.map(\.facts.user)) {
            lookups.look(up: user) { [unowned self] account in accountSeen(account, of: user) }
        }
        delay(.pollAccounts, until: now + Self.pollAccountsAfter)
    }

    /// Takes what a look-up says of a user's living sessions.
    func accountSeen(_ account: Account, of user: String) {
        tellOnce(account, of: user)
        for session in engine.sessions.values where session.facts.user == user {
            guard let hold = holds[session.facts.id] else { continue }
            if let fault = hold.fault(account, uid: session.facts.uid.value) {
                feed(.revoked(session.facts.id, .account(fault)))
            }
            decide(session.facts.id)
        }
    }

    private func tellOnce(_ account: Account, of user: String) {
        guard case .failed(let failure) = account else {
            unknownAccounts.remove(user)
            return
        }
        guard unknownAccounts.insert(user).inserted else { return }
        log.fault("the account of \(user) cannot be looked up: \(failure)")
    }
}

extension SessionHold {
    /// Takes in what is known of the account now.
    func note(_ facts: AccountFacts) {
        if let groups = facts.groups {
            // Where a service is silent, a name that is missing proves nothing.
            let old = facts.silentServices.isEmpty ? [] : subject.groups ?? []
            subject.groups = groups.union(old)
            areGroupsComplete = facts.silentServices.isEmpty
        }
        accountExpires = facts.expiresOn.map { WallInstant(seconds: $0 * 86_400) }
    }

    /// Whether the user may have the session by his groups; nil if that is not known.
    ///
    /// Root always may: he is not in the groups of people, and must never be locked out by them.
    func isAdmitted(by membership: Membership) -> Bool? {
        guard subject.uid != 0 else { return true }
        let admits = membership.admits(subject.groups)
        return admits == false && !areGroupsComplete ? nil : admits
    }

    /// What is wrong with the account of the session's user, if anything is known to be.
    func fault(_ account: Account, uid: UInt32) -> AccountFault? {
        switch account {
        case .failed: return nil
        case .noSuchUser: return .deleted
        // Another account under the same name.
        case .exists(let facts) where facts.uid != uid: return .deleted
        case .exists(let facts):
            note(facts)
            defer { wasLocked = facts.isLocked }
            return facts.isLocked && !wasLocked ? .locked : nil
        }
    }
}
