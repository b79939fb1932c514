import Glibc
import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy
import LapseSources
import LapseWire
import LinuxFixture
import Synchronization
import Testing

@testable import LapseDaemon

/// A daemon that looks users up as the test says, and a login to be reported to it.
private final class Desk {
    let directory = TemporaryDirectory()
    let read = ReadLog()
    let login: LoginScene
    let daemon: Daemon

    init(_ policy: String, lookUp: @escaping @Sendable (String) -> Account) throws {
        login = try LoginScene(audited: false)
        directory.write("lapse.toml", policy)
        let options = try DaemonOptions([
            "--policy", directory.path("lapse.toml"), "--policy-dir", directory.path("none"),
            "--run-dir", directory.path("run"),
        ])
        try SmallFile.makeDirectory(options.runDirectory, mode: 0o700)
        try SmallFile.makeDirectory(options.runDirectory + "/sessions", mode: 0o700)
        let (loaded, _) = try LoadedPolicy.load(options)
        daemon = try Daemon(options: options, policy: loaded, log: read.log, lookUp: lookUp)
        try daemon.watchWorld()
    }

    /// Reports the login and turns the loop until it is answered.
    func open(
        user: String = "alice",
        uid: UInt32 = LoginScene.uid,
        tty: String = "ssh"
    ) throws -> Answer {
        let report = try Opened(
            uid: uid,
            user: [UInt8](user.utf8),
            service: [UInt8]("sshd".utf8),
            tty: [UInt8](tty.utf8)
        )
        var answer: Answer?
        daemon.open(report, leader: login.leader.pid) { answer = $0 }
        daemon.armTimer()
        try daemon.loop.run { answer == nil }
        return try #require(answer)
    }

    func id(_ answer: Answer) throws -> SessionID {
        guard case .allowed(let session, _) = answer.verdict else {
            throw Refused(text: String(decoding: answer.text, as: UTF8.self))
        }
        return SessionID(value: session)
    }

    static let uid = UserID(value: LoginScene.uid)

    struct Refused: Error, Equatable {
        let text: String
    }

    static func member(of groups: String..., locked: Bool = false) -> Account {
        .exists(AccountFacts(uid: LoginScene.uid, groups: Set(groups), isLocked: locked))
    }
}

@Suite(.needsRoot) struct AdmissionTests {
    private static let byGroup = """
        [defaults]
        idle = "1h"

        [[rule]]
        name = "staff"
        when = { groups = "staff" }
        idle = "2h"

        """

    @Test func `the first limit is already that of the user's groups`() throws {
        let desk = try Desk(Self.byGroup) { _ in Desk.member(of: "staff") }
        let id = try desk.id(try desk.open())
        let session = try #require(desk.daemon.engine.sessions[id])
        #expect(session.allowance.idle == .after(.seconds(7_200)))
    }

    @Test func `a login is answered though the directory is silent, and its word counts later`()
        throws
    {
        let isOpen = Mutex(false)
        let desk = try Desk(Self.byGroup) { _ in
            while !isOpen.withLock({ $0 }) { usleep(1_000) }
            return Desk.member(of: "staff")
        }
        let id = try desk.id(try desk.open())
        #expect(desk.daemon.engine.sessions[id]?.allowance.idle == .after(.seconds(3_600)))
        isOpen.withLock { $0 = true }
        try desk.daemon.loop.run {
            desk.daemon.engine.sessions[id]?.allowance.idle == .after(.seconds(3_600))
        }
        #expect(desk.daemon.engine.sessions[id]?.allowance.idle == .after(.seconds(7_200)))
    }

    @Test func `who is in none of the groups is refused, and who may be in one is not`() throws {
        let policy = "[defaults]\nmember-of = \"staff\"\n"
        let stranger = try Desk(policy) { _ in Desk.member(of: "guests") }
        let text = String(decoding: try stranger.open().text, as: UTF8.self)
        #expect(text == "Lapse: you are in none of the groups whose members may log in here.")
        #expect(stranger.daemon.engine.sessions.isEmpty)
        #expect(try stranger.read.message().hasPrefix("event=refused "))

        for unknown in [
            Account.failed(.busy),
            .exists(AccountFacts(uid: LoginScene.uid, groups: nil)),
            .exists(AccountFacts(uid: LoginScene.uid, groups: [], silentServices: ["sss"])),
        ] {
            let desk = try Desk(policy) { _ in unknown }
            #expect(try desk.id(try desk.open()).value != 0)
        }
    }

    @Test func `a silent directory neither deletes a user nor takes his groups away`() throws {
        let answers = Mutex<[Account]>([
            .exists(
                AccountFacts(uid: LoginScene.uid, groups: ["dialout"], silentServices: ["sss"])
            ),
            .failed(.silent(["sss"])),
            Desk.member(of: "staff", "dialout"),
        ])
        let desk = try Desk("[defaults]\nmember-of = \"staff\"\n") { _ in
            answers.withLock { $0.popLast() ?? .failed(.busy) }
        }
        let id = try desk.id(try desk.open())
        for _ in 1...2 {
            var isAnswered = false
            desk.daemon.lookups.look(up: "alice") { account in
                desk.daemon.accountSeen(account, of: "alice", Desk.uid)
                isAnswered = true
            }
            try desk.daemon.loop.run { !isAnswered }
        }
        #expect(desk.daemon.holds[id]?.subject.groups == ["staff", "dialout"])
        #expect(desk.daemon.engine.sessions[id]?.stage == .active)
    }

