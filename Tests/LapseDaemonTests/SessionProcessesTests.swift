import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// A login over ssh as it looks in /proc, with what the daemon knows of it.
final class LoginScene {
    static let uid: UInt32 = 54_321
    let pty = PtyPair()
    let family: ProcessFamily
    let leader: ProcessIdentity
    let relay: ProcessIdentity
    let image: ProcessImage?
    let auditSession: UInt32?

    /// `more` is what there is below the shell beside the usual, see main.c of process-family.
    init(audited: Bool, more: String = "") throws {
        chown(pty.path, Self.uid, 5)
        let scene = audited ? "audited-login" : "login"
        family = ProcessFamily(scene, pty.path, "\(Self.uid)", more, master: pty.master)
        try #require(family.isAudited == audited)
        leader = try Self.identity(family["leader"])
        relay = try Self.identity(family["relay"])
        image = ProcessImage(pid: leader.pid)
        auditSession = audited ? ProcessTree.auditSession(of: leader.pid) : nil
    }

    static func identity(_ pid: Int32) throws -> ProcessIdentity {
        let start = try #require(ProcessStat.read(pid: pid)).startTicks
        return ProcessIdentity(pid: pid, startTicks: start)
    }

    var facts: SessionFacts {
        .sample(uid: Self.uid, leader: leader, auditSession: auditSession)
    }

    var device: UInt64 { Terminal(path: pty.path)?.device ?? 0 }

    func scope(
        relays: Set<ProcessIdentity> = [],
        terminals: Set<UInt64>? = nil,
        terminalsTicks: UInt64 = .max,
        leaderGoneTicks: UInt64? = nil,
        leaders: Set<ProcessIdentity> = []
    ) -> SessionProcesses.Scope {
        SessionProcesses.Scope(
            facts: facts,
            terminals: terminals ?? [device],
            terminalsTicks: terminalsTicks,
            leaderImage: image,
            relays: relays,
            leaderGoneTicks: leaderGoneTicks,
            leaders: leaders
        )
    }

    /// The members' names in this scene; a pid that is not of it is shown as a number.
    func names(_ members: [SessionProcesses.Member]) -> Set<String> {
        Set(
            members.map { member in
                family.pids.first { $0.value == member.stat.pid }?.key ?? "\(member.stat.pid)"
            }
        )
    }

