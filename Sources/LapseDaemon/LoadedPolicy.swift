import LapseCore
import LapseLinux
import LapsePolicy
import LapseSources

/// The policy in force and the files that it was read from.
struct LoadedPolicy {
    let policy: Policy
    let files: [String]
    /// When it was read.
    let at: BootInstant

    /// Reads the main file and the drop-ins beside it, in the order of their names.
    ///
    /// It fails with text for people: all that is wrong, each with file, line and column. A policy
    /// is loaded whole or not at all.
    static func load(_ options: DaemonOptions) throws(PolicyFault) -> (
        LoadedPolicy, warnings: String
    ) {
        let now = BootInstant(nanoseconds: BootClock.now())
        let files = PolicyFiles(main: options.policyFile, directory: options.policyDirectory)
        let sources = try files.read()
        let (policy, diagnostics) = Policy.load(sources)
        let text = diagnostics.map { $0.render(sources: sources) }.joined(separator: "\n")
        guard let policy else { throw PolicyFault(description: text) }
        return (LoadedPolicy(policy: policy, files: sources.map(\.name), at: now), warnings: text)
    }

    var mode: Mode { policy.mode }
}
