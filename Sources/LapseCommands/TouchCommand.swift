import ArgumentParser
import LapseControl

/// `lapsectl touch`.
struct TouchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "touch",
        abstract: "Count as activity in a session: its idle time begins anew."
    )

    @OptionGroup var session: SessionArgument
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        let id = try session.named()
        try daemon.ask { client throws(ControlClientError) in
            try client.touch(id: id)
            if daemon.json { return JSONDocument.text([String: String]()) }
            return "\(PlainText.escaped(id)): active as of now\n"
        }
    }
}
