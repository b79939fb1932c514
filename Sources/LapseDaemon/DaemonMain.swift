import LapseControl
import LapseLinux
import LapseSources

/// The daemon from its command line to its exit status.
package enum DaemonMain {
    /// Exit statuses of sysexits.h, so that a service manager's log says what kind of fault it was.
    package enum ExitStatus: Int32 {
        case success = 0
        /// EX_USAGE: the command line is wrong.
        case usage = 64
        /// EX_OSERR: the system refused something that the daemon cannot do without.
        case system = 71
        /// EX_NOPERM: not root.
        case notRoot = 77
        /// EX_CONFIG: the policy is missing or wrong.
        case policy = 78
    }

    /// Runs until SIGTERM; `arguments` without the program's name.
    package static func run(_ arguments: [String]) -> ExitStatus {
        let options: DaemonOptions
        do throws(DaemonOptions.Fault) {
            options = try DaemonOptions(arguments)
        } catch {
            StandardStreams.error("lapsed: \(error)\n\n\(DaemonOptions.usage)")
            return .usage
        }
        switch options.action {
        case .help:
            StandardStreams.output(DaemonOptions.usage)
            return .success
        case .version:
            StandardStreams.output("lapsed \(LapseVersion.text)")
            return .success
        case .run:
            return watch(options)
        }
    }

    /// Like `Nice=` in its unit: who keeps all processors busy must not delay a lock by it.
    private static let niceness = -10

    private static func watch(_ options: DaemonOptions) -> ExitStatus {
        guard ProcessSelf.uid == 0 else {
            StandardStreams.error(
                "lapsed: must run as root: it watches and ends everybody's sessions"
            )
            return .notRoot
        }
        let log = DaemonLog(options.log)
        let policy: LoadedPolicy
        do throws(PolicyFault) {
            let (loaded, warnings) = try LoadedPolicy.load(options)
            policy = loaded
            if !warnings.isEmpty { StandardStreams.error(warnings) }
        } catch {
            // On standard error line by line, as it was written to be read; in the log as one line.
            StandardStreams.error("\(error)\nlapsed: not started: the policy is refused as a whole")
            if options.log != .stderr { log.policyProblem("\(error)") }
            return .policy
        }
        do throws(SystemError) {
            ProcessorShare.raise(to: niceness)
            try OpenFiles.raiseLimit()
            try RunDirectory.prepare(options.runDirectory)
            let daemon = try Daemon(options: options, policy: policy, log: log)
            try daemon.run()
            return .success
        } catch {
            // On standard error as well: whoever starts it by hand must see why it is not there.
            if options.log != .stderr { StandardStreams.error("lapsed: cannot go on: \(error)") }
            log.fault("cannot go on: \(error)")
            return .system
        }
    }
}
