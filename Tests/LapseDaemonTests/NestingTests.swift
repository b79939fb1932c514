import Glibc
import LapseCore
import LapseLinux
import LapsePolicy
import LapseWire
import LinuxFixture
import Testing

@testable import LapseDaemon

/// A daemon whose loop the test turns, with one session: a real process tree.
private final class Scene {
    let directory = TemporaryDirectory()
    let read = ReadLog()
    let login: LoginScene
    let daemon: Daemon
    private(set) var id = SessionID(value: 0)
    private(set) var token = CloseToken(low: 0, high: 0)

    init() throws {
        login = try LoginScene(audited: false)
        daemon = try Self.daemon(directory, read.log)
        let report = try Opened(
            uid: LoginScene.uid,
            user: [UInt8]("alice".utf8),
            service: [UInt8]("sshd".utf8)
        )
        var answer: Answer?
        daemon.open(report, leader: login.leader.pid) { answer = $0 }
        try daemon.loop.run { answer == nil }
        guard case .allowed(let session, let token) = answer?.verdict else {
            preconditionFailure("A session can be opened: \(String(describing: answer))")
        }
        id = SessionID(value: session)
        self.token = token
        #expect(try read.message().hasPrefix("event=opened "))
    }

    static func daemon(_ directory: TemporaryDirectory, _ log: DaemonLog) throws -> Daemon {
        directory.write("lapse.toml", "")
        let words = [
            "--policy", directory.path("lapse.toml"), "--policy-dir", directory.path("none"),
            "--run-dir", directory.path("run"),
        ]
        let options = try DaemonOptions(words)
        try SmallFile.makeDirectory(options.runDirectory, mode: 0o700)
        try SmallFile.makeDirectory(options.runDirectory + "/sessions", mode: 0o700)
        let (policy, _) = try LoadedPolicy.load(options)
        // The user of the scene has no account on this host.
        let account = Account.exists(AccountFacts(uid: LoginScene.uid, groups: []))
        return try Daemon(options: options, policy: policy, log: log) { _ in account }
    }

    /// A su or sudo: a child of the session's shell's kin.
    func nest(_ service: String, to uid: UInt32, from name: String = "relay") throws -> Answer {
        let report = try Opened(
            uid: uid,
            user: [UInt8]("root".utf8),
            service: [UInt8](service.utf8)
        )
        return daemon.nest(report, opener: login.family[name])
    }

    func token(_ answer: Answer) throws -> CloseToken {
        guard case .allowed(let session, let token) = answer.verdict else {
            throw Missing(answer: answer)
        }
        #expect(session == id.value)
        return token
    }

    func close(_ token: CloseToken) -> Answer.Verdict {
        daemon.close(Closed(session: id.value, token: token)).verdict
    }

    struct Missing: Error {
        let answer: Answer
    }

    var isPrivileged: Bool? { daemon.holds[id]?.nestings.isPrivileged }
}

