import ControlFixture
import Glibc
import LapseControl
import LinuxFixture

/// The daemon with users and a policy of its own; /etc of this machine stays as it is.
final class BusyHost {
    /// Users, each with twenty groups; the crowd's sessions are spread among them.
    ///
    /// Not more than are looked up in one go after a reload, so that the next one finds that done.
    static let users = 250
    static let firstUID = 20_000

    let directory = TemporaryDirectory()
    let daemon: RunningProgram

    var reports: String { directory.path("run/report") }
    var control: String { directory.path("run/control") }

    init() {
        guard geteuid() == 0 else { Self.stop("it needs root: the daemon does") }
        directory.write("lapse.toml", policyText())
        directory.write("passwd", passwdText, mode: 0o644)
        directory.write("group", groupText, mode: 0o644)
        let services = "passwd: files\ngroup: files\nshadow: files\n"
        directory.write("nsswitch.conf", services, mode: 0o644)
        let files = directory.path
        let mounts = ["passwd", "group", "nsswitch.conf"].map { name in
            "mount --bind \(files)/\(name) /etc/\(name); "
        }
        let log = Glibc.open(directory.path("log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        daemon = RunningProgram(
            ["/usr/bin/unshare", "--mount", "sh", "-ec", mounts.joined() + "exec \"$@\"", "sh"]
                + ["/usr/bin/setpriv", "--pdeathsig", "KILL"]
                + [
                    ProgramRun.built("lapsed"), "--policy", directory.path("lapse.toml"),
                    "--policy-dir", directory.path("none"), "--run-dir", directory.path("run"),
                    "--log", "stderr",
                ],
            streams: [STDERR_FILENO: log]
        )
        wait(for: "the daemon to listen") { (try? ControlClient(path: control)) != nil }
    }

    deinit {
        daemon.signal(SIGKILL)
        daemon.wait()
    }

    static func stop(_ why: String) -> Never {
        _ = "daemon-bench: \(why)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(2)
    }

    func stop(_ why: String) -> Never {
        daemon.signal(SIGKILL)
        let log = ProgramRun.contents(directory.path("log"))
        Self.stop("\(why)\n\(log.suffix(2_000))")
    }

    func client() -> ControlClient {
        do throws(ControlClientError) {
            return try ControlClient(path: control, timeout: .seconds(60))
        } catch {
            stop("\(error)")
        }
    }

    func wait(for what: String, _ isThere: () -> Bool) {
        for _ in 0..<6_000 {
            if isThere() { return }
            usleep(10_000)
        }
        stop("it waited a minute for \(what)")
    }
}

// MARK: - The daemon's process

extension BusyHost {
    /// What the daemon's loop has had of the processor; users are looked up on other threads.
    ///
    /// The first figure of /proc/PID/task/TID/schedstat, nanoseconds (sched-stats.rst).
    var processorTime: Duration {
        let fields = ProgramRun.contents("/proc/\(daemon.pid)/task/\(daemon.pid)/schedstat")
        guard let time = fields.split(separator: " ").first.flatMap({ Int64($0) }) else {
            stop("the daemon is gone, or this kernel has no schedstat")
        }
        return .nanoseconds(time)
    }

    var residentMiB: Int {
        let fields = ProgramRun.contents("/proc/\(daemon.pid)/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) / (1 << 20 / Int(getpagesize())) : 0
    }

    /// Waits until the daemon has done what came of the last step: it looks for terminals for four
    /// seconds, and looks users up, 256 in one go.
    func settle() { sleep(8) }
}
