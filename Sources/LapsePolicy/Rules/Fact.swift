/// What a rule can ask of a session, by the key that `when` has for it.
///
/// Each key has its negation: `not-users` beside `users`. The two are keys of their own, and not
/// marks on names, so that no name has to be escaped and no list has an order that matters.
package enum Fact: String, Word {
    case users
    case groups
    case services
    case from
    case terminal
    case auth

    /// One of its values, for messages.
    var noun: String {
        switch self {
        case .users: "user"
        case .groups: "group"
        case .services: "service"
        case .from: "address"
        case .terminal: "kind of terminal"
        case .auth: "method of authentication"
        }
    }

    /// Whether a session has exactly one value of it, so that one value shuts out all others.
    ///
    /// Not so `users`: a name and a number may be the same user.
    var isSingle: Bool {
        switch self {
        case .services, .from, .terminal: true
        case .users, .groups, .auth: false
        }
    }

    static let negation = "not-"

    /// All keys of `when`, negations included.
    static let keys = words + words.map { negation + $0 }
}

/// One value in a list of `when`.
enum Pattern: Sendable, Hashable {
    /// Of a user, a group, a service or a method of authentication.
    case name(ExactName)
    /// A user by his number.
    case uid(UInt32)
    case network(IPNetwork)
    /// A login without the network.
    case local
    case terminal(TerminalKind)

    /// The value as a policy file has it.
    var text: String {
        switch self {
        case .name(let name): TOMLText.string(name.name)
        case .uid(let uid): String(uid)
        case .network(let network): TOMLText.string(network.description)
        case .local: TOMLText.string("local")
        case .terminal(let kind): TOMLText.string(kind.rawValue)
        }
    }

    /// The value in backquotes for a message.
    var quoted: String {
        switch self {
        case .name(let name): VisibleText.quoted(name.name)
        case .uid(let uid): "`\(uid)`"
        case .network(let network): "`\(network)`"
        case .local: "`local`"
        case .terminal(let kind): "`\(kind.rawValue)`"
        }
    }

    /// Whether whoever has `other` has this one too.
    func contains(_ other: Pattern) -> Bool {
        if case .network(let network) = self, case .network(let inner) = other {
            return network.contains(inner)
        }
        return self == other
    }
}

/// What kind of terminal a session has.
package enum TerminalKind: String, Word {
    /// A pseudo-terminal: a shell over the network, a terminal emulator.
    case pty
    /// A virtual terminal of the machine's own screen and keyboard.
    case console
    /// A serial line.
    case serial
    /// None at all: sftp, scp, rsync, git, forwarding.
    ///
    /// Not called `none`, which an optional would take for its own.
    case absent = "none"
}