@Suite(.timeLimit(.minutes(1))) struct NestingTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test func `sudo makes its session privileged, and its close takes that back`() throws {
        let answer = try scene.nest("sudo", to: 0)
        let token = try scene.token(answer)
        #expect(token != scene.token)
        #expect(answer.text.isEmpty)
        #expect(scene.isPrivileged == true)
        let name = scene.id.name
        let leader = scene.login.leader.pid
        let opener = scene.login.family["relay"]
        let rest =
            "session=\(name) user=alice uid=\(LoginScene.uid) leader=\(leader) by=sudo"
            + " opener=\(opener)"
        #expect(try scene.read.message() == "event=privileged \(rest)")
        #expect(scene.close(token) == .noted)
        #expect(scene.isPrivileged == false)
        #expect(try scene.read.message() == "event=unprivileged \(rest)")
        #expect(scene.daemon.engine.sessions.count == 1)
    }

    @Test func `su from su keeps it privileged until the last one closes`() throws {
        let outer = try scene.token(try scene.nest("sudo", to: 0))
        let inner = try scene.token(try scene.nest("su-l", to: 0))
        #expect(try scene.read.message().hasPrefix("event=privileged "))
        #expect(scene.close(outer) == .noted)
        #expect(scene.isPrivileged == true)
        #expect(scene.close(inner) == .noted)
        #expect(
            try scene.read.message().hasSuffix(" by=su-l opener=\(scene.login.family["relay"])")
        )
        #expect(scene.isPrivileged == false)
    }

    @Test func `su to another user makes nothing privileged`() throws {
        let token = try scene.token(try scene.nest("su", to: 1002))
        #expect(scene.isPrivileged == false)
        #expect(scene.close(token) == .noted)
        // The next line is of what comes next: nothing was logged of the other.
        _ = try scene.nest("sudo", to: 0)
        #expect(try scene.read.message().contains(" by=sudo "))
    }

    @Test func `the token of a nesting does not close the session, nor a wrong one anything`()
        throws
    {
        let token = try scene.token(try scene.nest("sudo", to: 0))
        #expect(scene.close(token) == .noted)
        #expect(scene.daemon.engine.sessions[scene.id] != nil)
        #expect(scene.close(token) == .unable)
        #expect(scene.close(CloseToken(low: 1, high: 2)) == .unable)
        #expect(scene.daemon.engine.sessions[scene.id] != nil)
    }

    @Test func `a process of no session passes and leaves nothing behind`() throws {
        let report = try Opened(uid: 0, user: [0x72], service: [UInt8]("sudo".utf8))
        #expect(scene.daemon.nest(report, opener: getpid()).verdict == .outside)
        #expect(scene.isPrivileged == false)
    }

    @Test func `a process that is gone cannot be asked about`() throws {
        let family = ProcessFamily("alone")
        let pid = family["leader"]
        family.end()
        let report = try Opened(uid: 0, user: [0x72], service: [UInt8]("sudo".utf8))
        #expect(scene.daemon.nest(report, opener: pid).verdict == .unable)
    }

    @Test func `an opener that is killed ends its nesting`() throws {
        let victim = RunningProgram(["/bin/sleep", "600"])
        let identity = try LoginScene.identity(victim.pid)
        let nesting = try #require(
            Nesting(
                uid: UserID(value: 0),
                service: "sudo",
                token: CloseToken(low: 5, high: 6),
                opener: identity
            )
        )
        scene.daemon.adoptNestings([SavedNesting(nesting)], of: scene.id)
        #expect(try scene.read.message().hasPrefix("event=privileged "))
        victim.signal(SIGKILL)
        scene.daemon.loop.afterTurn = { [scene] in
            if scene.isPrivileged == false { scene.daemon.loop.stop() }
        }
        try scene.daemon.loop.run()
        victim.wait()
        #expect(try scene.read.message().contains("event=unprivileged "))
    }

    @Test func `the next daemon takes open nestings back, with their tokens, and no dead ones`()
        throws
    {
        let token = try scene.token(try scene.nest("sudo", to: 0))
        let dead = RunningProgram(["/bin/sleep", "600"])
        let nesting = try #require(
            Nesting(
                uid: UserID(value: 0),
                service: "su",
                token: CloseToken(low: 5, high: 6),
                opener: try LoginScene.identity(dead.pid)
            )
        )
        scene.daemon.adoptNestings([SavedNesting(nesting)], of: scene.id)
        dead.signal(SIGKILL)
        dead.wait()

        let read = ReadLog()
        let next = try Scene.daemon(scene.directory, read.log)
        try next.adoptSessions()
        #expect(try read.message().hasPrefix("event=adopted "))
        #expect(try read.message().hasPrefix("event=privileged "))
        #expect(next.holds[scene.id]?.nestings.open.map(\.service) == ["sudo"])
        #expect(next.close(Closed(session: scene.id.value, token: token)).verdict == .noted)
        #expect(try read.message().hasPrefix("event=unprivileged "))
        // And the one after that knows that nothing is open.
        let last = try Scene.daemon(scene.directory, ReadLog().log)
        try last.adoptSessions()
        #expect(last.holds[scene.id]?.nestings.open.isEmpty == true)
    }

    @Test func `a full table takes root's in place of another's, and then no more`() throws {
        for _ in 1...Nestings.openMax { _ = try scene.token(try scene.nest("su", to: 1002)) }
        #expect(try scene.nest("su", to: 1002).verdict == .unable)
        #expect(scene.isPrivileged == false)
        for _ in 1...Nestings.openMax { _ = try scene.token(try scene.nest("sudo", to: 0)) }
        #expect(scene.isPrivileged == true)
        #expect(try scene.nest("sudo", to: 0).verdict == .unable)
        #expect(scene.daemon.holds[scene.id]?.nestings.open.count == Nestings.openMax)
        // A file at the limit is read again.
        let next = try Scene.daemon(scene.directory, ReadLog().log)
        try next.adoptSessions()
        #expect(next.holds[scene.id]?.nestings.open.count == Nestings.openMax)
    }

    @Test func `a session that ends takes its nestings along`() throws {
        let token = try scene.token(try scene.nest("sudo", to: 0))
        #expect(scene.close(scene.token) == .noted)
        #expect(scene.daemon.holds[scene.id] == nil)
        #expect(scene.close(token) == .noted)
    }
}
