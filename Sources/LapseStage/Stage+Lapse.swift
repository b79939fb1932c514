import Glibc
import Synchronization

extension Stage {
    /// Starts the daemon and waits until it says that it has started, with its sockets open.
    package func startDaemon() async throws(StageError) {
        let mark = daemonLog.mark()
        let process = try spawn(["lapsed", "--log", "stderr"], output: daemonLog, error: daemonLog)
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
        try await signalDaemon(number)
        return try await process.waitForExit(within: .seconds(10))
    }

    /// Ends the daemon by SIGTERM and starts it again.
    package func restartDaemon() async throws(StageError) {
        try await stopDaemon()
        try await startDaemon()
    }

    /// Signals the daemon.
    ///
    /// nsenter(1) stops itself when its program is stopped, and has to be woken with it.
    package func signalDaemon(_ number: Int32) async throws(StageError) {
        guard let process = daemon.withLock({ $0 }) else {
            throw .unsuitable("no daemon was started on this stage")
        }
        try Pidfd(try await child(of: process.pid), "lapsed").signal(number)
        if number == SIGCONT { try process.signal(SIGCONT) }
    }
}
