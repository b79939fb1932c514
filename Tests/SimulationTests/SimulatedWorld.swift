import LapseCore
import LapsePolicy
import TestRandom

/// A machine with users, terminals, processes and two clocks, and the daemon's shell around the
/// production engine; everything follows from the seed of the plan.
///
/// The shell is that of LapseDaemon, call by call; waiting terminal events are taken before a look.
final class SimulatedWorld {
    let plan: WorldPlan
    var random: SeededRandom
    /// CLOCK_BOOTTIME in nanoseconds.
    var now: Int64 = 100_000_000_000
    /// CLOCK_REALTIME minus CLOCK_BOOTTIME.
    var wall = WallOffset(nanoseconds: 1_700_000_000_000_000_000)
    var agenda = Agenda()
    var sessions: [SimulatedSession] = []
    /// Where each session stands in `sessions`, which are in the order of their logins.
    var places: [Int]
    /// Sessions in the daemon's table.
    var heldCount = 0

    // MARK: The daemon
    var engine = Engine()
    var isUp = true
    var turn = 0
    var pending: [Event] = []
    var sharedReads = SharedReads()
    /// The truth: when programs last read through /dev/tty.
    var sharedMoments: [Int64] = []
    /// How often a terminal was found to be played by a machine.
    var machinesFound = 0
    var counts = WorldCounts()
    /// What waits in the queue of terminal events.
    var unheard = UnheardReads()
    /// The daemon does not listen to terminals before this moment.
    var pausedUntil: Int64 = 0
    /// A read that is heard of now happened after this moment.
    var lastListened: Int64 = 0
    /// The moment that the timer is armed for, and when it fires.
    private var armedFor: Int64?
    private var fires: Int64 = 0
    var wakeUps = WakeUps()

    /// The session whose story is told; the last lines of it.
    let traced: Int?
    var story: [String] = []
    /// Every effect with its time, if asked for.
    var effects: [(at: Int64, effect: Effect)]?

    init(_ plan: WorldPlan, tracing session: Int? = nil, keepingEffects: Bool = false) {
        self.plan = plan
        random = SeededRandom(seed: plan.seed)
        places = Array(repeating: -1, count: plan.sessions)
        traced = session
        effects = keepingEffects ? [] : nil
        var others = SeededRandom(seed: plan.seed &* 31 &+ 7)
        let span = plan.arrivals + 1_800_000_000_000
        for index in 0..<plan.sessions {
            agenda.add(.open(index), at: now + others.between(0, plan.arrivals))
        }
        for _ in 0..<plan.suspends {
            agenda.add(.suspend(span / 50), at: now + others.between(0, span))
        }
        for _ in 0..<plan.crashes { agenda.add(.crash, at: now + others.between(0, span)) }
        for _ in 0..<plan.spurious {
            agenda.add(.spuriousDeadline, at: now + others.between(0, span))
            agenda.add(
                .stray(Int(others.between(0, Int64(plan.sessions)))),
                at: now + others.between(0, span)
            )
        }
        // From a source of their own and last: a run without steps is else the same.
        for _ in 0..<plan.steps {
            let size: Int64 = others.pick([100, 3_000, 30_000, 3_600_000, 86_400_000]) * 1_000_000
            // Less than `WallOffset.stepMin` is no step.
            let step = others.between(20_000_000, size) * others.pick([1, -1])
            agenda.add(.step(step), at: now + others.between(0, span))
        }
    }

    var boot: BootInstant { BootInstant(nanoseconds: now) }

    /// Lives until every session is gone.
    func run() throws(Failure) {
        while true {
            let timer = timerFires
            guard let next = agenda.next else {
                guard let timer else { break }
                now = max(now, timer)
                try takeTime()
                continue
            }
            if let timer, timer < next {
                now = max(now, timer)
                try takeTime()
            } else if let item = agenda.take() {
                now = max(now, item.at)
                try happen(item.what)
            }
        }
        try checkEmpty()
    }

