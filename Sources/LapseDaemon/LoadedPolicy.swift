import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy

/// The policy in force and the files that it was read from.
struct LoadedPolicy {
    let policy: Policy
    let files: [String]

    /// Reads the main file and the drop-ins beside it, in the order of their names.
    ///
    /// It fails with text for people: all that is wrong, each with file, line and column. A policy
    /// is loaded whole or not at all.
    static func load(_ options: DaemonOptions) throws(PolicyFault) -> (
        LoadedPolicy, warnings: String
    ) {
        var paths: [String] = []
        if SmallFile.exists(options.policyFile) { paths.append(options.policyFile) }
        paths += try dropIns(in: options.policyDirectory)
            .filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
            .sorted()
            .map { options.policyDirectory + "/" + $0 }
        guard !paths.isEmpty else {
            throw PolicyFault(
                description: "no policy: there is no \(options.policyFile) and no *.toml in"
                    + " \(options.policyDirectory); copy the example from the documentation"
            )
        }
        var sources: [PolicySource] = []
        for path in paths {
            // One byte more than a policy may have: the loader says that it is too long.
            let bytesMax = PolicyLimits.fileBytesMax + 1
            guard let bytes = SmallFile.read(path, bytesMax: bytesMax) else {
                throw unreadable(path)
            }
            sources.append(PolicySource(name: path, bytes: bytes))
        }
        let (policy, diagnostics) = Policy.load(sources)
        let text = diagnostics.map { $0.render(sources: sources) }.joined(separator: "\n")
        guard let policy else { throw PolicyFault(description: text) }
        return (LoadedPolicy(policy: policy, files: paths), warnings: text)
    }

    /// The names in the directory; none if there is no directory, which is not an error.
    private static func dropIns(in directory: String) throws(PolicyFault) -> [String] {
        guard SmallFile.exists(directory) else { return [] }
        guard let names = SmallFile.listing(of: directory) else { throw unreadable(directory) }
        return names
    }

    /// The fault of the call that just failed.
    private static func unreadable(_ path: String) -> PolicyFault {
        let reason = lastErrorText()
        return PolicyFault(description: "\(PlainText.escaped(path)) cannot be read: \(reason)")
    }

    var mode: Mode { policy.mode }
    var allowance: Allowance { policy.defaults }
}

/// Why there is no policy, in words for the administrator.
struct PolicyFault: Error, CustomStringConvertible {
    let description: String
}
