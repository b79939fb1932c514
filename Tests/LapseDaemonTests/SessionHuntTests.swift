import Glibc
import LapseCore
import LapseLinux
import LapsePolicy
import LinuxFixture
import Testing

@testable import LapseDaemon

/// What forks faster than a scan finds it, killed as the daemon does it.
@Suite(.needsRoot, .serialized, .timeLimit(.minutes(2))) struct SessionHuntTests {
    private static let order = SignalOrder(
        signal: .kill,
        to: .processesAndRelay,
        sparesDetached: false
    )

    private func kill(_ process: ProcessStat) -> Bool {
        let handle = ProcessHandle.open(pid: process.pid, startTicks: process.startTicks)
        // It went before it could be killed: that is what the hunt is about.
        return handle.map { (try? $0.send(SIGKILL)) ?? false } ?? false
    }

    /// One round of the ladder: whom it reached.
    private func round(_ scope: SessionProcesses.Scope) -> Int {
        let table = ProcessTable.scan()
        let found = SessionProcesses.find(scope, in: table)
        let reached = (found.attached + found.relays + found.detached).count { kill($0.stat) }
        var hunt = SessionHunt(scope, found, Self.order, seenIn: table)
        let killed = hunt.run(kill)
        return reached + killed.attached.count + killed.detached.count
    }

    @Test(arguments: ["", "comet", "swarm"])
    func `nobody of a session outlives the rounds of SIGKILL`(more: String) throws {
        for turn in 1...10 {
            let login = try LoginScene(audited: true, more: more)
            let session = try #require(login.auditSession)
            login.family.killLeader()
            let scope = login.scope(relays: [login.relay], leaderGoneTicks: LoginScene.nowTicks)
            var rounds = 0
            while round(scope) > 0, rounds <= Ending.killRoundsMax {
                rounds += 1
                usleep(20_000)
            }
            let left = ProcessTable.scan().members(ofAuditSession: session)
            print("\(more) \(turn): \(rounds) rounds, \(left.count) left")
            #expect(left.isEmpty, "turn \(turn), \(rounds) rounds: \(left.map(\.stat.name))")
        }
    }

    @Test func `what is spared is not hunted`() throws {
        let login = try LoginScene(audited: true)
        let order = SignalOrder(signal: .kill, to: .processesAndRelay, sparesDetached: true)
        login.family.killLeader()
        let scope = login.scope(relays: [login.relay], leaderGoneTicks: LoginScene.nowTicks)
        var hunt = SessionHunt(scope, SessionProcesses(), order, seenIn: ProcessTable([]))
        let killed = hunt.run(kill)
        #expect(killed.detached.isEmpty)
        let detached = try #require(ProcessStat.read(pid: login.family["detached"]))
        #expect(!detached.isDead)
    }
}
