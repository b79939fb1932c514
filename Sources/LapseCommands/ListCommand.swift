import ArgumentParser
import LapseControl

/// `lapsectl list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the sessions: who, from where, how idle, and what happens next."
    )

    @Flag(help: "Include the sessions on record that have ended.")
    var ended = false

    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask { client throws(ControlClientError) in
            let sessions = try client.list(includingEnded: ended)
            if daemon.json { return JSONDocument.text(["sessions": sessions]) }
            return SessionTable.text(
                sessions,
                includingEnded: ended,
                width: StandardOutput.terminalWidth,
                zone: .local
            )
        }
    }
}
