import ArgumentParser
import LapseControl

/// `lapsectl release`.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Lift a session's hold: its idle limit is in force again."
    )

    @OptionGroup var session: SessionArgument
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        let id = try session.named()
        try daemon.ask { client throws(ControlClientError) in
            try client.release(id: id)
            if daemon.json { return JSONDocument.text([String: String]()) }
            return "\(PlainText.escaped(id)): not held\n"
        }
    }
}
