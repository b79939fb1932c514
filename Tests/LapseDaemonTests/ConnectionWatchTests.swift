import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// A process that stands for a session's leader, and what is read of its connection.
private struct Scene {
    let watch = ConnectionWatch()
    let leader: HoldingProcess
    let facts: SessionFacts

    init(_ descriptors: [Int32: Int32], rhost: String = "192.0.2.9", tty: String = "ssh") throws {
        leader = HoldingProcess(descriptors)
        facts = try .connected(leader: leader.pid, rhost: rhost, tty: tty)
    }

    func look(cookie: UInt64? = nil, relays: Set<ProcessIdentity> = []) throws -> ConnectionReading
    {
        watch.look(
            at: facts,
            leader: try ProcessHandle(pid: leader.pid),
            relays: relays,
            cookie: cookie,
            now: now
        )
    }

    /// From a moment to now, as late as the kernel's clock may have it.
    func since(_ moment: BootInstant) -> ClosedRange<BootInstant> {
        moment...now + ConnectionReading.Traffic.clockLag
    }

    /// What the daemon would take as the moment of a look.
    var now: BootInstant { BootInstant(nanoseconds: BootClock.now()) }
}

extension SessionFacts {
    fileprivate static func connected(
        leader: Int32,
        rhost: String,
        tty: String
    ) throws -> SessionFacts {
        SessionFacts(
            id: SessionID(value: 7),
            user: "alice",
            uid: UserID(value: 1001),
            service: tty == "ssh" ? "sshd" : "login",
            rhost: rhost,
            tty: tty,
            leader: try identity(of: leader),
            auditSession: nil,
            opened: BootInstant(nanoseconds: 0)
        )
    }
}

private func identity(of pid: Int32) throws -> ProcessIdentity {
    ProcessIdentity(pid: pid, startTicks: try #require(ProcessStat.read(pid: pid)).startTicks)
}

@Suite(.needsRoot) struct ConnectionWatchTests {
    @Test(arguments: TCPPair.Family.allCases)
    func `what comes and goes over the leader's connection is told`(
        family: TCPPair.Family
    ) throws {
        let pair = TCPPair(family)
        let scene = try Scene([4: pair.near])
        let first = try #require(try scene.look().traffic)
        #expect(first.received == nil && first.sent == nil)
        let before = scene.now
        pair.receive(300)
        let second = try #require(try scene.look().traffic)
        #expect(second.received.map { scene.since(before) ~= $0 } == true)
        #expect(second.sent == nil)
        #expect(second.received == second.lastByte && second.lastByte == second.lastBacking)
        pair.send(5000)
        let third = try #require(try scene.look().traffic)
        #expect(third.sent.map { scene.since(before) ~= $0 } == true)
        #expect(third.received == second.received)
    }

    @Test func `the connection is remembered, whatever the leader opens later`() throws {
        let (pair, other) = (TCPPair(), TCPPair())
        let scene = try Scene([4: pair.near, 9: other.near, 10: other.listener])
        // What came in at a port that the process listens at is forwarded.
        _ = try #require(try scene.look().traffic)
        let cookie = try #require(scene.watch.cookie(of: scene.facts.id))
        other.receive(400)
        #expect(try scene.look().traffic?.received == nil)
        pair.receive(400)
        #expect(try scene.look().traffic?.received != nil)
        scene.watch.remove(scene.facts.id)
        #expect(scene.watch.cookie(of: scene.facts.id) == nil)
        #expect(try scene.look(cookie: cookie).traffic != nil)
        #expect(scene.watch.cookie(of: scene.facts.id) == cookie)
    }

    @Test func `of several connections the one that was known, or that leads to the client`() throws
    {
        let (pair, other) = (TCPPair(.ipv6), TCPPair(.ipv4))
        let both: [Int32: Int32] = [3: other.near, 4: pair.near]
        let unknown = try Scene(both)
        #expect(try unknown.look() == .unmeasurable(.ambiguous(count: 2)))

        let near = try Scene(both, rhost: "::1")
        pair.receive(10)
        _ = try near.look()
        pair.receive(10)
        #expect(try near.look().traffic?.received != nil)

        let known = try Scene(both)
        let cookie = try #require(near.watch.cookie(of: near.facts.id))
        #expect(try known.look(cookie: cookie).traffic != nil)
        #expect(known.watch.cookie(of: known.facts.id) == cookie)
    }

    @Test func `a relay has the connection where the leader has let go of it`() throws {
        let pair = TCPPair()
        let relay = HoldingProcess([4: pair.near])
        let scene = try Scene([:])
        let reading = try scene.look(relays: [identity(of: relay.pid)])
        #expect(reading.traffic != nil)
    }

    @Test func `a console has no connection, and a proxied session has none that can be read`()
        throws
    {
        let socket = LocalSocket(.stream, boundTo: "\0lapse-watch-\(getpid())")
        let console = try Scene([:], rhost: "", tty: "/dev/tty1")
        #expect(try console.look() == .none)
        let proxied = try Scene([0: socket.number, 1: socket.number])
        let reading = try proxied.look()
        #expect(reading == .unmeasurable(.notTCP(.pipeOrUnix)), "\(reading)")
        #expect(try proxied.look() == .unmeasurable(.notTCP(.pipeOrUnix)))
    }

    @Test func `a connection that is closed, or whose leader is gone, is told to be gone`() throws {
        let pair = TCPPair()
        let scene = try Scene([4: pair.near])
        _ = try #require(try scene.look().traffic)
        let handle = try ProcessHandle(pid: scene.leader.pid)
        pair.closeNear()
        scene.leader.end()
        #expect(pair.isOverForClient)
        pair.closeFar()
        for leader in [handle, nil] {
            let reading = scene.watch.look(
                at: scene.facts,
                leader: leader,
                relays: [],
                now: scene.now
            )
            #expect(reading == .unmeasurable(.gone))
        }
    }

    @Test func `a connection in another network namespace is measured all the same`() throws {
        let family = ProcessFamily("elsewhere")
        let watch = ConnectionWatch()
        let facts = try SessionFacts.connected(
            leader: family["leader"],
            rhost: "127.0.0.1",
            tty: "ssh"
        )
        let now = BootInstant(nanoseconds: BootClock.now())
        for _ in 0..<2 {
            let reading = watch.look(
                at: facts,
                leader: try ProcessHandle(pid: family["leader"]),
                relays: [],
                now: now
            )
            #expect(reading.traffic != nil)
        }
    }

    @Test func `each fault says what is the matter in words`() {
        let texts: [(ConnectionFault, String)] = [
            (.notTCP(.pipeOrUnix), "socket pair or pipes"), (.notTCP(.vsock), "vsock"),
            (.notTCP(.multipathTCP), "multipath TCP"),
            (.notTCP(.other(domain: 99, protocol: 5)), "domain 99, protocol 5"),
            (.ambiguous(count: 3), "3 connections"), (.gone, "closed"),
            (.refused(SystemError("pidfd_getfd", "x", code: EPERM)), "Operation not permitted"),
            (.failed(SystemError("sock_diag", "x", code: EAGAIN)), "sock_diag x"),
        ]
        for (fault, words) in texts { #expect("\(fault)".contains(words)) }
    }
}

extension ConnectionReading {
    fileprivate var traffic: Traffic? {
        guard case .measured(let traffic) = self else { return nil }
        return traffic
    }
}
