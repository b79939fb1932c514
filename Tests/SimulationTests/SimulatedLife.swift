import LapseCore
import TestRandom

/// What goes on in a session beside its user's keys: a job, bytes, output, and what is made up.
struct SimulatedLife {
    /// A job in the foreground beyond the shell.
    struct Job {
        var isWorking: Bool
        /// How many more times it begins or ceases to work.
        var turnsLeft: Int
    }

    /// Programs that read made-up input.
    struct Forgery {
        /// In equal pauses, which is found out; else only the connection can tell.
        let isRhythm: Bool
        let period: Int64
        var timesLeft: Int
        /// Since the last real key.
        var times = 0
    }

    /// So many equal pauses are a rhythm.
    static let rhythmTimes = 5

    /// Its bytes can be counted: it came over a TCP connection.
    let isBacked: Bool
    var job: Job?
    var isSending = false
    var trafficLeft: Int
    var forgery: Forgery?
    /// The last read of what no hand had typed.
    private(set) var lastForged: Int64 = .min
    /// Somebody sets the stamp of a terminal by hand; told at the next look.
    var hasSetStamp = false
    private(set) var lastReceived: Int64 = .min
    private var lastOutput: Int64 = .min
    /// What was at work since the last look, and is not any more.
    private var hasWorked = false
    private var hasSent = false
    /// Work and bytes show between two looks only.
    private var isBaseKnown = false

    init(scale: Int64, random: inout SeededRandom) {
        isBacked = random.chance(70)
        trafficLeft = Int(random.pick([0, 0, 1, 3, 8, 20]))
        guard random.chance(15) else { return }
        forgery = Forgery(
            isRhythm: random.chance(50),
            period: max(
                1_000_000,
                random.pick([scale / 20, scale / 10, scale / 2, scale - 1_000_000_000])
            ),
            timesLeft: Int(random.between(1, 40))
        )
    }

    mutating func rests() {
        hasWorked = hasWorked || job?.isWorking == true
        job?.isWorking = false
    }

    mutating func jobEnds() {
        rests()
        job = nil
    }

    mutating func stopsSending() {
        hasSent = hasSent || isSending
        isSending = false
    }

    mutating func receives(at now: Int64) { lastReceived = now }

    mutating func writes(at now: Int64) { lastOutput = now }

    mutating func forges(at now: Int64) {
        lastForged = now
        forgery?.times += 1
    }

    /// A real key: the pauses are not equal any more.
    mutating func types(at now: Int64) {
        lastReceived = now
        forgery?.times = 0
    }

    /// The daemon starts anew and knows nothing of before.
    mutating func isForgotten() {
        isBaseKnown = false
        (hasWorked, hasSent) = (false, false)
        lastReceived = .min
        forgery?.times = 0
    }

    /// What the daemon's meters tell at a look.
    mutating func tell(_ evidence: inout Evidence, at now: BootInstant) {
        let works = job?.isWorking == true || hasWorked
        if isBaseKnown, works { evidence.work = Evidence.Work(at: now, what: "make[7]") }
        if isBaseKnown, isBacked, isSending || hasSent { evidence.sent = now }
        if isBacked { evidence.received = Self.instant(lastReceived) }
        evidence.output = Self.instant(lastOutput)
        evidence.mayActAlone = job != nil || (!evidence.hasTerminal && isBacked)
        if hasSetStamp { evidence.suspicions.append(.stampSet(terminal: "/dev/pts/7")) }
        hasSetStamp = false
        (hasWorked, hasSent, isBaseKnown) = (false, false, true)
    }

    /// What the connection and the pauses say of the input; a hand was there at `lastHand`.
    func judged(_ evidence: Evidence, lastHand: Int64) -> Evidence {
        let lastHand = BootInstant(nanoseconds: lastHand)
        guard evidence.input != nil else { return evidence }
        if let forgery, forgery.isRhythm, forgery.times >= Self.rhythmTimes {
            var found = evidence
            found.input = min(evidence.input ?? lastHand, lastHand)
            found.noInputSince = lastHand
            found.suspicions.append(
                .rhythm(
                    terminal: "/dev/pts/7",
                    period: .nanoseconds(forgery.period),
                    times: forgery.times
                )
            )
            return found
        }
        guard isBacked else { return evidence }
        var bounded = evidence.bounded(byLastByte: lastHand)
        if bounded.noInputSince != nil, lastForged > lastHand.nanoseconds {
            bounded.suspicions.append(.unbackedInput(terminal: "/dev/pts/7"))
        }
        return bounded
    }

    private static func instant(_ moment: Int64) -> BootInstant? {
        moment == .min ? nil : BootInstant(nanoseconds: moment)
    }
}
