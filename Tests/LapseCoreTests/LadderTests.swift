import LapseCore
import LapsePolicy
import Testing

/// The rungs of an end, each in its turn and its time.
@Suite struct LadderTests {
    /// Five rungs that wait for nothing.
    private static let hasty = EndStep.builtIn.map {
        EndStep(signal: $0.signal, target: $0.target, allowed: .zero)
    }

    @Test func `a deadline from before the end does not hasten the rung after it`() {
        var session = OneSession()
        _ = session.requestEnd(at: 19.9)
        _ = session.reached(1, at: 19.9)
        // The idle limit was due at 20 s; the first rung has its 300 ms.
        #expect(session.deadline(at: 20).isEmpty)
        #expect(session.deadline(at: 20.2) == [OneSession.signal(.terminate, .leader)])
    }

    @Test func `a rung that follows at once on one that reached nobody has its whole time`() {
        var session = OneSession()
        _ = session.requestEnd(at: 1)
        #expect(session.reached(0, at: 1) == [OneSession.signal(.terminate, .leader)])
        _ = session.reached(1, at: 1)
        #expect(session.engine.nextDeadline == OneSession.at(3))
        #expect(session.deadline(at: 1.3).isEmpty)
        #expect(session.deadline(at: 3) == [OneSession.signal(.terminate, .processesAndRelay)])
    }

    @Test func `rungs that wait for nothing still wait for the answer to the one before`() {
        var session = OneSession(end: Self.hasty)
        #expect(session.requestEnd(at: 1).last == OneSession.signal(.hangUp, .processes))
        _ = session.reached(1, at: 1)
        #expect(session.engine.nextDeadline == OneSession.at(1))
        #expect(session.deadline(at: 1) == [OneSession.signal(.terminate, .leader)])
    }

    @Test func `a leader that is out of reach is not called stuck before its exit is told`() {
        var session = OneSession(end: Self.hasty)
        _ = session.requestEnd(at: 1)
        #expect(session.reached(0, at: 1) == [OneSession.signal(.terminate, .leader)])
        #expect(session.reached(0, at: 1).isEmpty)
        #expect(session.deadline(at: 1).isEmpty)
        let told = session.leaderExits(at: 1.02)
        #expect(told.count == 1)
        #expect(session.deadline(at: 2) == [OneSession.signal(.terminate, .processesAndRelay)])
        #expect(session.reached(0, at: 2) == [.retire(OneSession.id)])
    }

    @Test func `a stuck leader is recorded once and gets the last two rungs again and again`() {
        var session = OneSession(end: Array(EndStep.builtIn.suffix(2)))
        _ = session.requestEnd(at: 0)
        _ = session.reached(1, at: 0)
        _ = session.deadline(at: 2)
        _ = session.reached(1, at: 2)
        let stuck = Effect.record(Record(.stuck, OneSession.facts))
        #expect(session.deadline(at: 3) == [stuck])
        #expect(session.deadline(at: 8) == [OneSession.signal(.kill, .processesAndRelay)])
        _ = session.reached(1, at: 8)
        #expect(session.deadline(at: 10) == [OneSession.signal(.kill, .leader)])
        _ = session.reached(1, at: 10)
        #expect(session.deadline(at: 11).isEmpty)
        #expect(session.engine.nextDeadline == OneSession.at(16))
    }

    @Test func `in observe mode the processes of a leader that died are left alone`() {
        var session = OneSession(mode: .observe)
        let closed = Record(.closed(.leaderDied, duration: .seconds(3)), OneSession.facts)
        #expect(session.leaderExits(at: 3) == [.record(closed), .retire(OneSession.id)])
        #expect(session.engine.sessions.isEmpty)
    }
}
