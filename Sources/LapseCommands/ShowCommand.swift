import ArgumentParser
import LapseControl

/// `lapsectl show`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all that is known of one session."
    )

    @Argument(help: "The session's id, from 'lapsectl list'.", completion: .sessionIds)
    var id: String

    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask { client throws(ControlClientError) in
            let session = try client.show(id: id)
            if daemon.json { return JSONDocument.text(["session": session]) }
            return SessionReport.text(session, zone: .local)
        }
    }
}
