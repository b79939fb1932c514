import ArgumentParser
import LapseControl

/// `lapsectl lock`.
struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Lock a session's terminals; it goes on when its user re-authenticates.",
        discussion: """
            Nothing that runs in the session is lost. It is ended if nobody unlocks it within the \
            policy's lock-for.
            """
    )

    @OptionGroup var session: SessionArgument

    @Option(help: .init("A reason, for the record: 1 to 200 characters.", valueName: "text"))
    var why: String?

    @OptionGroup var daemon: ControlOptions

    func validate() throws {
        if let why { try ReasonOption.check(why) }
    }

    func run() throws {
        let id = try session.named()
        try daemon.ask { client throws(ControlClientError) in
            try client.lock(id: id, why: why)
            if daemon.json { return JSONDocument.text([String: String]()) }
            // In the session itself it would be read when it is not so any more.
            return session.id == nil ? "" : "\(PlainText.escaped(id)): locked\n"
        }
    }
}
