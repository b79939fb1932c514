import ArgumentParser
import LapseLinux
import LapsePolicy
import LapseSources

/// `lapsectl policy`.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policy files, explain what they say of a user, show what is in force.",
        subcommands: [
            PolicyCheckCommand.self, PolicyExplainCommand.self, PolicyShowCommand.self,
        ]
    )
}

/// Which policy files a command reads.
struct PolicyFilesArguments: ParsableArguments {
    @Argument(
        help: .init(
            "The policy's files, in their order.",
            discussion: """
                Without them, \(PolicyFiles.defaultMain) and the drop-ins in \
                \(PolicyFiles.defaultDirectory).
                """
        ),
        completion: .file(extensions: ["toml"])
    )
    var file: [String] = []

    @Option(
        help: .init("A directory whose *.toml files are read after them.", valueName: "path"),
        completion: .directory
    )
    var policyDir: String?

    /// Whether any was named.
    var areGiven: Bool { !file.isEmpty || policyDir != nil }

    /// Reads them.
    ///
    /// - Throws: The exit status of a fault, which has then been told on standard error.
    func read() throws -> [PolicySource] {
        let files =
            file.isEmpty
            ? PolicyFiles(directory: policyDir ?? PolicyFiles.defaultDirectory)
            : PolicyFiles(file, directory: policyDir)
        do throws(PolicyFault) {
            return try files.read()
        } catch {
            StandardError.write("lapsectl: \(error)\n")
            throw ExitStatus.fault.code
        }
    }

    /// Reads them as a policy that is in order; its warnings are the matter of `policy check`.
    ///
    /// - Throws: As `read()`.
    func load() throws -> (policy: Policy, files: [String]) {
        let sources = try read()
        let (policy, diagnostics) = Policy.load(sources)
        if let policy { return (policy, sources.map(\.name)) }
        let errors = diagnostics.filter { $0.severity == .error }
        StandardError.write(
            errors.map { $0.render(sources: sources) }.joined(separator: "\n")
                + "\nlapsectl: the policy is refused as a whole\n"
        )
        throw ExitStatus.fault.code
    }
}

extension StandardOutput {
    /// Writes a command's result.
    ///
    /// - Throws: The exit status of a fault, which has then been told on standard error.
    static func put(_ text: String) throws {
        guard write(text) else {
            StandardError.write("lapsectl: the result cannot be written out\n")
            throw ExitStatus.fault.code
        }
    }
}

extension WallMoment {
    /// Now, by the clocks of this host.
    static var now: WallMoment {
        .onHost(seconds: (BootClock.now() + BootClock.wallOffset()) / 1_000_000_000)
    }
}