    /// When the timer fires: at the engine's deadline or, as far as the plan says, later.
    private var timerFires: Int64? {
        guard isUp, let next = engine.nextDeadline?.nanoseconds else {
            armedFor = nil
            return nil
        }
        if armedFor != next {
            armedFor = next
            fires = max(now, next) + random.between(0, plan.timerLatenessMax)
        }
        return fires
    }

    private func takeTime() throws(Failure) {
        armedFor = nil
        let isIdle = try feed(.deadline)
        if isIdle { wakeUps.idle += 1 }
        try checkWakeUps()
    }

    /// Says what happened to all.
    func tellAll(_ line: @autoclosure () -> String) {
        guard let traced else { return }
        tell(traced, line())
    }

    /// Says what became of a session.
    func tell(_ index: Int, _ line: @autoclosure () -> String) {
        guard index == traced else { return }
        story.append("  \(WorldTime(now))  \(line())")
        if story.count > 40 { story.removeFirst() }
    }
}

extension SimulatedWorld {
    func session(_ id: SessionID) -> SimulatedSession? {
        guard id.value < UInt64(places.count), places[Int(id.value)] >= 0 else { return nil }
        return sessions[places[Int(id.value)]]
    }
}

extension Event {
    /// Without the facts of the session, which is the one that the story is of.
    var line: String {
        if case .opened(_, _, let mode, let opening) = self { return "-> \(opening), \(mode)" }
        return "-> \(self)".bare
    }

    /// The session that it is about.
    var session: SessionID? {
        switch self {
        case .opened(let facts, _, _, _): facts.id
        case .closeReported(let id), .leaderExited(let id), .input(let id, _), .evidence(let id, _),
            .endRequested(let id, _), .signalled(let id, _), .allowanceChanged(let id, _, _),
            .remembered(let id, _),
            .cutoffsKnown(let id, _), .revoked(let id, _), .touched(let id, _), .held(let id, _),
            .released(let id, _), .extended(let id, _), .lockRequested(let id, _, _),
            .relocked(let id, _), .lockAnswered(let id, _), .reauthFailed(let id, _, _),
            .unlocked(let id, _), .passwordKnown(let id, _), .slept(let id, _):
            id
        case .deadline: nil
        }
    }
}

extension String {
    /// Without the names of the modules and of what every line has.
    fileprivate var bare: String {
        replacing("LapseCore.", with: "").replacing("LapsePolicy.", with: "")
    }
}

extension Effect {
    /// Without the facts of the session, which is the one that the story is of.
    var line: String {
        if case .record(let record) = self { return "<- record \(record.what)".bare }
        return "<- \(self)".bare
    }

    /// The session that it is about.
    var session: SessionID {
        switch self {
        case .look(let id), .tell(let id, _), .signal(let id, _), .lock(let id, _),
            .unlock(let id), .thaw(let id), .retire(let id):
            id
        case .record(let record): record.facts.id
        }
    }
}

/// What waits in the queue of terminal events until the daemon listens.
struct UnheardReads {
    var terminals: [(session: Int, terminal: Int)] = []
    var hasShared = false
    var hasOverflowed = false
    var isScheduled = false
    var isEmpty: Bool { terminals.isEmpty && !hasShared && !hasOverflowed }
}

/// How often the timer woke the daemon.
struct WakeUps {
    /// At which the engine had nothing to do.
    var idle = 0
    /// Events that may each have left one such behind.
    var excuses = 0
    /// Turns of the timer at one and the same moment.
    var atOnce = 0
    var lastAt: Int64 = 0
}

/// Seconds since boot, to the nanosecond.
struct WorldTime: CustomStringConvertible {
    let nanoseconds: Int64

    init(_ nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    var description: String {
        let fraction = String(nanoseconds % 1_000_000_000)
        let zeros = String(repeating: "0", count: 9 - fraction.count)
        return "\(nanoseconds / 1_000_000_000).\(zeros)\(fraction)"
    }
}
