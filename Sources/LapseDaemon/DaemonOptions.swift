package import LapseLinux
import LapseSources

/// The command line of lapsed.
package struct DaemonOptions: Equatable, Sendable {
    package var policyFile = PolicyFiles.defaultMain
    package var policyDirectory = PolicyFiles.defaultDirectory
    package var runDirectory = "/run/lapse"
    package var log = SystemLog.Target.auto
    package var action = Action.run

    /// What the command is asked to do.
    package enum Action: Equatable, Sendable {
        case run
        case help
        case version
    }

    /// A command line that is not understood.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    package static let usage = """
        usage: lapsed [--policy FILE] [--policy-dir DIR] [--run-dir DIR]
                      [--log auto|journal|syslog|stderr] [--help] [--version]

        Watches login sessions and ends those that nobody uses; see lapsed(8).
        """

    package init() {}

    /// Reads `arguments`, the program's name left out.
    package init(_ arguments: [String]) throws(Fault) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": action = .help
            case "--version": action = .version
            case "--policy": policyFile = try Self.value(of: argument, &rest)
            case "--policy-dir": policyDirectory = try Self.value(of: argument, &rest)
            case "--run-dir": runDirectory = try Self.value(of: argument, &rest)
            case "--log":
                let value = try Self.value(of: argument, &rest)
                guard let target = SystemLog.Target(rawValue: value) else {
                    throw Fault(description: "--log takes auto, journal, syslog or stderr")
                }
                log = target
            default:
                throw Fault(description: "unknown argument; lapsed --help lists them")
            }
        }
    }

    private static func value(
        of name: String,
        _ rest: inout ArraySlice<String>
    ) throws(Fault) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else {
            throw Fault(description: "\(name) needs a value")
        }
        return value
    }
}
