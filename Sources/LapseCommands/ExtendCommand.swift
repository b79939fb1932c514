import ArgumentParser
import LapseControl

/// `lapsectl extend`.
struct ExtendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend",
        abstract: "Move the ends that are due for a session by a time; takes root."
    )

    @Argument(
        help: "By how long, as in 30m or 1h30m.",
        transform: DurationArgument.milliseconds
    )
    var duration: Int64

    @OptionGroup var reason: ReasonOption

    @Argument(help: "The session's id, from 'lapsectl list'.", completion: .sessionIds)
    var id: String

    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask(right: "extending a session takes root") {
            client throws(ControlClientError) in
            let next = try client.extend(id: id, byMs: duration, why: reason.why)
            if daemon.json { return JSONDocument.text(Extended(next: next)) }
            let text = next.map { "next: \($0.text)" } ?? "nothing is due"
            return "\(PlainText.escaped(id)): extended; \(text)\n"
        }
    }

    private struct Extended: Encodable {
        let next: NextStep?
    }
}
