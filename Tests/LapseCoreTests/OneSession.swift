import LapseCore
import LapsePolicy

/// An engine with one session, opened at 0 s and measured as never used.
struct OneSession {
    static let id = SessionID(value: 7)
    static let facts = SessionFacts(
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
    var engine = Engine()

    init(
        idle: Limit = .after(.seconds(20)),
        lifetime: Limit = .never,
        warn: [Duration] = [],
        onIdle: IdleAction = .end,
        end: [EndStep] = EndStep.builtIn,
        mode: Mode = .enforce
    ) {
        let allowance = Allowance(
            idle: idle,
            lifetime: lifetime,
            warn: warn,
            onIdle: onIdle,
            end: end
        )
        _ = engine.handle(.opened(Self.facts, allowance, mode, .reported), at: Self.at(0))
        _ = measured(0, at: 0)
    }

    static func at(_ seconds: Double) -> BootInstant {
        BootInstant(nanoseconds: Int64((seconds * 1_000_000_000).rounded()))
    }

    mutating func deadline(at seconds: Double) -> [Effect] {
        engine.handle(.deadline, at: Self.at(seconds))
    }

    mutating func measured(_ lastInput: Double, at seconds: Double) -> [Effect] {
        let evidence = Evidence.measured(lastInput: Self.at(lastInput))
        return engine.handle(.evidence(Self.id, evidence), at: Self.at(seconds))
    }

    mutating func unmeasurable(at seconds: Double) -> [Effect] {
        engine.handle(.evidence(Self.id, .unmeasurable(.noTerminal)), at: Self.at(seconds))
    }

    mutating func requestEnd(at seconds: Double) -> [Effect] {
        let request = EndRequest(by: UserID(value: 0), why: "x")
        return engine.handle(.endRequested(Self.id, request), at: Self.at(seconds))
    }

    mutating func leaderExits(at seconds: Double) -> [Effect] {
        engine.handle(.leaderExited(Self.id), at: Self.at(seconds))
    }

    /// The answer to a signal.
    mutating func reached(_ count: Int, at seconds: Double) -> [Effect] {
        let outcome = SignalOutcome(reached: count, spared: [])
        return engine.handle(.signalled(Self.id, outcome), at: Self.at(seconds))
    }

    /// The effect of a rung of the ladder.
    static func signal(_ signal: EndSignal, _ to: SignalOrder.Recipients) -> Effect {
        .signal(id, SignalOrder(signal: signal, to: to))
    }
}
