import LapsePolicy
import Testing

@testable import LapseCore

@Suite struct EngineTests {
    private static let allowance = Allowance(
        idle: .after(.seconds(20)),
        lifetime: .after(.seconds(100)),
        warn: [.seconds(10), .seconds(5)],
        onIdle: .end,
        end: EndStep.builtIn
    )
    private let id = SessionID(value: 7)

    private func at(_ seconds: Double) -> BootInstant {
        BootInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    private var facts: SessionFacts {
        SessionFacts(
            id: id,
            user: "alice",
            uid: UserID(value: 1000),
            service: "sshd",
            rhost: "::1",
            tty: "ssh",
            leader: ProcessIdentity(pid: 42, startTicks: 4),
            auditSession: 3,
            opened: at(0)
        )
    }

    private func opened(_ mode: Mode = .enforce) -> Engine {
        var engine = Engine()
        _ = engine.handle(.opened(facts, Self.allowance, mode, .reported), at: at(0))
        _ = engine.handle(.evidence(id, .measured(lastInput: at(0))), at: at(0))
        return engine
    }

    /// Lets time come to the next deadline and answers the look with the last input.
    private func judge(_ engine: inout Engine, lastInput: Double, at seconds: Double) -> [Effect] {
        let asked = engine.handle(.deadline, at: at(seconds))
        // A deadline that input has moved meanwhile asks for nothing.
        guard !asked.isEmpty else { return [] }
        #expect(asked == [.look(id)])
        return engine.handle(.evidence(id, .measured(lastInput: at(lastInput))), at: at(seconds))
    }

    @Test func `an idle session is warned twice and then ended, each on its moment`() {
        var engine = opened()
        #expect(engine.nextDeadline == at(10))
        let first = judge(&engine, lastInput: 0, at: 10)
        #expect(
            first.first == .tell(id, .warning(.idle(limit: .seconds(20)), remaining: .seconds(10)))
        )
        #expect(engine.sessions[id]?.next?.at == at(15))
        let second = judge(&engine, lastInput: 0, at: 15)
        #expect(
            second.first == .tell(id, .warning(.idle(limit: .seconds(20)), remaining: .seconds(5)))
        )
        #expect(engine.sessions[id]?.next?.at == at(20))
        let end = judge(&engine, lastInput: 0, at: 20)
        #expect(end.first == .tell(id, .ended(.idle(limit: .seconds(20)))))
        #expect(end.last == .signal(id, SignalOrder(signal: .hangUp, to: .processes)))
    }

    @Test func `a key during the countdown cancels it at once and moves the end`() {
        var engine = opened()
        _ = judge(&engine, lastInput: 0, at: 10)
        let effects = engine.handle(.input(id, at: at(12)), at: at(12))
        #expect(effects == [.tell(id, .kept), .record(Record(.kept, facts))])
        // The old deadline stands in the heap; at it nothing is due any more.
        #expect(judge(&engine, lastInput: 12, at: 15).isEmpty)
        #expect(engine.nextDeadline == at(22))
    }

    @Test func `evidence that the user came back is believed at the very moment of the end`() {
        var engine = opened()
        _ = judge(&engine, lastInput: 0, at: 10)
        _ = judge(&engine, lastInput: 0, at: 15)
        let effects = judge(&engine, lastInput: 19.9, at: 20)
        #expect(effects.first == .tell(id, .kept))
        #expect(engine.sessions[id]?.stage == .active)
    }

    @Test func `a limit that passed unseen still gives the first warning and its time`() {
        var engine = opened()
        let effects = judge(&engine, lastInput: 0, at: 60)
        #expect(
            effects.first
                == .tell(id, .warning(.idle(limit: .seconds(20)), remaining: .seconds(10)))
        )
        _ = judge(&engine, lastInput: 0, at: 65)
        #expect(engine.sessions[id]?.next?.at == at(70))
    }

    @Test func `a busy session is ended at its lifetime after its own warnings`() {
        var engine = opened()
        var told: [Effect] = []
        for second in 1...100 {
            _ = engine.handle(.input(id, at: at(Double(second))), at: at(Double(second)))
            guard let next = engine.nextDeadline, next <= at(Double(second)) else { continue }
            told += judge(&engine, lastInput: Double(second), at: Double(second))
        }
        #expect(told.contains(.tell(id, .ended(.lifetime(limit: .seconds(100))))))
        #expect(
            told.filter { if case .tell(_, .warning) = $0 { true } else { false } }.count == 2
        )
    }

    @Test func `observe mode records what would have been and disturbs nobody`() {
        var engine = opened(.observe)
        let effects = judge(&engine, lastInput: 0, at: 20)
        #expect(
            effects == [
                .record(Record(.overdue(.idle(limit: .seconds(20)), idle: .seconds(20)), facts))
            ]
        )
    }

    @Test func `the ladder asks, insists, and kills the leader last`() {
        var engine = opened()
        var signals: [SignalOrder] = []
        var effects = engine.handle(
            .endRequested(id, EndRequest(by: UserID(value: 0), why: "x")),
            at: at(1)
        )
        for step in 0..<5 {
            for case .signal(_, let order) in effects { signals.append(order) }
            let answer = Event.signalled(id, SignalOutcome(reached: 1, spared: []))
            _ = engine.handle(answer, at: at(1 + Double(step) * 10))
            effects = engine.handle(.deadline, at: at(11 + Double(step) * 10))
        }
        #expect(
            signals == [
                SignalOrder(signal: .hangUp, to: .processes),
                SignalOrder(signal: .terminate, to: .leader),
                SignalOrder(signal: .terminate, to: .processesAndRelay),
                SignalOrder(signal: .kill, to: .processesAndRelay),
                SignalOrder(signal: .kill, to: .leader),
            ]
        )
        #expect(effects == [.record(Record(.stuck, facts))])
    }

    @Test func `a leader that dies closes the session at once and its processes are handled`() {
        var engine = opened()
        let effects = engine.handle(.leaderExited(id), at: at(3))
        #expect(
            effects == [
                .record(Record(.closed(.leaderDied, duration: .seconds(3)), facts)),
                .signal(id, SignalOrder(signal: .hangUp, to: .processesAndRelay)),
            ]
        )
        let rest = engine.handle(
            .signalled(id, SignalOutcome(reached: 0, spared: ["tmux[9]"])),
            at: at(3)
        )
        #expect(rest == [.record(Record(.spared(["tmux[9]"], endIn: nil), facts)), .retire(id)])
        #expect(engine.sessions.isEmpty)
    }

    @Test func `a reported close wins over the leader's exit, which changes nothing more`() {
        var engine = opened()
        let closed = engine.handle(.closeReported(id), at: at(4))
        #expect(closed.last == .retire(id))
        #expect(engine.handle(.leaderExited(id), at: at(4)).isEmpty)
    }
}
