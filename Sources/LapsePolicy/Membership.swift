/// Of which groups a user has to be for as long as his session is open.
package enum Membership: Sendable, Hashable {
    case anyone
    /// At least one of these: 1...`PolicyLimits.memberGroupsMax`, in the order of their bytes, no
    /// two alike.
    case anyOf([ExactName])

    /// Whether a user may have the session, by the names of all groups that he is in.
    ///
    /// Names are compared by their bytes, as those of `when` are.
    ///
    /// - Parameter groups: `nil` when the look-up failed or has not answered yet.
    /// - Returns: `nil` if that is not known: never a reason to refuse a session or to end it.
    package func admits(_ groups: Set<String>?) -> Bool? {
        guard case .anyOf(let wanted) = self else { return true }
        return groups.map { $0.contains { wanted.contains(ExactName($0)) } }
    }
}

extension Membership {
    /// What a file writes for `anyone`; no group of that name can be asked for.
    static let wordForAnyone = "anyone"

    /// None for anyone.
    init(_ groups: [ExactName]) {
        self = groups.isEmpty ? .anyone : .anyOf(groups)
    }

    /// The groups that are asked for; none for anyone.
    var groups: [ExactName] {
        if case .anyOf(let groups) = self { groups } else { [] }
    }

    /// The membership as a policy file has it; a list of one as that one alone.
    var text: String {
        let names = groups.map { TOMLText.string($0.name) }
        switch names.count {
        case 0: return TOMLText.string(Self.wordForAnyone)
        case 1: return names[0]
        default: return TOMLText.array(names)
        }
    }
}
