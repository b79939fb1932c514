import ArgumentParser
import LapseControl

/// `lapsectl unlock`.
struct UnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Unlock a session without its user; takes root."
    )

    @Argument(help: "The session's id, from 'lapsectl list'.", completion: .sessionIds)
    var id: String

    @OptionGroup var reason: ReasonOption
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask(right: "unlocking a session takes root") {
            client throws(ControlClientError) in
            try client.unlock(id: id, why: reason.why)
            if daemon.json { return JSONDocument.text([String: String]()) }
            return "\(PlainText.escaped(id)): not locked\n"
        }
    }
}
