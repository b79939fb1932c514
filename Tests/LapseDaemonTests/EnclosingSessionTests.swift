import Glibc
import LapseCore
import LinuxFixture
import Testing

@testable import LapseDaemon
@testable import LapseLinux

@Suite(.timeLimit(.minutes(1))) struct EnclosingSessionTests {
    private static func process(_ pid: Int32, parent: Int32, start: UInt64) -> ProcessStat {
        ProcessStat(
            pid: pid,
            name: "x",
            state: UInt8(ascii: "S"),
            parent: parent,
            processGroup: pid,
            sessionLeader: pid,
            terminal: 0,
            foregroundGroup: -1,
            waitedFaults: 0,
            ownTicks: 0,
            waitedTicks: 0,
            threads: 1,
            startTicks: start,
            stackStart: 1
        )
    }

    private static func identity(_ pid: Int32, _ start: UInt64) -> ProcessIdentity {
        ProcessIdentity(pid: pid, startTicks: start)
    }

    /// sshd's monitor 40, its relay 41, a shell 42, sudo 43.
    private static let chain = [
        process(40, parent: 10, start: 100), process(41, parent: 40, start: 101),
        process(42, parent: 41, start: 102), process(43, parent: 42, start: 103),
        process(10, parent: 1, start: 5),
    ]

    private static func ancestors(of pid: Int32, in processes: [ProcessStat]) -> [Int32] {
        EnclosingSession.ancestors(of: pid) { pid in processes.first { $0.pid == pid } }.map(\.pid)
    }

    @Test func `the walk goes from the process itself to below pid 1`() {
        #expect(Self.ancestors(of: 43, in: Self.chain) == [43, 42, 41, 40, 10])
        #expect(Self.ancestors(of: 1, in: Self.chain).isEmpty)
        #expect(Self.ancestors(of: 99, in: Self.chain).isEmpty)
    }

    @Test func `a parent that is younger than its child is another process, and not followed`() {
        var processes = Self.chain
        processes[0] = Self.process(40, parent: 10, start: 500)
        #expect(Self.ancestors(of: 43, in: processes) == [43, 42, 41])
    }

    @Test func `a parent that is gone ends the walk`() {
        #expect(Self.ancestors(of: 43, in: Array(Self.chain.dropFirst(2))) == [43, 42])
    }

    @Test
    func `the walk has its limit, and processes that are each other's parents do not trap it`() {
        let circle = [
            Self.process(20, parent: 21, start: 7), Self.process(21, parent: 20, start: 7),
        ]
        let walked = Self.ancestors(of: 20, in: circle)
        #expect(walked.count == EnclosingSession.ancestorsMax)
    }

    /// Where a process stands, and which of the sessions 1 (leader 40, audit session 7) and 2
    /// (leader 60 in it, audit session 8) and 3 (leader 70, audit session 7) it is of.
    struct Case: CustomTestStringConvertible, Sendable {
        let what: String
        let ancestors: [(Int32, UInt64)]
        let audit: UInt32?
        let session: UInt64?

        var testDescription: String { what }
    }

    private static let cases = [
        Case(what: "a descendant", ancestors: [(43, 9), (42, 8), (40, 4)], audit: nil, session: 1),
        Case(
            what: "the nearest",
            ancestors: [(61, 9), (60, 6), (42, 5), (40, 4)],
            audit: 8,
            session: 2
        ),
        Case(what: "the leader itself", ancestors: [(40, 4)], audit: nil, session: 1),
        Case(
            what: "the ancestor counts before the audit session",
            ancestors: [(43, 9), (40, 4)],
            audit: 8,
            session: 1
        ),
        Case(
            what: "a pid that is used again",
            ancestors: [(43, 9), (40, 5)],
            audit: nil,
            session: nil
        ),
        Case(
            what: "no ancestor, but the audit session",
            ancestors: [(90, 9)],
            audit: 8,
            session: 2
        ),
        Case(what: "the youngest of an audit session", ancestors: [(90, 9)], audit: 7, session: 3),
        Case(what: "cron", ancestors: [(90, 9), (80, 3)], audit: 99, session: nil),
        Case(
            what: "cron without an audit session",
            ancestors: [(90, 9), (80, 3)],
            audit: nil,
            session: nil
        ),
    ]

    @Test(arguments: cases)
    func `the nearest leader counts, then the audit session, and nothing else`(_ place: Case) {
        let sessions = [
            SessionFacts.sample(
                id: 1,
                leader: Self.identity(40, 4),
                auditSession: 7,
                opened: BootInstant(nanoseconds: 4)
            ),
            .sample(
                id: 2,
                leader: Self.identity(60, 6),
                auditSession: 8,
                opened: BootInstant(nanoseconds: 6)
            ),
            .sample(
                id: 3,
                leader: Self.identity(70, 7),
                auditSession: 7,
                opened: BootInstant(nanoseconds: 7)
            ),
            // Same user, same terminal, no kin: never found.
            .sample(
                id: 4,
                leader: Self.identity(75, 7),
                auditSession: nil,
                opened: BootInstant(nanoseconds: 9)
            ),
        ]
        let enclosing = EnclosingSession(
            ancestors: place.ancestors.map { Self.identity($0.0, $0.1) },
            auditSession: place.audit
        )
        let expected = place.session.map { SessionID(value: $0) }
        #expect(enclosing.find(among: sessions) == expected)
        #expect(enclosing.find(among: sessions.reversed()) == expected)
    }

    @Test func `the processes of a real login are of its session`() throws {
        let scene = try LoginScene(audited: false)
        for (name, pid) in scene.family.pids where name != "leader" {
            let found = EnclosingSession(of: pid).find(among: [scene.facts])
            // A process that left its parent and has no audit session belongs to nobody.
            let isBelow = EnclosingSession.ancestors(of: pid) { ProcessStat.read(pid: $0) }
                .contains(scene.leader)
            #expect(found == (isBelow ? scene.facts.id : nil), "\(name)")
        }
        #expect(EnclosingSession(of: getpid()).find(among: [scene.facts]) == nil)
    }

    @Test(.needsRoot)
    func `what left its parent is known by the audit session`() throws {
        let scene = try LoginScene(audited: true)
        for (name, pid) in scene.family.pids {
            guard ProcessTree.auditSession(of: pid) == scene.auditSession else { continue }
            let found = EnclosingSession(of: pid).find(among: [scene.facts])
            #expect(found == scene.facts.id, "\(name)")
        }
    }
}
