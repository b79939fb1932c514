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
        accountChanges = try AccountChanges(on: loop) { [unowned self] in
            pollAccounts(anew: true)
        }
        lookups.whenOverloaded = { [unowned self] in
            log.fault("too many look-ups of users wait for an answer; limits go by what is known")
        }
        delay(.pollAccounts, until: now + Self.pollAccountsAfter)
    }

    /// Looks at every account that has a session, some at a time: the desk has room for
    /// `AccountLookups.usersWaitingMax`, and logins need it too.
    ///
    /// `anew` is for a change that nobody who was asked before it can have told.
    func pollAccounts(anew: Bool = false) {
        if anew { accountsToPoll = [] }
        if accountsToPoll.isEmpty {
            accountsToPoll = Set(
                engine.sessions.values.map { Login(user: $0.facts.user, uid: $0.facts.uid) }
            )
        }
        for login in accountsToPoll.prefix(Self.accountsPerPoll) {
            accountsToPoll.remove(login)
            lookups.look(up: login.user) { [unowned self] account in
                accountSeen(account, of: login.user, login.uid)
            }
        }
        let pause = accountsToPoll.isEmpty ? Self.pollAccountsAfter : Self.pollOnAfter
        delay(.pollAccounts, until: now + pause)
    }

    /// Users in one go, and the pause before the next go.
    private static let accountsPerPoll = 256
    private static let pollOnAfter: Duration = .seconds(1)

    /// A name and the number that it had at the login.
    struct Login: Hashable {
        let user: String
        let uid: UserID
    }

    /// Takes what a look-up says of the living sessions of a user who logged in with this uid.
    func accountSeen(_ account: Account, of user: String, _ uid: UserID) {
        tellOnce(account, of: user)
        let page = newPage()
        for id in activity.sessions(of: uid) {
            guard let hold = holds[id], engine.sessions[id]?.facts.user == user else { continue }
            if let fault = hold.fault(account, uid: uid.value) {
                feed(.revoked(id, .account(fault)))
            }
            if case .exists(let facts) = account {
                feed(.passwordKnown(id, facts.hasPassword))
            }
            decide(id, on: page)
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
            // One that was locked when the session opened is a new case once it was unlocked.
            if !facts.isLocked { wasLocked = false }
            return facts.isLocked && !wasLocked ? .locked : nil
        }
    }
}
