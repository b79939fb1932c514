import Glibc
package import LapseLinux

/// The users and groups of this host for a command: looked up through NSS, with a limit on the time
/// that all look-ups take together.
package final class HostDirectory {
    /// How long a person waits for a directory.
    package static let defaultLimit = Duration.seconds(5)
    /// How long one name of many may take: a directory that works answers in milliseconds.
    package static let defaultLimitOfOne = Duration.seconds(1)

    private let deadline: ContinuousClock.Instant
    private let limitOfOne: Duration
    private let lookUpUser: @Sendable (String) -> Account
    private let lookUpGroup: @Sendable (String) -> Bool?
    private var accounts: [String: Account?] = [:]
    private var groups: [String: Bool?] = [:]

    /// Users and groups of whom it is not known whether they are there, sorted.
    package var unansweredUsers: [String] {
        accounts.filter { Self.answer($0.value) == nil }.keys.sorted()
    }
    package var unansweredGroups: [String] { groups.filter { $0.value == nil }.keys.sorted() }

    /// The time begins now.
    ///
    /// - Parameters:
    ///   - limit: For all look-ups together; after it, none is begun.
    ///   - limitOfOne: For each, so that one that hangs leaves time for those that do not.
    ///   - lookUpUser: Called on any thread; may wait for ever.
    ///   - lookUpGroup: The same; nil for an answer that did not come.
    package init(
        limit: Duration = defaultLimit,
        limitOfOne: Duration = defaultLimitOfOne,
        lookUpUser: @escaping @Sendable (String) -> Account = { Accounts.lookUp($0) },
        lookUpGroup: @escaping @Sendable (String) -> Bool? = { hasGroup($0) }
    ) {
        deadline = ContinuousClock.now + limit
        self.limitOfOne = limitOfOne
        self.lookUpUser = lookUpUser
        self.lookUpGroup = lookUpGroup
    }

    /// The account of a user; nil when no answer came in time.
    package func account(of user: String) -> Account? {
        if let known = accounts[user] { return known }
        let account = PatientCall.value(within: rest) { [lookUpUser] in lookUpUser(user) }
        accounts[user] = .some(account)
        return account
    }

    /// Whether there is such a user; nil when nobody can say.
    package func isUser(_ name: String) -> Bool? {
        Self.answer(account(of: name))
    }

    /// Whether there is such a group; nil when nobody can say.
    package func isGroup(_ name: String) -> Bool? {
        if let known = groups[name] { return known }
        let answer = PatientCall.value(within: rest) { [lookUpGroup] in lookUpGroup(name) } ?? nil
        groups[name] = .some(answer)
        return answer
    }

    /// What the next look-up may take.
    private var rest: Duration { min(limitOfOne, deadline - ContinuousClock.now) }

    private static func answer(_ account: Account?) -> Bool? {
        switch account {
        case .exists: true
        case .noSuchUser: false
        case .failed, nil: nil
        }
    }
}

/// Whether NSS has a group; nil when it cannot say.
///
/// The corresponding C function is `getgrnam_r`. glibc keeps the last service's word alone
/// (nss/getXXbyYY_r.c), so a "no" counts only where each of them answers.
package func hasGroup(_ name: String) -> Bool? {
    // The largest entry in bytes: a group of a hundred thousand members.
    let entryBytesMax = 4 << 20
    var size = 4096
    while true {
        var entry = group()
        var isFound = false
        var buffer = [CChar](repeating: 0, count: size)
        // SAFETY: pointer and count are of one buffer that lives through the call; nothing of the
        // entry, which points into it, is used afterwards.
        let code = buffer.withUnsafeMutableBufferPointer { room -> Int32 in
            guard let base = room.baseAddress else { return ENOMEM }
            var result: UnsafeMutablePointer<group>?
            let code = getgrnam_r(name, &entry, base, room.count, &result)
            isFound = result != nil
            return code
        }
        switch code {
        case ERANGE where size < entryBytesMax: size *= 4
        // Neither is an error: getgrnam(3) lists them for "not found".
        case 0, ENOENT, ESRCH: return isFound ? true : isNoCertain ? false : nil
        default: return nil
        }
    }
}

/// Whether every service that groups are looked up in answers at the moment, so that a "no" counts.
private var isNoCertain: Bool {
    NameServices.services(for: .group).allSatisfy { service in
        // No service of those that ask no server can be silent, and root is asked for in vain or
        // not in any that does: that it answers at all is what counts.
        service == "files" || NameServices.ask(service, forUser: "root") != .silent
    }
}
