import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// A session that is looked at as the daemon does; ten seconds of its clock pass between two looks.
private final class WorkScene {
    let login: TerminalLogin
    let facts: SessionFacts
    private var watch = WorkWatch()
    private var now = BootInstant(nanoseconds: BootClock.now())

    init(_ login: TerminalLogin = TerminalLogin()) throws {
        self.login = login
        facts = .sample(user: "root", leader: try LoginScene.identity(login.family["leader"]))
    }

    func run(_ command: String) throws {
        login.type(command)
        try #require(login.shows("READY"), "\(command)")
    }

    func look(_ keepWhile: String...) -> WorkReading {
        now = now + .seconds(10)
        return watch.look(at: facts, keepWhile: keepWhile, now: now)
    }

    func forget() {
        watch.remove(facts.id)
    }

    /// Waits until the session's foreground has used that much since it began.
    func waitForTicks(_ ticks: UInt64) throws {
        var jobs = ForegroundJobs()
        for _ in 0..<2_000 {
            var memory = ForegroundJobs.Memory()
            let found = jobs.find(below: facts.leader, user: "root", remembering: &memory)
            let all = found.jobs.flatMap(\.workers).map { $0.ownTicks + $0.waitedTicks }
            if all.reduce(0, +) >= ticks { return }
            usleep(5_000)
        }
        Issue.record("The job does not work.")
    }
}

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct WorkWatchTests {
    @Test func `a job that uses the processor is work from the second look on`() throws {
        let scene = try WorkScene()
        try scene.run("exec bash -c 'echo READY; yes >/dev/null; true'")
        try scene.waitForTicks(1)
        #expect(scene.look().work == nil)
        try scene.waitForTicks(100)
        let work = try #require(scene.look().work)
        #expect(work.what.hasPrefix("yes["))
        // What was known is forgotten with the session.
        scene.forget()
        #expect(scene.look().work == nil)
    }

    @Test func `a job that writes is work, be its processor time nothing`() throws {
        let scene = try WorkScene()
        let program =
            "print qq(READY\\n); while (<STDIN>) { print STDERR \"x\" x 400000; print qq(DONE\\n) }"
        try scene.run("perl -e '$|=1; open STDERR, q(>/dev/null); \(program)'")
        let rest = [scene.look(), scene.look()]
        #expect(rest.allSatisfy { $0.work == nil && $0.mayActAlone })
        scene.login.type("")
        try #require(scene.login.shows("DONE"))
        #expect(scene.look().work?.what.hasPrefix("perl[") == true)
        #expect(scene.look().work == nil)
    }

    @Test func `at its prompt a session does nothing that need be looked at`() throws {
        let scene = try WorkScene()
        scene.login.type("PS1='PROMPT '")
        try #require(scene.login.shows("PROMPT "))
        #expect(scene.look() == WorkReading())
        #expect(scene.look("bash") == WorkReading())
        try scene.run("sh -c 'echo READY; exec cat'")
        #expect(scene.look().mayActAlone)
    }

    /// The terminal takes these keys for itself: nothing else tells of them.
    @Test(arguments: ["\u{3}", "\u{1A}", "\u{1C}"])
    func `a job that Ctrl-C, Ctrl-Z or a quit ended counts once more, by its name`(
        key: String
    ) throws {
        let scene = try WorkScene(TerminalLogin(by: .console))
        scene.login.type("stty isig icanon")
        try scene.run("sh -c 'echo READY; exec sleep 1000'")
        #expect(scene.look().work == nil)
        #expect(scene.look().work == nil)
        scene.login.press(key)
        var reading = scene.look()
        for _ in 0..<1_000 where reading.end == nil {
            usleep(5_000)
            reading = scene.look()
        }
        #expect(reading.work == nil)
        #expect(reading.end?.what.hasPrefix("sleep[") == true)
        #expect(scene.look().end == nil)
        #expect(scene.look() == WorkReading())
    }

    @Test func `a job that came and went between two looks is over by the second`() throws {
        let scene = try WorkScene()
        scene.login.type("PS1='PROMPT '")
        try #require(scene.login.shows("PROMPT "))
        #expect(scene.look() == WorkReading())
        scene.login.type("sleep 0.01")
        try #require(scene.login.shows("PROMPT "))
        var reading = scene.look()
        for _ in 0..<1_000 where reading.end == nil {
            usleep(5_000)
            reading = scene.look()
        }
        #expect(reading.end?.what.hasPrefix("bash[") == true)
        #expect(scene.look().end == nil)
    }

    @Test func `a session without a terminal may begin at any time`() throws {
        let family = ProcessFamily(["run", "-", "0", "/bin/sleep", "1000"])
        var watch = WorkWatch()
        let facts = SessionFacts.sample(leader: try LoginScene.identity(family["leader"]))
        let reading = watch.look(at: facts, keepWhile: [], now: BootInstant(nanoseconds: 1))
        #expect(reading == WorkReading(work: nil, mayActAlone: true))
    }

    @Test func `a program of keep-while is work at once, by its file alone`() throws {
        let scene = try WorkScene()
        try scene.run("sh -c 'echo READY; exec cat'")
        #expect(scene.look().work == nil)
        for name in ["cat", "/usr/bin/cat", "/bin/cat"] {
            let reading = scene.look("make", name)
            #expect(reading.work?.what.hasPrefix("cat[") == true, "\(name)")
            #expect(reading.masquerades.isEmpty)
        }
        #expect(scene.look("/usr/local/bin/cat", "ca", "sh").work == nil)
    }

    @Test func `a copy of a program of keep-while is not believed, and told`() throws {
        let directory = TemporaryDirectory()
        let copy = directory.path("rsync")
        RunningProgram(["/bin/cp", "/bin/cat", copy]).wait()
        chmod(copy, 0o755)
        let scene = try WorkScene()
        try scene.run("sh -c 'echo READY; exec \(copy)'")
        var reading = scene.look("rsync")
        for _ in 0..<1_000 where reading.masquerades.isEmpty {
            usleep(5_000)
            reading = scene.look("rsync")
        }
        #expect(reading.work == nil)
        guard case .masquerade(let executable, let pid)? = reading.masquerades.first else {
            Issue.record("It is not told.")
            return
        }
        #expect(executable == copy)
        #expect(ProcessStat.read(pid: pid)?.name == "rsync")
        unlink(copy)
    }

    @Test func `neither arguments nor a command's name make a program one of keep-while`() throws {
        let scene = try WorkScene()
        let directory = TemporaryDirectory()
        let text = "$0 = q(rsync); $|=1; print qq(READY\\n); sleep 1000"
        let script = directory.write("script", text)
        try scene.run("bash -c 'exec -a rsync perl \(script)'")
        #expect(scene.look("rsync") == WorkReading(work: nil, mayActAlone: true))
    }

    @Test func `no more masquerades are told than the limit`() throws {
        let directory = TemporaryDirectory()
        let copy = directory.path("rsync")
        RunningProgram(["/bin/cp", "/bin/sleep", copy]).wait()
        chmod(copy, 0o755)
        let scene = try WorkScene()
        try scene.run("bash -c 'for i in {1..20}; do \(copy) 1000 & done; echo READY; wait'")
        var told = 0
        for _ in 0..<1_000 where told < WorkWatch.masqueradesMax {
            told = scene.look("rsync").masquerades.count
            usleep(5_000)
        }
        #expect(scene.look("rsync").masquerades.count == WorkWatch.masqueradesMax)
        unlink(copy)
    }
}