    /// Now, as the daemon writes down the end of a leader.
    static var nowTicks: UInt64 {
        UInt64(BootClock.now() / (1_000_000_000 / ProcessSelf.ticksPerSecond))
    }
}

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct SessionProcessesTests {
    @Test func `while the leader lives, its whole tree is found and told apart`() throws {
        let login = try LoginScene(audited: true)
        let found = SessionProcesses.find(login.scope())
        #expect(login.names(found.relays) == ["relay"])
        #expect(login.names(found.attached) == ["shell", "job", "quiet"])
        #expect(login.names(found.detached) == ["detached"])
        #expect(found.detached.map(\.label) == ["cat[\(login.family["detached"])]"])
    }

    @Test(arguments: [true, false])
    func `after the leader's death the audit session still leads to all of it`(
        knowsRelay: Bool
    ) throws {
        let login = try LoginScene(audited: true)
        login.family.killLeader()
        let found = SessionProcesses.find(
            login.scope(
                relays: knowsRelay ? [login.relay] : [],
                leaderGoneTicks: LoginScene.nowTicks
            )
        )
        #expect(login.names(found.relays) == ["relay"])
        #expect(login.names(found.attached) == ["shell", "job", "quiet"])
        #expect(login.names(found.detached) == ["detached"])
    }

    @Test func `without an audit session the tree and the terminal lead to it`() throws {
        let login = try LoginScene(audited: false)
        let living = SessionProcesses.find(login.scope())
        #expect(login.names(living.relays) == ["relay"])
        #expect(login.names(living.attached) == ["shell", "job", "quiet"])
        // Nothing leads to one that left both: it is neither ended nor named.
        #expect(login.names(living.detached) == [])

        login.family.killLeader()
        kill(login.relay.pid, SIGKILL)
        let dead = SessionProcesses.find(login.scope(leaderGoneTicks: LoginScene.nowTicks))
        #expect(login.names(dead.attached) == ["shell", "job"])
        #expect(login.names(dead.detached) == [])
    }

    @Test func `without an audit session nobody is named who came after the leader's end`() throws {
        let login = try LoginScene(audited: false)
        login.family.killLeader()
        kill(login.relay.pid, SIGKILL)
        let found = SessionProcesses.find(
            login.scope(leaderGoneTicks: login.leader.startTicks - 1)
        )
        #expect(found.attached.isEmpty && found.relays.isEmpty && found.detached.isEmpty)
    }

    @Test func `without an audit session nobody is named who was there before the leader`() throws {
        let login = try LoginScene(audited: false)
        login.family.killLeader()
        let later = ProcessIdentity(pid: .max, startTicks: LoginScene.nowTicks + 1)
        let found = SessionProcesses.find(
            SessionProcesses.Scope(
                facts: .sample(uid: LoginScene.uid, leader: later),
                terminals: [login.device],
                leaderImage: nil,
                relays: [],
                leaderGoneTicks: later.startTicks + 1
            )
        )
        #expect(found.attached.isEmpty && found.relays.isEmpty && found.detached.isEmpty)
    }

    @Test func `without an audit session nobody of another user is named`() throws {
        let login = try LoginScene(audited: false)
        login.family.killLeader()
        let other = SessionFacts.sample(uid: LoginScene.uid + 1, leader: login.leader)
        let found = SessionProcesses.find(
            SessionProcesses.Scope(
                facts: other,
                terminals: [login.device],
                leaderImage: nil,
                relays: [],
                leaderGoneTicks: LoginScene.nowTicks
            )
        )
        #expect(found.attached.isEmpty && found.relays.isEmpty && found.detached.isEmpty)
    }

    @Test func `the next login of the same user on the same terminal is not touched`() throws {
        let (gone, next) = (try LoginScene(audited: true), try LoginScene(audited: true))
        gone.family.killLeader()
        let found = SessionProcesses.find(
            gone.scope(
                terminals: [gone.device, next.device],
                leaderGoneTicks: LoginScene.nowTicks
            )
        )
        let all = found.attached + found.relays + found.detached
        #expect(all.count == 5)
        #expect(Set(all.map(\.stat.pid)).isDisjoint(with: next.family.pids.values))
    }

    @Test func `a login that got the terminal since is not touched, audit session or not`() throws {
        let login = try LoginScene(audited: false)
        login.family.killLeader()
        kill(login.relay.pid, SIGKILL)
        let before = login.leader.startTicks - 1
        let found = SessionProcesses.find(
            login.scope(terminalsTicks: before, leaderGoneTicks: LoginScene.nowTicks)
        )
        #expect(found.attached.isEmpty && found.relays.isEmpty && found.detached.isEmpty)
    }

    @Test(arguments: ["login", "audited"])
    func `a login within a login is a session of its own, and so is the one around it`(
        inner: String
    ) throws {
        let login = try LoginScene(audited: true, more: inner)
        let leaders = [login.leader, try LoginScene.identity(login.family["inner-leader"])]
        let outer = SessionProcesses.find(login.scope(leaders: Set(leaders)))
        #expect(login.names(outer.relays) == ["relay"])
        #expect(login.names(outer.attached) == ["shell", "job", "quiet"])
        // Nothing tells that one which left both belongs to the inner one, if there is one audit
        // session for both.
        let lost: Set = inner == "login" ? ["inner-detached"] : []
        #expect(login.names(outer.detached) == lost.union(["detached"]))

        let mark = try #require(ProcessStat.read(pid: leaders[1].pid))
        let own = SessionMarks.auditSession(of: mark)
        #expect((own != nil) == (inner == "audited"))
        let scope = SessionProcesses.Scope(
            facts: .sample(uid: LoginScene.uid, leader: leaders[1], auditSession: own),
            terminals: [],
            leaderImage: login.image,
            relays: [],
            leaderGoneTicks: nil,
            leaders: Set(leaders)
        )
        let found = SessionProcesses.find(scope)
        #expect(login.names(found.relays) == ["inner-relay"])
        #expect(login.names(found.attached) == ["inner-shell", "inner-job", "inner-quiet"])
        #expect(login.names(found.detached) == (own == nil ? [] : ["inner-detached"]))
    }

    @Test func `an audit session that a leader has from its parent marks nobody`() throws {
        let login = try LoginScene(audited: true)
        let stats = try ["leader", "relay", "detached"].map { name in
            try #require(ProcessStat.read(pid: login.family[name]))
        }
        #expect(
            stats.map(SessionMarks.auditSession) == [login.auditSession, nil, login.auditSession]
        )
        #expect(stats.map(SessionMarks.group) == [nil, nil, nil])
    }

    @Test func `a name cannot look like two processes`() {
        let stat = ProcessStat.parse(
            Array("7 (x[8] y) S 1 7 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 9 0 0 0 0 0 0 0".utf8)
        )
        let label = stat.map { SessionProcesses.Member(stat: $0).label }
        #expect(label == "x\\u{5b}8\\u{5d} y[7]")
    }

    @Test func `a relay is known by its start time as well as by its pid`() throws {
        let login = try LoginScene(audited: true)
        let shell = try LoginScene.identity(login.family["shell"])
        let later = ProcessIdentity(pid: shell.pid, startTicks: shell.startTicks + 1)
        let found = SessionProcesses.find(login.scope(relays: [later]))
        #expect(login.names(found.relays) == ["relay"])
    }

    @Test func `relays are the leader's children with its image and without a terminal`() throws {
        let login = try LoginScene(audited: false)
        #expect(SessionProcesses.relays(of: login.leader, image: login.image) == [login.relay])
        #expect(SessionProcesses.relays(of: login.leader, image: nil).isEmpty)
        let other = ProcessImage(pid: getpid())
        #expect(SessionProcesses.relays(of: login.leader, image: other).isEmpty)
        // The relay's own children are on a terminal.
        #expect(SessionProcesses.relays(of: login.relay, image: login.image).isEmpty)
    }

    @Test func `the daemon itself is never named, nor a process that is dead already`() throws {
        let family = ProcessFamily("threads")
        kill(family["sibling"], SIGKILL)
        while ProcessStat.read(pid: family["sibling"])?.state != UInt8(ascii: "Z") { sched_yield() }
        let own = SessionFacts.sample(leader: try LoginScene.identity(getpid()))
        let found = SessionProcesses.find(
            SessionProcesses.Scope(
                facts: own,
                terminals: [],
                leaderImage: nil,
                relays: [],
                leaderGoneTicks: nil
            )
        )
        let pids = Set(found.attached.map(\.stat.pid))
        #expect(pids.isSuperset(of: [family["leader"], family["child"]]))
        #expect(pids.isDisjoint(with: [getpid(), 1, family["sibling"]]))
    }
}
