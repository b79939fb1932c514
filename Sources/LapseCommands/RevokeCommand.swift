import ArgumentParser
import LapseControl

/// `lapsectl revoke`.
struct RevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End all sessions of a user; takes root."
    )

    @Argument(help: "The user's name, or his uid in digits.")
    var user: String

    @OptionGroup var reason: ReasonOption
    @OptionGroup var daemon: ControlOptions

    func validate() throws {
        guard !user.isEmpty, user.utf8.count <= ControlLimits.userBytesMax else {
            throw ValidationError("A user's name has 1 to \(ControlLimits.userBytesMax) bytes.")
        }
    }

    func run() throws {
        try daemon.ask(right: "ending a user's sessions takes root") {
            client throws(ControlClientError) in
            let count = try client.revoke(user: user, why: reason.why)
            if daemon.json { return JSONDocument.text(["ended": count]) }
            return "\(PlainText.escaped(user)): \(text(count))\n"
        }
    }

    private func text(_ count: Int) -> String {
        switch count {
        case 0: "no open session that was not being ended already"
        case 1: "1 session is being ended"
        default: "\(count) sessions are being ended"
        }
    }
}
