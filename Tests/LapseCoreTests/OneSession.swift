import LapseCore
import LapsePolicy

/// An engine with one session, opened at 0 s and measured as never used.
struct OneSession {
    static let id = SessionID(value: 7)
    static let facts = facts(id)

    static func facts(_ id: SessionID) -> SessionFacts {
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

    var engine = Engine()
    private(set) var allowance: Allowance
    private(set) var mode: Mode

    init(
        idle: Limit = .after(.seconds(20)),
        lifetime: Limit = .never,
        warn: [Duration] = [],
        onIdle: IdleAction = .end,
        end: [EndStep] = EndStep.builtIn,
        mode: Mode = .enforce,
        detached: DetachedAction = .spare,
        unmeasurable: UnmeasurableAction = .report
    ) {
        self.mode = mode
        allowance = Allowance(
            idle: idle,
            lifetime: lifetime,
            warn: warn,
            onIdle: onIdle,
            end: end
        )
        allowance.detached = detached
        allowance.unmeasurable = unmeasurable
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

    /// Evidence that was asked for or came by itself.
    mutating func told(_ evidence: Evidence, at seconds: Double) -> [Effect] {
        engine.handle(.evidence(Self.id, evidence), at: Self.at(seconds))
    }

    /// The deadline comes and the look tells this; nothing if none is due.
    mutating func looked(_ evidence: Evidence, at seconds: Double) -> [Effect] {
        guard deadline(at: seconds) == [.look(Self.id)] else { return [] }
        return told(evidence, at: seconds)
    }

    /// A key was read now.
    mutating func key(at seconds: Double) -> [Effect] {
        engine.handle(.input(Self.id, at: Self.at(seconds)), at: Self.at(seconds))
    }

    /// The moment from which idleness counts, in seconds since the opening.
    var counted: Double? { session.map { Double($0.lastInput.nanoseconds) / 1e9 } }

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
    mutating func reached(
        _ count: Int,
        attached: NamedProcesses = [],
        at seconds: Double,
        detached: NamedProcesses = [],
        spared: NamedProcesses = []
    ) -> [Effect] {
        let outcome = SignalOutcome(
            reached: count,
            attached: attached,
            detached: detached,
            spared: spared
        )
        return engine.handle(.signalled(Self.id, outcome), at: Self.at(seconds))
    }

    /// The effect of a rung of the ladder.
    static func signal(_ signal: EndSignal, _ to: SignalOrder.Recipients) -> Effect {
        .signal(id, SignalOrder(signal: signal, to: to))
    }

    /// What is told or recorded, without the facts of the session.
    static func warning(_ reason: EndReason, _ remaining: Double, idle: Double?) -> [Effect] {
        let idle: Duration? = idle.map { .seconds($0) }
        return [
            .tell(id, .warning(reason, remaining: .seconds(remaining))),
            record(.warned(reason, remaining: .seconds(remaining), idle: idle)),
        ]
    }

    static func record(_ what: Record.What) -> Effect { .record(Record(what, facts)) }
    static let kept: [Effect] = [.tell(id, .kept), record(.kept)]
    static let eased: [Effect] = [.tell(id, .eased), record(.eased)]

    /// The beginning of an end, with the first signal of the built-in ladder.
    static func end(_ reason: EndReason, idle: Double?, sparing: Bool = true) -> [Effect] {
        [
            .tell(id, .ended(reason)), record(.ending(reason, idle: idle.map { .seconds($0) })),
            .signal(id, SignalOrder(signal: .hangUp, to: .processes, sparesDetached: sparing)),
        ]
    }
}

// MARK: - What changes a session's limits

extension OneSession {
    var session: Session? { engine.sessions[Self.id] }
    /// Seconds since the opening.
    var next: Double? { engine.nextDeadline.map { Double($0.nanoseconds) / 1e9 } }

    mutating func allow(
        at seconds: Double,
        mode: Mode? = nil,
        _ change: (inout Allowance) -> Void = { _ in }
    ) -> [Effect] {
        change(&allowance)
        self.mode = mode ?? self.mode
        let event = Event.allowanceChanged(Self.id, allowance, self.mode)
        return engine.handle(event, at: Self.at(seconds))
    }

    mutating func cutoffs(_ cutoffs: [Cutoff], at seconds: Double) -> [Effect] {
        engine.handle(.cutoffsKnown(Self.id, cutoffs), at: Self.at(seconds))
    }

    mutating func hours(end: Double?, at seconds: Double) -> [Effect] {
        cutoffs(end.map { [Cutoff(.hours, at: Self.at($0))] } ?? [], at: seconds)
    }

    mutating func hold(until: Double, at seconds: Double) -> [Effect] {
        engine.handle(.held(Self.id, Self.hold(until: until)), at: Self.at(seconds))
    }

    static func hold(until: Double) -> Hold {
        Hold(until: at(until), by: UserID(value: 1000), why: "a build")
    }

    mutating func release(at seconds: Double) -> [Effect] {
        engine.handle(.released(Self.id, by: UserID(value: 1000)), at: Self.at(seconds))
    }

    mutating func extend(by duration: Double, at seconds: Double) -> [Effect] {
        engine.handle(.extended(Self.id, Self.extension(by: duration)), at: Self.at(seconds))
    }

    static func `extension`(by duration: Double) -> Extension {
        Extension(by: .seconds(duration), orderedBy: UserID(value: 0), why: "a release")
    }

    mutating func revoke(_ revocation: Revocation, at seconds: Double) -> [Effect] {
        engine.handle(.revoked(Self.id, revocation), at: Self.at(seconds))
    }

    /// The deadline comes, and the session was last used at `lastInput`; what follows the look.
    mutating func judged(_ lastInput: Double = 0, at seconds: Double) -> [Effect] {
        guard deadline(at: seconds) == [.look(Self.id)] else { return [] }
        return measured(lastInput, at: seconds)
    }
}
