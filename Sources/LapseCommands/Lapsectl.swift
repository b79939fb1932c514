package import ArgumentParser
import LapseControl

/// The command `lapsectl`.
package struct Lapsectl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lapsectl",
        abstract: "Show login sessions, see what will happen to them, and end them.",
        discussion: """
            Root sees and ends every session. Members of group lapse see every session. \
            Everybody else sees and ends his own.

            Exit status: 0 done; 1 a fault; 3 no such session; 4 not permitted; \
            5 the daemon cannot be reached; 64 wrong usage.
            """,
        version: LapseVersion.text,
        subcommands: [ListCommand.self, ShowCommand.self, EndCommand.self, StatusCommand.self]
    )

    package init() {}

    /// Runs the command that the process was given, and exits.
    package static func start() {
        main()
    }
}
