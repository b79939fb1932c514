import ArgumentParser
import LapseControl

/// `lapsectl end`.
struct EndCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "End a session; its user is shown the reason."
    )

    @Argument(help: "The session's id, from 'lapsectl list'.", completion: .sessionIds)
    var id: String

    @Option(
        help: .init(
            "The reason, for the record and for the user: 1 to 200 characters.",
            valueName: "text"
        )
    )
    var why: String

    @OptionGroup var daemon: ControlOptions

    func validate() throws {
        try ReasonOption.check(why)
    }

    func run() throws {
        try daemon.ask { client throws(ControlClientError) in
            try client.end(id: id, why: why)
            if daemon.json { return JSONDocument.text([String: String]()) }
            return "\(PlainText.escaped(id)): ending\n"
        }
    }
}
