import ArgumentParser
import LapseControl

/// What every subcommand takes, and the way in which every one of them talks to the daemon.
struct ControlOptions: ParsableArguments {
    @Flag(help: "Print one JSON document: the daemon's reply.")
    var json = false

    @Option(
        help: .init("The daemon's control socket.", valueName: "path"),
        completion: .file()
    )
    var socket = ControlClient.defaultPath

    /// Connects, lets the body call, and prints what it returns.
    ///
    /// - Parameters:
    ///   - right: What takes which right, for a peer who has it not: "reloading takes root".
    ///   - body: Makes its calls and returns the text for standard output.
    /// - Throws: The exit status of a fault, which has then been told on standard error.
    func ask(
        right: String = "steering another user's session takes root",
        _ body: (inout ControlClient) throws(ControlClientError) -> String
    ) throws {
        let text: String
        do throws(ControlClientError) {
            var client = try ControlClient(path: socket)
            text = try body(&client)
        } catch {
            switch error {
            case .refused(.permissionDenied):
                StandardError.write("lapsectl: not permitted: \(right)\n")
            case .refused(.policyRefused(let text)):
                StandardError.write("\(PlainText.escapedLines(text))\nlapsectl: \(error)\n")
            default:
                StandardError.write("lapsectl: \(error)\n")
            }
            throw ExitStatus.of(error).code
        }
        guard StandardOutput.write(text) else {
            StandardError.write("lapsectl: the answer came, but cannot be written out\n")
            throw ExitStatus.fault.code
        }
    }
}

extension CompletionKind {
    /// Completes the ids of the sessions that the user may see.
    static var sessionIds: CompletionKind {
        .custom { _, _, _ in
            do throws(ControlClientError) {
                var client = try ControlClient(timeout: .seconds(1))
                // Only ids that a shell takes as one plain word: this goes into its command line.
                return try client.list(includingEnded: false).map(\.id).filter { id in
                    id.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
                        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                        }
                    }
                }
            } catch {
                // Nothing to complete with: the command itself will say why.
                return []
            }
        }
    }
}
