import ArgumentParser
import LapseControl

/// `lapsectl why`.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why a session is treated as it is, and what happens to it when."
    )

    @OptionGroup var session: SessionArgument
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        let id = try session.named()
        try daemon.ask { client throws(ControlClientError) in
            let why = try client.why(id: id)
            if daemon.json { return JSONDocument.text(["why": why]) }
            let width = StandardOutput.terminalWidth
            return WhyReport.text(why, of: try client.show(id: id), width: width, zone: .local)
        }
    }
}
