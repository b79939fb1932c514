import ArgumentParser
import LapseControl

/// The reason that goes with steering a session.
struct ReasonOption: ParsableArguments {
    @Option(help: .init("The reason, for the record: 1 to 200 characters.", valueName: "text"))
    var why: String

    func validate() throws {
        try Self.check(why)
    }

    /// Refuses what the daemon would.
    static func check(_ why: String) throws {
        guard ReasonText.accepted(why) != nil else {
            throw ValidationError(
                "--why takes 1 to \(ControlLimits.whyScalarsMax) characters, and not just spaces."
            )
        }
    }
}
