/// What a stage is to hold.
package struct StageOptions: Sendable {
    /// What of Lapse runs on the stage.
    package enum Lapse: Sendable {
        /// Nothing: PAM stacks without the module, no daemon.
        case absent
        /// The module in the PAM stacks, with no daemon behind it.
        case module
        /// The module and the daemon.
        case all
    }

    package var lapse: Lapse
    /// The text of /etc/lapse/lapse.toml.
    package var policy: String
    /// The control word of the module's line in the PAM stacks, see pam.d(5).
    package var moduleControl = "optional"
    /// Arguments of the module.
    package var moduleArguments: [String] = []
    /// Files of /etc/lapse/lapse.d: names with `.toml`, and texts.
    package var dropIns: [String: String] = [:]
    /// How many virtual terminals the stage takes.
    package var consoleCount = 0
    /// More lines of sshd_config(5).
    package var sshdLines: [String] = []
    /// Whether cgroup version 2 is mounted, beside nothing, as on a hybrid host.
    package var hasControlGroups = true
    /// The lines of the PAM service `lapse-unlock`.
    package var unlockLines = ["auth required pam_unix.so", "account required pam_unix.so"]
    /// More lines of sudoers(5), which hold over the stage's own.
    package var sudoersLines: [String] = []

    package init(_ lapse: Lapse = .all, policy: String = "") {
        self.lapse = lapse
        self.policy = policy
    }
}

/// A person with an account on the stage; any key of the stage's ssh client opens it.
package enum StageUser: String, Sendable, CaseIterable {
    case root
    case alice
    case bob
    /// A member of the group `lapse`.
    case carol
    /// A member of the groups `wheel` and `staff`.
    case dave
    /// A member of the group `contractors`.
    case erin

    package var uid: UInt32 {
        switch self {
        case .root: 0
        case .alice: 1001
        case .bob: 1002
        case .carol: 1003
        case .dave: 1004
        case .erin: 1005
        }
    }

    /// The groups beside the user's own.
    package var groups: [StageGroup] { StageGroup.allCases.filter { $0.members.contains(self) } }

    package var home: String { self == .root ? "/root" : "/home/\(rawValue)" }
}

/// A group of people on the stage.
package enum StageGroup: String, Sendable, CaseIterable {
    /// sudo lets its members do everything, without a password.
    case wheel
    case staff
    case contractors
    /// Members read all of the control socket.
    case lapse

    package var gid: UInt32 {
        switch self {
        case .wheel: 991
        case .staff: 992
        case .contractors: 993
        case .lapse: 990
        }
    }

    package var members: [StageUser] {
        switch self {
        case .wheel: [.dave]
        case .staff: [.bob, .dave]
        case .contractors: [.erin]
        case .lapse: [.carol]
        }
    }
}
