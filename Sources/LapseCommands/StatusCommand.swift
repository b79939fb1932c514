import ArgumentParser
import LapseControl

/// `lapsectl status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the daemon's state, its policy files and what it has counted."
    )

    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask { client throws(ControlClientError) in
            let status = try client.status()
            if daemon.json { return JSONDocument.text(["status": status]) }
            return StatusReport.text(status, zone: .local)
        }
    }
}
