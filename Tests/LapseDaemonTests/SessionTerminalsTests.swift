import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct SessionTerminalsTests {
    private func found(_ facts: SessionFacts) throws -> [SessionTerminals.Found] {
        Array(try #require(SessionTerminals.find(for: facts)).values)
    }

    private func paths(_ facts: SessionFacts) throws -> Set<String> {
        Set(try found(facts).map(\.terminal.path))
    }

    @Test func `the pty of an ssh session is found by its master, and who has it`() throws {
        let login = try LoginScene(audited: false)
        let found = try found(login.facts)
        #expect(found.map(\.terminal.path) == [login.pty.path])
        #expect(found.first?.holder == (try LoginScene.identity(login.family["shell"])))
    }

    @Test func `a pty whose master the leader does not hold is not the session's`() throws {
        // The shell has taken a pty of the user's making for its terminal.
        let nested = PtyPair()
        chown(nested.path, LoginScene.uid, 5)
        let family = ProcessFamily("login", nested.path, "\(LoginScene.uid)")
        let leader = try LoginScene.identity(family["leader"])
        #expect(ProcessStat.read(pid: family["shell"])?.terminal != 0)
        #expect(try paths(.sample(uid: LoginScene.uid, leader: leader)) == [])
    }

    @Test func `a terminal that the user does not own is not the session's`() throws {
        let login = try LoginScene(audited: false)
        chown(login.pty.path, LoginScene.uid + 1, 5)
        #expect(try paths(login.facts) == [])
        chown(login.pty.path, LoginScene.uid, 5)
        #expect(try paths(login.facts) == [login.pty.path])
    }

    @Test func `the terminal that login named is found without any process on it`() throws {
        let pty = PtyPair()
        chown(pty.path, LoginScene.uid, 5)
        let family = ProcessFamily("alone")
        let leader = try LoginScene.identity(family["leader"])
        let own = SessionFacts.sample(uid: LoginScene.uid, tty: pty.path, leader: leader)
        let found = try found(own)
        #expect(found.map(\.terminal.path) == [pty.path])
        #expect(found.first?.holder == nil)
        let strange = SessionFacts.sample(uid: 0, tty: pty.path, leader: leader)
        #expect(try paths(strange) == [])
    }

    private static let names = ["ssh", "", ":0", "pts/0", "/dev/pts/..", "/etc/passwd", "/dev/pts"]

    @Test(arguments: names)
    func `a name that is no terminal gives none`(name: String) throws {
        let family = ProcessFamily("alone")
        let leader = try LoginScene.identity(family["leader"])
        #expect(try paths(.sample(uid: 0, tty: name, leader: leader)) == [])
    }

    @Test func `a session whose leader is gone has no terminal but the one it named`() throws {
        let login = try LoginScene(audited: false)
        login.family.killLeader()
        #expect(try paths(login.facts) == [])
        let named = SessionFacts.sample(
            uid: LoginScene.uid,
            tty: login.pty.path,
            leader: login.leader
        )
        #expect(try paths(named) == [login.pty.path])
    }
}
