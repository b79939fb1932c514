import LapseLinux
import LapsePolicy
import LapseSources

/// The session that `lapsectl policy explain` asks about, and what this host knows of its user.
struct ExplainedSubject {
    /// Of no user: chown(2) and setresuid(2) take it for "leave as it is".
    ///
    /// It stands for an unknown uid, since no rule of sense names it.
    private static let nobodysUID = UInt32.max

    let user: String
    /// Nil when it is not known.
    let uid: UInt32?
    /// Nil when they are not known.
    let groups: Set<String>?
    /// What could not be found out, in words.
    let remarks: [String]
    var service = "sshd"
    var source = Subject.Source.unknown
    var terminal: TerminalKind?
    var auth: [String]?
    var isPrivileged = false

    /// Looks the user up.
    ///
    /// - Parameters:
    ///   - directory: The host's.
    ///   - user: His name.
    ///   - groups: His groups; empty to look them up too.
    init(_ directory: HostDirectory, user: String, groups: [String]) {
        self.user = user
        var remarks: [String] = []
        var found: Set<String>?
        switch directory.account(of: user) {
        case .exists(let facts):
            uid = facts.uid
            found = facts.silentServices.isEmpty ? facts.groups : nil
            if groups.isEmpty, found == nil {
                let silent = facts.silentServices.map { VisibleText($0.utf8).text }
                remarks.append(
                    silent.isEmpty
                        ? "the groups of the user cannot be read"
                        : "the groups of the user are not all known: "
                            + silent.joined(separator: ", ") + " did not answer"
                )
            }
        case .noSuchUser:
            uid = nil
            remarks.append("this host has no such user: his uid is unknown")
        case .failed(let failure):
            uid = nil
            remarks.append("the user cannot be looked up: \(VisibleText("\(failure)".utf8).text)")
        case nil:
            uid = nil
            remarks.append(
                "the user cannot be looked up: no answer within \(HostDirectory.defaultLimit)"
            )
        }
        self.groups = groups.isEmpty ? found : Set(groups)
        self.remarks = remarks
    }

    /// Whether the user has a password, as far as this host's own files tell.
    ///
    /// One who is not in them has his in a directory, as the daemon takes it too; of one who is
    /// nowhere nothing is known.
    func hasPassword(_ accounts: LocalAccounts) -> Bool? {
        if let local = accounts.user(user) { return local.hasPassword }
        return uid == nil ? nil : true
    }

    /// As the policy takes it.
    var subject: Subject {
        Subject(
            user: user,
            uid: uid ?? Self.nobodysUID,
            groups: groups,
            service: service,
            source: source,
            terminal: terminal,
            auth: auth,
            isPrivileged: isPrivileged
        )
    }
}
