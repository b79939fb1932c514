import CStage
import Glibc
import Synchronization

/// A throw-away machine on this machine, in which a real sshd, the real login(1), the PAM module,
/// the daemon and the command run with their default paths.
///
/// It is a process with private mount, pid, network, UTS and IPC namespaces. It shares with the
/// host the kernel, the programs under /usr (read-only), and the virtual terminals that it holds.
/// It ends with `stop`, with the last reference to it, and with the process that started it.
package final class Stage: Sendable {
    /// How long each step of the start may take, on a machine that is busy with other stages.
    static let startLimit = Duration.seconds(30)
    static let searchPath = "/lapse:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What a stage has of its own, as options of unshare(1) and nsenter(1).
    private static let namespaces = ["--mount", "--pid", "--net", "--uts", "--ipc"]

    package let options: StageOptions
    /// The pid of the stage's pid 1 as the host numbers it.
    package let initPid: Int32
    /// What the daemon has written to its standard error, over all its runs.
    package let daemonLog = Transcript()
    let loop: StageLoop
    let daemon = Mutex<StageProcess?>(nil)
    private let virtualTerminals: [VirtualTerminal]
    private let unshare: StageProcess
    /// The hold on the stage: pid 1 ends when this is closed.
    private let life: Mutex<Descriptor?>
    private let syslogSocket: SyslogSocket
    private let programs = Mutex<[StageProcess]>([])
    /// Gives each certificate a number.
    let certificates = Counter()

    /// What sshd, login and the PAM module have said to syslog.
    package var syslog: Transcript { syslogSocket.transcript }

    /// The numbers of the virtual terminals that the stage holds.
    package var consoleNumbers: [Int] { virtualTerminals.map(\.number) }

    /// Starts a stage with sshd, and with what of Lapse the options ask for.
    ///
    /// - Throws: `StageError.unsuitable` where this machine cannot carry a stage.
    package static func start(_ options: StageOptions) async throws(StageError) -> Stage {
        try StageRequirements.check(for: options)
        let stage = try await Stage(options)
        try stage.writeFiles()
        try await stage.makeKeys()
        try await stage.startSshd()
        if !options.hasControlGroups {
            try await stage.run(["umount", "/sys/fs/cgroup/unified"]).checked()
        }
        if case .all = options.lapse { try await stage.startDaemon() }
        return stage
    }

    private init(_ options: StageOptions) async throws(StageError) {
        self.options = options
        loop = try StageLoop()
        var terminals: [VirtualTerminal] = []
        for _ in 0..<options.consoleCount { terminals.append(try VirtualTerminal.take()) }
        virtualTerminals = terminals

        let input = try makePipe()
        let output = try makePipe()
        let script = ["/bin/bash", StageRequirements.initScript, StageFiles.hostName]
        unshare = try StageProcess(
            ["/usr/bin/unshare"] + Self.namespaces
                + ["--propagation", "private", "--fork", "--kill-child", "--"] + script
                + terminals.map { "\($0.number)" },
            environment: Self.environment(for: .root),
            streams: .descriptors(input.read.number, output.write.number, output.write.number),
            loop: loop
        )
        life = Mutex(input.write)
        let progress = Transcript()
        try progress.follow(output.read, on: loop)
        _ = try await progress.wait(for: "mounted", after: .start, within: Self.startLimit)
        initPid = try await child(of: unshare.pid)
        syslogSocket = try SyslogSocket(path: "/proc/\(initPid)/root/dev/log", loop: loop)
    }

    deinit { loop.stop() }

    /// Ends every process of the stage and waits until it is gone.
    package func stop() async throws(StageError) {
        life.withLock { $0 = nil }
        // The last to end is `unshare`, save that those entering the stage still have to be reaped.
        for process in programs.withLock({ $0 }) + [unshare] {
            // A stopped nsenter cannot reap its program; one that has just ended needs no waking.
            _ = try? process.signal(SIGCONT)
            _ = try await process.waitForExit(within: Self.startLimit)
        }
        loop.stop()
        removeControlGroups()
    }

    /// What the daemon made for sessions that were locked when it was killed; all of them are gone.
    private func removeControlGroups() {
        for session in log("opened").compactMap({ $0.fields["session"] }) {
            for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
                let group = "\(root)/lapse-\(session)"
                // A process has one of its own below it; what is no group is not removed by rmdir(2).
                for name in (try? directoryEntries(group)) ?? [] { _ = rmdir("\(group)/\(name)") }
                _ = rmdir(group)
            }
        }
    }

    /// Takes note of a program that `stop` is to wait for.
    func remember(_ process: StageProcess) {
        programs.withLock { programs in
            programs.removeAll { $0.ended != nil }
            programs.append(process)
        }
    }

    /// The path by which the test reaches a file of the stage.
    package func path(_ path: String) -> String { "/proc/\(initPid)/root\(path)" }

    /// The environment of programs that a user starts on the stage.
    static func environment(for user: StageUser) -> [String] {
        [
            "HOME=\(user.home)", "USER=\(user)", "LOGNAME=\(user)", "SHELL=/bin/bash",
            "PATH=\(searchPath)", "LC_ALL=C", "TERM=xterm",
        ]
    }

    /// The words that run a command on the stage, as root or as another user.
    func entering(_ words: [String], as user: StageUser = .root) -> [String] {
        let enter = ["/usr/bin/nsenter", "--target", "\(initPid)"] + Self.namespaces + ["--"]
        guard user != .root else { return enter + words }
        let identity = ["--reuid=\(user)", "--regid=\(user)", "--init-groups"]
        return enter + ["/usr/bin/setpriv"] + identity + ["--"] + words
    }
}

/// The one child of a process that forks once: the stage's init under `unshare`, a program under
/// `nsenter`.
func child(of pid: pid_t) async throws(StageError) -> pid_t {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let deadline = ContinuousClock.now + Stage.startLimit
    while ContinuousClock.now < deadline {
        let list = String(decoding: try readFile(path), as: UTF8.self)
        if let child = list.split(separator: " ").first.flatMap({ pid_t($0) }) { return child }
        // There is no event for a fork elsewhere. A cancelled sleep only shortens the wait.
        _ = try? await Task.sleep(for: .milliseconds(1))
    }
    throw .timeout("a child of process \(pid)", within: Stage.startLimit, instead: "none")
}
