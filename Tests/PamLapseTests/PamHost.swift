internal import Foundation

/// What `pam-host` said of the sessions it opened and closed.
struct PamHost {
    /// The records, by their first word.
    private let records: [(label: String, value: String)]

    /// Runs it to its end, which `timeout` makes sure of.
    init(
        _ directory: ServiceDirectory,
        _ service: String = "sshd",
        user: String = "nobody",
        _ arguments: String...
    ) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments =
            ["--signal=KILL", "120", try Module.program("pam-host")]
            + [directory.path, service, user] + arguments
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Module.Missing(
                what: "pam-host ended with \(process.terminationStatus): it hung or crashed"
            )
        }
        records = String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    /// Result names of pam_open_session with how often, such as `PAM_SUCCESS 1`.
    var opened: [String] { all("open") }
    var closed: [String] { all("close") }
    /// Texts shown to the person, with `%0A` for a line end.
    var errors: [String] { all("error") }
    var infos: [String] { all("info") }
    /// The module's lines of the log, each after its priority.
    var log: [String] { all("log") }
    var session: String { all("env").first ?? "" }

    func number(_ label: String) throws -> Int {
        guard let text = all(label).first, let number = Int(text) else {
            throw Module.Missing(what: "pam-host said nothing of \(label)")
        }
        return number
    }

    /// What must be as it was, whatever the daemon does: empty if it is.
    func traces() throws -> [String] {
        try ["errno-changed", "descriptors", "threads", "signals-changed", "stray-bytes"]
            .filter { try number($0) != 0 }
    }

    private func all(_ label: String) -> [String] {
        records.filter { $0.label == label }.map(\.value)
    }
}
