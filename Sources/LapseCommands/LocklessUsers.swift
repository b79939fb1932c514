import LapsePolicy
import LapseSources

/// The users of this host who are ended where a policy would lock their sessions.
struct LocklessUsers: Encodable, Equatable {
    /// Names that are shown; who needs all of them finds the others by the same rule.
    static let shownMax = 10

    /// Whether shadow(5) could be read, so that the rest is more than nothing known.
    let isChecked: Bool
    let count: Int
    /// The first of them in the order of their names.
    let users: [String]

    /// Asks the policy for each user who can log in, as for a session over SSH with a terminal.
    ///
    /// What is not known of such a session is passed over, as in `policy explain`: from where it
    /// comes, and how its user has authenticated. Nil where no session of theirs is to be locked,
    /// or all have another way back.
    ///
    /// - Parameters:
    ///   - accounts: The users.
    ///   - policy: The policy.
    ///   - moment: When.
    init?(_ accounts: LocalAccounts, _ policy: Policy, at moment: WallMoment) {
        var found: [String] = []
        var isLocking = false
        var isChecked = true
        for user in accounts.users where user.canLogIn {
            let subject = Subject(
                user: user.name,
                uid: user.uid,
                groups: user.groups,
                service: "sshd",
                source: .unknown,
                terminal: .pty,
                auth: nil,
                isPrivileged: false
            )
            let decision = policy.allowance(for: subject, at: moment)
            isLocking = isLocking || (decision.locks && decision.allowance.unlock == .password)
            switch decision.lockObstacle(terminal: .pty, hasPassword: user.hasPassword) {
            case .noPassword?: found.append(user.name)
            case .passwordUnknown?: isChecked = false
            case .noTerminal?, nil: break
            }
        }
        guard isLocking else { return nil }
        self.isChecked = isChecked
        count = found.count
        users = Array(found.sorted().prefix(Self.shownMax))
    }

    /// One line for people; nil when there is nothing to say.
    var text: String? {
        guard isChecked else {
            return "note: not checked who has no password and is ended instead of locked:"
                + " \(LocalAccounts.defaultDirectory)/shadow cannot be read; it takes root"
        }
        guard count > 0 else { return nil }
        let who =
            count == 1 ? "1 user has no password and is" : "\(count) users have no password and are"
        let names = users.map { VisibleText($0.utf8).text }.joined(separator: ", ")
        let rest = count > users.count ? ", and \(count - users.count) more" : ""
        return "note: \(who) ended instead of locked: \(names)\(rest)"
    }
}
