/// What a policy says of many sessions at one moment.
///
/// It answers as `Policy.allowance(for:at:)` does, which it asks once for all sessions that the
/// policy cannot tell apart: as a rule, most of those that one user has. It is of one policy and one
/// moment, so nothing that it remembers can be out of date.
package struct DecisionRound {
    private let policy: Policy
    private let moment: WallMoment
    private var decisions: [Traits: Decision] = [:]

    package init(_ policy: Policy, at moment: WallMoment) {
        self.policy = policy
        self.moment = moment
    }

    package mutating func allowance(for subject: Subject) -> Decision {
        let traits = Traits(subject: subject, networks: policy.matcher.networks(of: subject))
        if let known = decisions[traits] { return known }
        let decision = policy.allowance(for: subject, at: moment)
        decisions[traits] = decision
        return decision
    }

    /// All that the policy can tell of a session, which is not its very address.
    private struct Traits: Hashable {
        let subject: Subject
        /// Those that a rule names; `nil` if it is not known where the session comes from.
        let networks: [Pattern]?

        /// By the bytes of the names, as rules compare them: a `String` compares otherwise.
        static func == (left: Traits, right: Traits) -> Bool {
            let (one, other) = (left.subject, right.subject)
            return one.uid == other.uid && one.user.isExactly(other.user)
                && one.service.isExactly(other.service) && one.terminal == other.terminal
                && one.hasPrivileges == other.hasPrivileges && left.networks == right.networks
                && areAlike(one.auth, other.auth) && areAlike(one.groups, other.groups)
        }

        /// Whether two lists have the same names in the same order, or both are not known.
        ///
        /// Two sets of the same names can differ in their order: such sessions are matched twice.
        private static func areAlike<Names: Collection<String>>(
            _ one: Names?,
            _ other: Names?
        ) -> Bool {
            guard let one, let other else { return one == nil && other == nil }
            return one.count == other.count && zip(one, other).allSatisfy { $0.isExactly($1) }
        }

        /// By what sessions of different users, or from different places, differ in: the groups are
        /// the same where that is.
        func hash(into hasher: inout Hasher) {
            hasher.combine(subject.uid)
            hasher.combine(ExactName(subject.user))
            hasher.combine(subject.terminal)
            hasher.combine(networks)
        }
    }
}
