package import ArgumentParser
import LapseControl

/// The command `lapsectl`.
package struct Lapsectl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lapsectl",
        abstract: "Show login sessions, see what will happen to them and why, and steer them.",
        discussion: """
            Root sees and steers every session. Members of group lapse see every session. \
            Everybody else sees and steers his own, as far as the policy lets him.

            Exit status: 0 done; 1 a fault; 3 no such session; 4 not permitted; \
            5 the daemon cannot be reached; 64 wrong usage.
            """,
        version: LapseVersion.text,
        subcommands: [
            ListCommand.self, ShowCommand.self, WhyCommand.self, EndCommand.self,
            TouchCommand.self, HoldCommand.self, ReleaseCommand.self, LockCommand.self,
            UnlockCommand.self, ExtendCommand.self, RevokeCommand.self, StatusCommand.self,
            ReloadCommand.self, PolicyCommand.self,
        ]
    )

    package init() {}

    /// Runs the command that the process was given, and exits.
    package static func start() {
        main()
    }
}
