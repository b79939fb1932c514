import ArgumentParser
import LapseControl
import LapsePolicy

/// `lapsectl policy show`.
struct PolicyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the policy in force, all files as one; root and group lapse.",
        discussion: """
            With --file, or with files named, it shows what these say, and needs no daemon. \
            What is shown is a policy file that means the same; what is built in is a remark.
            """
    )

    @Flag(name: .customLong("file"), help: "Show the files on this host, in force or not.")
    var isLocal = false

    @OptionGroup var files: PolicyFilesArguments
    @OptionGroup var daemon: ControlOptions

    func run() throws {
        if isLocal || files.areGiven {
            let (policy, names) = try files.load()
            let local = Local(files: names, text: policy.text)
            let remarks = ["Not asked whether it is in force."]
            return try StandardOutput.put(
                daemon.json
                    ? JSONDocument.text(local)
                    : PolicyListing.text(of: names, remarks, policy.text)
            )
        }
        try daemon.ask(right: "the policy is shown to root and to members of group lapse") {
            client throws(ControlClientError) in
            let report = try client.policy()
            if daemon.json { return JSONDocument.text(report) }
            return PolicyListing.text(report, zone: .local)
        }
    }

    private struct Local: Encodable {
        let files: [String]
        let text: String
    }
}

/// A policy as `lapsectl policy show` prints it: a policy file with remarks.
enum PolicyListing {
    /// The policy in force.
    static func text(_ report: PolicyReport, zone: WallTimeText.Zone) -> String {
        let time = WallTimeText.text(microseconds: report.loadedUs, zone: zone)
        var remarks = ["In force since \(time)."]
        if let refused = report.refused {
            remarks.append("The last reload was refused:")
            remarks += PlainText.escapedLines(refused).split(separator: "\n").map { "  \($0)" }
        }
        return text(of: report.files, remarks, report.text)
    }

    /// A policy.
    ///
    /// - Parameters:
    ///   - files: Its files.
    ///   - remarks: What stands above it; safe for a terminal.
    ///   - policy: Its text.
    /// - Returns: The text; safe for a terminal.
    static func text(of files: [String], _ remarks: [String], _ policy: String) -> String {
        var lines = remarks
        lines += files.map { "From \(PlainText.escaped($0))" }
        let head = lines.map { "# \($0)\n" }.joined()
        let body = policy.isEmpty ? "" : "\n\(PlainText.escapedLines(policy))\n"
        return head + body + builtIn(policy)
    }

    /// What the policy leaves to what is built in, as remarks.
    private static func builtIn(_ text: String) -> String {
        let source = PolicySource(name: "", bytes: Array(text.utf8))
        // One that this version cannot read came from a newer daemon, which knows better.
        guard let policy = Policy.load([source]).policy else { return "" }
        let left = Setting.allCases.filter { policy.origin(of: $0) == .builtIn }
        guard !left.isEmpty else { return "" }
        return "\n# Built in, where nothing above says otherwise:\n"
            + left.map { "# \($0.rawValue) = \(policy.defaults.text(of: $0))\n" }.joined()
    }
}
