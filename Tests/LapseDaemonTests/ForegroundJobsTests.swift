import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// What the daemon finds in the foreground of a login.
final class ForegroundScene {
    let login: TerminalLogin
    private var jobs = ForegroundJobs()
    private var memory = ForegroundJobs.Memory()

    init(_ login: TerminalLogin = TerminalLogin()) {
        self.login = login
    }

    /// Types a command and waits until it says READY.
    func run(_ command: String) throws {
        login.type(command)
        try #require(login.shows("READY"), "\(command)")
    }

    func find() throws -> ForegroundJobs.Found {
        jobs.find(
            below: try LoginScene.identity(login.family["leader"]),
            user: "root",
            remembering: &memory
        )
    }

    /// The workers when they are these, or after ten seconds: what was forked has yet to become
    /// another program.
    func settled(on wanted: [[String]]) throws -> [[String]] {
        var found = try workers()
        for _ in 0..<100 where found != wanted {
            // A terminal whose output nobody reads stops those who write to it.
            _ = login.pty.shown(patience: 100)
            found = try workers()
        }
        return found
    }

    /// The names of the workers of each job, sorted.
    func workers() throws -> [[String]] {
        try find().jobs.map { $0.workers.map(\.name).sorted() }
    }
}

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct ForegroundJobsTests {
    private static let prompt = "PS1='PROMPT '"

    private func scene(by way: TerminalLogin.Way = .run) throws -> ForegroundScene {
        let scene = ForegroundScene(TerminalLogin(by: way))
        scene.login.type(Self.prompt)
        try #require(scene.login.shows("PROMPT "))
        return scene
    }

    @Test(arguments: [TerminalLogin.Way.run, .console])
    func `at its prompt a shell is no job`(way: TerminalLogin.Way) throws {
        let scene = try scene(by: way)
        let found = try scene.find()
        #expect(found.hasTerminal)
        #expect(found.jobs.map(\.workers) == [[]])
        #expect(found.jobs.map { $0.waiting.map(\.name) } == [["bash"]])
        #expect(found.jobs.map(\.place.pid) == [scene.login.family["shell"]])
    }

    private static let commands: [(command: String, workers: [String])] = [
        ("sh -c 'echo READY; exec cat'", ["cat"]),
        ("sh -c 'echo READY; cat; true' | cat", ["cat", "cat", "sh"]),
        ("bash -c 'sleep 1000 & echo READY; wait'", ["bash", "sleep"]),
        ("bash -c 'setsid sh -c \"echo READY; exec sleep 1000\" & wait'", ["bash"]),
        ("SHELL=/bin/sh script -qc 'echo READY; cat; true' /dev/null", ["cat", "script", "sh"]),
        ("sleep 1000 & sh -c 'echo READY; exec cat'", ["cat"]),
        ("exec perl -e '$|=1; print qq(READY\\n); sleep 1000'", ["perl"]),
        ("exec bash -c 'echo READY; cat; true'", ["cat"]),
    ]

    @Test(arguments: commands)
    func `a command in the foreground is the job, with all below it`(
        command: String,
        workers: [String]
    ) throws {
        for way in [TerminalLogin.Way.run, .console] {
            let scene = try scene(by: way)
            #expect(try scene.workers() == [[]])
            try scene.run(command)
            #expect(try scene.settled(on: [workers]) == [workers], "\(way)")
        }
    }

    @Test func `what is in the background is no job, be its shell the first or another`() throws {
        let scene = try scene()
        scene.login.type("sleep 1000 & sleep 1001 & \(Self.prompt)")
        try #require(scene.login.shows("PROMPT "))
        #expect(try scene.workers() == [[]])
        scene.login.type("PS1='INNER ' bash --norc --noediting -i")
        try #require(scene.login.shows("INNER "))
        scene.login.type("sleep 1000 & \(Self.prompt)")
        try #require(scene.login.shows("PROMPT "))
        #expect(try scene.workers() == [["bash"]])
        try scene.run("sh -c 'echo READY; exec cat'")
        let job = try #require(try scene.find().jobs.first)
        #expect(job.workers.map(\.name) == ["cat"])
        #expect(job.waiting.map(\.name) == ["bash", "bash"])
    }

    @Test func `a shell that becomes one without job control has its job in its own group`() throws
    {
        let scene = try scene()
        try scene.run("sh -c 'echo READY; exec sleep 0.01'")
        #expect(try scene.settled(on: [[]]) == [[]])
        try scene.run("exec bash -c 'echo READY; cat; true'")
        #expect(try scene.settled(on: [["cat"]]) == [["cat"]])
    }

    @Test func `a channel without a terminal is a job as a whole`() throws {
        let family = ProcessFamily(["run", "-", "0", "/bin/bash", "-c", "cat /dev/zero | sleep 99"])
        var jobs = ForegroundJobs()
        var memory = ForegroundJobs.Memory()
        let leader = try LoginScene.identity(family["leader"])
        var names: Set<String> = []
        // bash forks when it gets to it.
        while names != ["bash", "cat", "sleep"] {
            let found = jobs.find(below: leader, user: "root", remembering: &memory)
            #expect(!found.hasTerminal)
            try #require(found.jobs.count == 1)
            names = Set(found.jobs[0].workers.map(\.name))
        }
    }

    @Test func `nothing is found below a leader that is gone, or whose pid is another's`() throws {
        let scene = try scene()
        let leader = try LoginScene.identity(scene.login.family["leader"])
        var jobs = ForegroundJobs()
        for stranger in [
            ProcessIdentity(pid: leader.pid, startTicks: leader.startTicks + 1),
            ProcessIdentity(pid: -1, startTicks: 0),
        ] {
            var memory = ForegroundJobs.Memory()
            #expect(jobs.find(below: stranger, user: "root", remembering: &memory).jobs.isEmpty)
        }
    }

    @Test func `of a job of more processes than the limit the first are found`() throws {
        let scene = try scene()
        try scene.run(
            "bash -c 'for i in {1..600}; do sleep 1000 & done; echo READY; exec cat'"
        )
        let found = try scene.workers()
        // The relay, the shell and the leader are looked at, too.
        #expect((500...JobUsage.processesMax).contains(found[0].count))
    }
}
