/// All that rules may ask of one session, as it is known at the moment.
///
/// What is not known (`nil`, `.unknown`) never matches: neither a rule that asks for it nor one
/// that asks for its negation. `Decision.unknown` says when that may have mattered.
package struct Subject: Sendable, Hashable {
    package var user: String
    package var uid: UInt32
    /// Names of all groups; `nil` when the look-up failed or has not answered yet.
    package var groups: Set<String>?
    /// The PAM service, as `sshd`.
    package var service: String
    package var source: Source
    /// `nil` before it is known: sshd opens the PAM session before it allocates a terminal.
    package var terminal: TerminalKind?
    /// The methods that were used, as SSH_AUTH_INFO_0 names them (`publickey`,
    /// `keyboard-interactive/pam`); empty where no SSH was, `nil` where it is not known.
    package var auth: [String]?
    /// Root works in it, in a shell that su or sudo opened; root's own logins need not be marked.
    package var isPrivileged: Bool

    package init(
        user: String,
        uid: UInt32,
        groups: Set<String>?,
        service: String,
        source: Source,
        terminal: TerminalKind?,
        auth: [String]?,
        isPrivileged: Bool = false
    ) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.service = service
        self.source = source
        self.terminal = terminal
        self.auth = auth
        self.isPrivileged = isPrivileged
    }

    /// Where a session comes from.
    package enum Source: Sendable, Hashable {
        case address(IPAddress)
        /// Not over the network: a console, a serial line.
        ///
        /// A connection from 127.0.0.1 or ::1 is none of that: it may be anybody's tunnel.
        case local
        /// Over the network, but the address is not known: a host name alone proves nothing.
        case unknown
    }

    /// Root itself, or root in it.
    var hasPrivileges: Bool { isPrivileged || uid == 0 }
}

extension Subject {
    /// What the session has of a fact, in the terms that rules use; `nil` if it is not known.
    ///
    /// Of networks those are named that have one of `lengths` bits: no rule asks for others.
    func patterns(of fact: Fact, lengths: NetworkLengths) -> [Pattern]? {
        switch fact {
        case .users: [.name(ExactName(user)), .uid(uid)]
        case .groups: groups?.map { .name(ExactName($0)) }
        case .services: [.name(ExactName(service))]
        case .from:
            switch source {
            case .address(let address): lengths.networks(around: address)
            case .local: [.local]
            case .unknown: nil
            }
        case .terminal: terminal.map { [.terminal($0)] }
        case .auth: auth?.flatMap(Self.methods)
        }
    }

    /// The method as it is, and without what comes after its `/`.
    private static func methods(_ method: String) -> [Pattern] {
        let name = method.prefix { $0 != "/" }
        let whole = Pattern.name(ExactName(method))
        return name.endIndex == method.endIndex ? [whole] : [whole, .name(ExactName(String(name)))]
    }
}

/// Which lengths the networks of some rules have.
struct NetworkLengths: Sendable {
    private var v4: [Int] = []
    private var v6: [Int] = []

    mutating func add(_ network: IPNetwork) {
        switch network.family {
        case .v4: if !v4.contains(network.length) { v4.append(network.length) }
        case .v6: if !v6.contains(network.length) { v6.append(network.length) }
        }
    }

    /// The networks of these lengths that an address lies in.
    func networks(around address: IPAddress) -> [Pattern] {
        networks(around: IPNetwork(address, length: address.family.bits))
    }

    /// The networks of these lengths that another one lies in.
    func networks(around network: IPNetwork) -> [Pattern] {
        let address = IPAddress(network.family, network.value)
        return (network.family == .v4 ? v4 : v6).compactMap { length in
            length <= network.length ? .network(IPNetwork(address, length: length)) : nil
        }
    }
}
