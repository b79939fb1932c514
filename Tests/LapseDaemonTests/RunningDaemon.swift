import ControlFixture
import Glibc
import LapseControl
import LinuxFixture
import Testing

/// The built daemon as a process, with a run directory and a service manager of the test's own.
final class RunningDaemon {
    let directory: TemporaryDirectory
    let program: RunningProgram
    /// The service manager's end.
    let manager: LocalSocket
    private let errorPath: String

    var runDirectory: String { directory.path("run") }
    var control: String { runDirectory + "/control" }
    var errors: String { ProgramRun.contents(errorPath) }

    /// Starts it; `shell` stands before the daemon's command line, in a shell.
    init(in directory: TemporaryDirectory, name: String = "one", shell: String = "") {
        self.directory = directory
        directory.write("lapse.toml", "")
        manager = LocalSocket(.datagram, boundTo: directory.path("notify-\(name)"))
        errorPath = directory.path("errors-\(name)")
        let errors = open(errorPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let words = Self.words(directory)
        program = RunningProgram(
            ["/bin/sh", "-c", "\(shell) exec \"$@\"", "sh"] + words,
            environment: ["NOTIFY_SOCKET=" + directory.path("notify-\(name)")],
            streams: [STDERR_FILENO: errors]
        )
        close(errors)
    }

    /// The command line for a directory of the test's own.
    static func words(_ directory: TemporaryDirectory) -> [String] {
        [
            ProgramRun.built("lapsed"), "--policy", directory.path("lapse.toml"),
            "--policy-dir", directory.path("none"), "--run-dir", directory.path("run"),
            "--log", "stderr",
        ]
    }

    deinit {
        program.signal(SIGKILL)
        program.wait()
    }

    /// Waits until it says that it is ready.
    func untilReady() throws {
        try #require(manager.text() == "READY=1", "\(errors)")
    }

    /// Stops it as a service manager does, and gives its exit status.
    func stop() -> Int32 {
        program.signal(SIGTERM)
        return program.wait()
    }

    /// Asks it over its control socket.
    func status() throws -> StatusInfo {
        var client = try ControlClient(path: control)
        return try client.status()
    }
}
