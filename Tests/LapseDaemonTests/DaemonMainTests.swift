import ControlFixture
import Glibc
import LapseControl
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

@Suite(.timeLimit(.minutes(1))) struct DaemonMainTests {
    private let directory = TemporaryDirectory()

    private func run(_ arguments: [String]) -> ProgramRun {
        ProgramRun(ProgramRun.built("lapsed"), arguments)
    }

    /// The arguments for the places of this test, without the program.
    private var places: [String] { Array(RunningDaemon.words(directory).dropFirst()) }

    // MARK: Exit statuses

    @Test func `help and version go to standard output`() {
        let help = run(["--help"])
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(help.output == DaemonOptions.usage + "\n")
        let version = run(["--log", "stderr", "--version"])
        #expect(version.status == 0 && version.errors.isEmpty)
        #expect(version.output == "lapsed \(LapseVersion.text)\n")
    }

    @Test(arguments: [["--nothing"], ["--log"], ["--log", "x"], [""], ["--run-dir", ""]])
    func `a command line that is not understood is 64, with the usage`(arguments: [String]) {
        let run = run(arguments)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.hasPrefix("lapsed: "))
        #expect(run.errors.hasSuffix("\n\n" + DaemonOptions.usage + "\n"))
    }

    @Test(.needsRoot) func `without a policy it is 78, and it is said what is missing`() {
        let run = run(places)
        #expect(run.status == 78 && run.output.isEmpty)
        #expect(
            run.errors.hasPrefix("no policy: there is no \(directory.path("lapse.toml"))"),
            "\(run.errors)"
        )
        #expect(run.errors.hasSuffix("\nlapsed: not started: the policy is refused as a whole\n"))
        #expect(!SmallFile.exists(directory.path("run")))
    }

    @Test(.needsRoot) func `with a wrong policy it is 78, and it is said where`() {
        directory.write("lapse.toml", "[defaults]\nidle = 5\n")
        let run = run(places)
        #expect(run.status == 78 && run.output.isEmpty)
        #expect(run.errors.contains("\(directory.path("lapse.toml")):2:8"), "\(run.errors)")
    }

    @Test(.needsRoot) func `for anybody but root it is 77, before anything is read`() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(77),
            observing: [\.standardErrorContent]
        ) { [words = places as [String]] in
            #expect(setuid(54_321) == 0)
            exit(DaemonMain.run(words).rawValue)
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors == "lapsed: must run as root: it watches and ends everybody's sessions\n")
    }

    @Test(.needsRoot) func `without a run directory of its own it is 71`() {
        directory.write("lapse.toml", "")
        directory.write("run", "")
        let file = run(places)
        #expect(file.status == 71)
        #expect(file.errors.contains("mkdir \(directory.path("run")) (what is there is no"))
        unlink(directory.path("run"))
        mkdir(directory.path("run"), 0o700)
        chmod(directory.path("run"), 0o1777)
        #expect(run(places).status == 71)
        #expect(SmallFile.names(in: directory.path("run")).isEmpty)
    }

    // MARK: Its life

    @Test(.needsRoot) func `it says when it is ready and when it stops, and takes its names along`()
        throws
    {
        let daemon = RunningDaemon(in: directory)
        try daemon.untilReady()
        #expect(
            SmallFile.names(in: daemon.runDirectory).sorted()
                == ["control", "lock", "report", "sessions"]
        )
        #expect(try daemon.status().mode == .enforce)
        daemon.program.signal(SIGHUP)
        #expect(try daemon.status().counts?.faultsTotal == 0)
        #expect(daemon.stop() == 0)
        #expect(daemon.manager.text()?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        #expect(daemon.manager.text() == "READY=1")
        #expect(daemon.manager.text() == "STOPPING=1")
        #expect(SmallFile.names(in: daemon.runDirectory).sorted() == ["lock", "quota", "sessions"])
    }

    @Test(.needsRoot) func `its files have the modes that they must have, whatever the umask`()
        throws
    {
        let daemon = RunningDaemon(in: directory, shell: "umask 0777;")
        try daemon.untilReady()
        let modes: [(name: String, mode: mode_t)] = [
            ("", S_IFDIR | 0o755), ("sessions", S_IFDIR | 0o700), ("control", S_IFSOCK | 0o666),
            ("report", S_IFSOCK | 0o600),
        ]
        for (name, mode) in modes {
            var status = stat()
            #expect(stat("\(daemon.runDirectory)/\(name)", &status) == 0)
            #expect(status.st_mode == mode, "\(name)")
        }
    }

    @Test(.needsRoot) func `a second daemon on the same directory refuses, and harms nothing`()
        throws
    {
        let first = RunningDaemon(in: directory)
        try first.untilReady()
        let before = inodes(first.runDirectory)
        for log in ["stderr", "syslog"] {
            let second = run(places.dropLast() + [log])
            #expect(second.status == 71)
            #expect(
                second.errors.hasPrefix(log == "stderr" ? "lapsed: event=fault" : "lapsed: cannot")
            )
            let lock = first.runDirectory + "/lock"
            #expect(
                second.errors.contains(
                    "cannot go on: flock \(lock) (is another lapsed running?)"
                ),
                "\(second.errors)"
            )
        }
        #expect(inodes(first.runDirectory) == before)
        #expect(try first.status().mode == .enforce)
        #expect(first.stop() == 0)
    }

    @Test(.needsRoot) func `after a daemon that was killed the next one takes its place`() throws {
        do {
            let first = RunningDaemon(in: directory)
            try first.untilReady()
        }
        #expect(SmallFile.names(in: directory.path("run")).count == 4)
        let second = RunningDaemon(in: directory, name: "two")
        try second.untilReady()
        #expect(try second.status().counts?.faultsTotal == 0)
        #expect(second.stop() == 0)
    }

    private func inodes(_ directory: String) -> [String: ino_t] {
        var result: [String: ino_t] = [:]
        for name in SmallFile.names(in: directory) {
            var status = stat()
            if lstat("\(directory)/\(name)", &status) == 0 { result[name] = status.st_ino }
        }
        return result
    }

    // MARK: Descriptors

    @Test(.needsRoot) func `it may open as many files as the host lets it`() throws {
        let daemon = RunningDaemon(in: directory, shell: "ulimit -Sn 64; ulimit -Hn 5000;")
        try daemon.untilReady()
        let limits = try #require(SmallFile.read("/proc/\(daemon.program.pid)/limits"))
        let line = String(decoding: limits, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Max open files") }
        #expect(line?.split(separator: " ").dropFirst(3).prefix(2) == ["5000", "5000"])
    }

    @Test(.needsRoot) func `without a descriptor left it turns callers away, and does not spin`()
        throws
    {
        let daemon = RunningDaemon(in: directory, shell: "ulimit -n 64;")
        try daemon.untilReady()
        var callers = (0..<100).compactMap { _ in
            LocalSocket.connected(.stream, to: daemon.control)
        }
        #expect(callers.count == 100)
        // Those beyond the limit are hung up on, rather than left to wait.
        let last = try #require(callers.last)
        #expect(last.receive() == [])
        callers = []
        // It lets go of them in its own time; until then it may turn this caller away too.
        var counts: StatusCounts?
        for _ in 0..<500 where counts == nil {
            counts = try? daemon.status().counts
            if counts == nil { usleep(10_000) }
        }
        #expect(counts?.faultsTotal ?? 0 > 0)
        // A line a caller at most; a loop that spins writes thousands.
        #expect(daemon.errors.split(separator: "\n").count < 120)
        #expect(daemon.stop() == 0)
    }
}
