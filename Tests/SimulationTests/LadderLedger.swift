import LapseCore
import LapsePolicy

/// The rungs of a session's end as they were taken, those for detached processes last.
struct LadderLedger {
    let steps: [EndStep]
    private let detached: DetachedAction
    private var next = 0
    private var notBefore: Int64 = .min
    private var leaderWasAsked = false
    /// It came to its end with the leader still there, which starts its last two rungs again.
    var wasStuck = false
    /// The signals for those that were given time, once that has begun.
    private var late: [EndSignal]?
    /// The last signal to processes was SIGKILL and reached somebody: it is sent once more.
    private(set) var owesRound = false
    private var rounds = 0
    private var lastWasKill = false
    /// A signal reached no leader: it is gone, and its exit is told at once.
    private(set) var leaderIsOutOfReach = false

    init(_ allowance: Allowance) {
        steps = allowance.end
        detached = allowance.detached
    }

    /// Whether detached processes have their time yet, or are being ended after it.
    var isLate: Bool { late != nil }

    mutating func check(_ order: SignalOrder, leaderIsGone: Bool, at now: Int64) throws(Violation) {
        guard now >= notBefore || (late == nil && next == steps.count) else {
            throw Violation("\(order) came \(notBefore - now) ns before its time")
        }
        if order.to != .leader { lastWasKill = order.signal == .kill }
        guard late == nil else { return try checkLate(order, at: now) }
        while next < steps.count, leaderIsGone, steps[next].target == .leader { next += 1 }
        if next == steps.count, leaderIsGone, owesRound {
            return try checkRound(order, sparing: detached != .end, at: now)
        }
        if next == steps.count {
            guard wasStuck else { throw Violation("a signal after the ladder's end") }
            // The last two rungs again, five seconds after the last was over.
            next = steps.count - 2
            notBefore += 5_000_000_000
        }
        let step = steps[next]
        let to: SignalOrder.Recipients =
            step.target == .leader
            ? .leader : leaderWasAsked || leaderIsGone ? .processesAndRelay : .processes
        let expected = SignalOrder(
            signal: step.signal,
            to: to,
            sparesDetached: detached != .end
        )
        guard order == expected else {
            throw Violation("\(order) is not rung \(next) of the ladder")
        }
        guard now >= notBefore else {
            throw Violation("rung \(next) came \(notBefore - now) ns before its time")
        }
        if step.target == .leader { leaderWasAsked = true }
        notBefore = now + step.allowed.wholeNanoseconds
        next += 1
    }

    /// SIGKILL once more, each second.
    private mutating func checkRound(
        _ order: SignalOrder,
        sparing: Bool,
        at now: Int64
    ) throws(Violation) {
        rounds += 1
        guard
            order == SignalOrder(signal: .kill, to: .processesAndRelay, sparesDetached: sparing),
            now >= notBefore, rounds <= Ending.killRoundsMax
        else { throw Violation("\(order) is not round \(rounds) after the ladder") }
        notBefore = now + 1_000_000_000
    }

    private mutating func checkLate(_ order: SignalOrder, at now: Int64) throws(Violation) {
        if late?.isEmpty == true, owesRound {
            return try checkRound(order, sparing: false, at: now)
        }
        guard let signal = late?.first,
            order
                == SignalOrder(signal: signal, to: .processesAndRelay, sparesDetached: false)
        else { throw Violation("\(order) is not how detached processes are ended") }
        late?.removeFirst()
        notBefore = now + 1_000_000_000 * (signal == .terminate ? 5 : 1)
    }

    /// Takes in how many processes the last signal reached.
    mutating func reached(_ count: Int, ofLeader isLeader: Bool, at now: Int64) {
        if !isLeader { owesRound = lastWasKill && count > 0 }
        if count == 0 { nobodyReached(at: now) }
    }

    private mutating func nobodyReached(at now: Int64) {
        notBefore = now
        if late != nil { late = [] }
        if next > 0, steps[next - 1].target == .leader { leaderIsOutOfReach = true }
    }

    /// The record says that detached processes are ended after so long, or left alone.
    mutating func spared(endIn delay: Duration?, at now: Int64) throws(Violation) {
        switch (detached, delay) {
        case (.spare, nil): return
        case (.after(let time), let delay?) where time == delay:
            late = [.terminate, .kill]
            owesRound = false
            rounds = 0
            notBefore = now + time.wholeNanoseconds
        default: throw Violation("spared for \(String(describing: delay)), the policy: \(detached)")
        }
    }

    /// Those that were given time have had it, and their signals.
    func checkOver(at now: Int64) throws(Violation) {
        guard !owesRound || rounds == Ending.killRoundsMax else {
            throw Violation("retired though the last SIGKILL found somebody")
        }
        guard let late else { return }
        guard late.isEmpty, now >= notBefore else {
            throw Violation("retired while detached processes have their time yet")
        }
    }
}
