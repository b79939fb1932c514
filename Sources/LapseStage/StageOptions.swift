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
    /// How many virtual terminals the stage takes.
    package var consoleCount = 0

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

    package var uid: UInt32 {
        switch self {
        case .root: 0
        case .alice: 1001
        case .bob: 1002
        case .carol: 1003
        }
    }

    package var home: String { self == .root ? "/root" : "/home/\(rawValue)" }
}
