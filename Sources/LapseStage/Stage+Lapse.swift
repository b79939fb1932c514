import Glibc
import Synchronization

extension Stage {
    /// Starts the daemon and waits until it says that it has started, with its sockets open.
    ///
    /// A shell stands above it, because nsenter(1) stops itself when its own program is stopped. A
    /// stopped nsenter whose owner was killed would keep the dead stage's pid 1 from ending. It has
    /// a kernel session of its own and is as nice as its unit has it.
    package func startDaemon() async throws(StageError) {
        let mark = daemonLog.mark()
        let process = try spawn(
            ["sh", "-c", "setsid nice -n -10 lapsed --log stderr & wait $!"],
            output: daemonLog,
            error: daemonLog
        )
        daemon.withLock { $0 = process }
        _ = try await waitForLog("started", after: mark, within: Self.startLimit)
    }

    /// Ends the daemon by a signal and waits for its end.
    @discardableResult
    package func stopDaemon(by number: Int32 = SIGTERM) async throws(StageError)
        -> StageProcess.Exit
    {
        guard let process = daemon.withLock({ $0 }) else {
            throw .unsuitable("no daemon was started on this stage")
        }
        try signalDaemon(number)
        return try await process.waitForExit(within: .seconds(10))
    }

    /// Ends the daemon by SIGTERM and starts it again.
    package func restartDaemon() async throws(StageError) {
        try await stopDaemon()
        try await startDaemon()
    }

    /// Signals the daemon.
    package func signalDaemon(_ number: Int32) throws(StageError) {
        guard let process = try residents(titled: "lapsed").first else {
            throw .unsuitable("no daemon runs on this stage")
        }
        try signal(process, number)
    }
}
