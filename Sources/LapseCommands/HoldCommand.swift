import ArgumentParser
import LapseControl
import LapseText

/// `lapsectl hold`.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep a session from its idle limit for a time.",
        discussion: """
            It takes the place of a hold before it, is recorded, and shows in 'lapsectl list'. \
            The policy's hold-max says how long a user may hold his own sessions.
            """
    )

    @Argument(
        help: "For how long from now, as in 30m or 1h30m.",
        transform: DurationArgument.milliseconds
    )
    var duration: Int64

    @OptionGroup var session: SessionArgument
    @OptionGroup var reason: ReasonOption
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        let id = try session.named()
        try daemon.ask { client throws(ControlClientError) in
            let hold = try client.hold(id: id, forMs: duration, why: reason.why)
            if daemon.json { return JSONDocument.text(hold) }
            let time = WallTimeText.text(microseconds: hold.untilUs, zone: .local)
            let wait = DurationText.text(milliseconds: hold.inMs)
            return "\(PlainText.escaped(id)): held for \(wait), until \(time)\n"
        }
    }
}
