import ArgumentParser
import LapseControl

/// `lapsectl reload`.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Put the policy's files in force, whole or not at all; takes root."
    )

    @OptionGroup var daemon: ControlOptions

    func run() throws {
        try daemon.ask(right: "reloading the policy takes root") {
            client throws(ControlClientError) in
            let report = try client.reload()
            if daemon.json { return JSONDocument.text(report) }
            var text = ""
            if !report.warnings.isEmpty { text += PlainText.escapedLines(report.warnings) + "\n\n" }
            for file in report.files { text += "\(PlainText.escaped(file))\n" }
            return text + "The policy is in force.\n"
        }
    }
}