    @Test func `root at the machine's own screen is let in whatever the policy says`() throws {
        for (tty, verdict) in [("/dev/tty1", true), ("ssh", false)] {
            let policy = "[defaults]\nmember-of = \"staff\"\nsessions-max = 1\n"
            let desk = try Desk(policy) { _ in .exists(AccountFacts(uid: 0, groups: ["root"])) }
            _ = try desk.id(try desk.open(user: "root", uid: 0, tty: tty))
            let second = try desk.open(user: "root", uid: 0, tty: tty)
            #expect((second.verdict != .refused) == verdict)
        }
    }

    @Test func `a session over the limit is refused, and one that ended makes room`() throws {
        let desk = try Desk("[defaults]\nsessions-max = 1\n") { _ in Desk.member(of: "staff") }
        let id = try desk.id(try desk.open())
        let refused = try desk.open()
        #expect(refused.verdict == .refused)
        #expect(String(decoding: refused.text, as: UTF8.self).contains("you have 1 sessions open"))
        #expect(desk.daemon.counters.loginsRefused == 1)
        desk.daemon.feed(.closeReported(id))
        #expect(try desk.id(try desk.open()) != id)
    }

    @Test
    func `a user who was locked before he came in is not ended for it, and a new lock counts`()
        throws
    {
        let isLocked = Mutex(true)
        let desk = try Desk("") { _ in
            Desk.member(of: "staff", locked: isLocked.withLock { $0 })
        }
        let id = try desk.id(try desk.open())
        desk.daemon.accountSeen(Desk.member(of: "staff", locked: true), of: "alice", Desk.uid)
        #expect(desk.daemon.engine.sessions[id]?.stage == .active)
        desk.daemon.accountSeen(Desk.member(of: "staff", locked: false), of: "alice", Desk.uid)
        desk.daemon.accountSeen(Desk.member(of: "staff", locked: true), of: "alice", Desk.uid)
        #expect(desk.daemon.engine.sessions[id]?.stage != .active)
    }

    @Test func `an exception ends at its time, and the session falls under what is left`() throws {
        // Parts of a second are cut off.
        let until = WallMoment.onHost(seconds: Int64(time(nil)) + 2)
        let utc = CivilTime(seconds: until.instant.seconds)
        let (year, month, day) = utc.date
        let pad = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let second = Int(utc.seconds - utc.day * 86_400)
        let clock = "\(pad(second / 3_600)):\(pad(second / 60 % 60)):\(pad(second % 60))"
        let policy = """
            [defaults]
            idle = "1h"

            [[rule]]
            name = "migration"
            reason = "the move of the data centre"
            until = \(year)-\(pad(month))-\(pad(day))T\(clock)Z
            idle = "never"

            """
        let desk = try Desk(policy) { _ in Desk.member(of: "staff") }
        desk.daemon.turnCalendar()
        let id = try desk.id(try desk.open())
        #expect(desk.daemon.engine.sessions[id]?.allowance.idle == .never)
        try desk.daemon.loop.run { desk.daemon.engine.sessions[id]?.allowance.idle == .never }
        #expect(desk.daemon.engine.sessions[id]?.allowance.idle == .after(.seconds(3_600)))
        #expect(desk.daemon.policy.policy.exceptionsOver(at: until).map(\.rule) == ["migration"])
    }

    @Test func `a lock that observe mode only recorded ends the session when it is enforced`()
        throws
    {
        let desk = try Desk("mode = \"observe\"\n") { _ in Desk.member(of: "staff") }
        let id = try desk.id(try desk.open())
        for _ in 1...2 {
            desk.daemon.accountSeen(Desk.member(of: "staff", locked: true), of: "alice", Desk.uid)
        }
        #expect(desk.daemon.engine.sessions[id]?.stage == .active)
        desk.directory.write("lapse.toml", "mode = \"enforce\"\n")
        _ = try desk.daemon.reload()
        desk.daemon.accountSeen(Desk.member(of: "staff", locked: true), of: "alice", Desk.uid)
        #expect(desk.daemon.engine.sessions[id]?.stage != .active)
    }

    @Test func `a quota that is used up is no reason for another user, and not for another day`()
        throws
    {
        let desk = try Desk("[defaults]\nquota = \"1h\"\n") { _ in Desk.member(of: "staff") }
        let user = UserID(value: LoginScene.uid)
        desk.daemon.quota.restore(.seconds(3_600), of: UserID(value: 1), at: desk.daemon.now)
        let first = try desk.id(try desk.open())
        desk.daemon.feed(.closeReported(first))
        desk.daemon.quota.restore(.seconds(3_600), of: user, at: desk.daemon.now)
        #expect(try desk.open().verdict == .refused)
        desk.daemon.quotaDay -= 1
        desk.daemon.turnCalendar()
        #expect(try desk.id(try desk.open()) != first)
    }

    @Test func `a wall clock that is set over midnight begins a new day for the quota`() throws {
        let desk = try Desk("[defaults]\nquota = \"1h\"\n") { _ in Desk.member(of: "staff") }
        let today = desk.daemon.quotaDay
        for day in [today - 1, today + 1] {
            desk.daemon.quota.restore(.seconds(3_600), of: Desk.uid, at: desk.daemon.now)
            #expect(try desk.open().verdict == .refused)
            desk.daemon.quotaDay = day
            desk.daemon.clockWasSet()
            #expect(desk.daemon.quotaDay == today)
            let id = try desk.id(try desk.open())
            desk.daemon.feed(.closeReported(id))
        }
    }
}
