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
    }

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
    private var lastSent: Int64 = .min
    /// Keep-alives that the daemon takes for use until it has seen three.
    private var lastKeepAlive: Int64 = .min
    private var keepAlives = 0
    /// The daemon's meter: when it began, and what it took for use then.
    private var meterBegan: BootInstant?
    private var atBeginning: Int64 = .min
    private var lastOutput: Int64 = .min
    /// What was at work since the last look, and is not any more.
    private var hasWorked = false
    private var hasSent = false
    /// Work and bytes show between two looks only.
    private var isBaseKnown = false

    init(scale: Int64, random: inout SeededRandom) {
        isBacked = random.chance(70)
        trafficLeft = Int(random.pick([0, 0, 1, 3, 8, 20]))
        guard random.chance(25) else { return }
        let isRhythm = random.chance(60)
        // What lasts too long is over before it is found.
        let isQuick = random.chance(60)
        forgery = Forgery(
            isRhythm: isRhythm,
            period: isQuick
                ? random.between(900, random.pick([2_000, 2_000, 20_000])) * 1_000_000
                : max(
                    1_000_000,
                    random.pick([scale / 20, scale / 10, scale / 2, scale - 1_000_000_000])
                ),
            timesLeft: Int(random.between(isRhythm && isQuick ? 25 : 1, 80))
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

    /// What is known of keep-alives is known from the first.
    mutating func receivesKeepAlive(at now: Int64) {
        keepAlives += 1
        lastKeepAlive = keepAlives < 3 ? now : .min
    }

    /// The kernel's counters fell: all that came up to now may be use.
    mutating func measuresAnew(at now: BootInstant) {
        guard meterBegan != nil else { return }
        (meterBegan, keepAlives) = (now, 0)
        atBeginning = max(atBeginning, lastReceived, lastKeepAlive)
        lastKeepAlive = .min
    }

    mutating func writes(at now: Int64) { lastOutput = now }

    mutating func forges(at now: Int64) {
        lastForged = now
    }

    /// The daemon starts anew and knows nothing of before.
    mutating func isForgotten() {
        isBaseKnown = false
        (hasWorked, hasSent) = (false, false)
        (lastReceived, lastSent, lastKeepAlive, atBeginning) = (.min, .min, .min, .min)
        (keepAlives, meterBegan) = (0, nil)
    }

    /// What the daemon's meters tell at a look.
    mutating func tell(_ evidence: inout Evidence, at now: BootInstant) {
        let works = job?.isWorking == true || hasWorked
        if isBaseKnown, works { evidence.work = Evidence.Work(at: now, what: "make[7]") }
        if isBaseKnown, isSending || hasSent { lastSent = now.nanoseconds }
        if isBacked {
            meterBegan = meterBegan ?? now
            evidence.meterBegan = meterBegan
            evidence.received = Self.instant(max(lastReceived, lastKeepAlive, atBeginning))
            evidence.sent = Self.instant(max(lastSent, lastKeepAlive, atBeginning))
        }
        evidence.output = Self.instant(lastOutput)
        evidence.mayActAlone = job != nil || (!evidence.hasTerminal && isBacked)
        if hasSetStamp { evidence.suspicions.append(.stampSet(terminal: "/dev/pts/7")) }
        hasSetStamp = false
        (hasWorked, hasSent, isBaseKnown) = (false, false, true)
    }

    /// What the connection says of the input; a hand was there at `lastHand`.
    func judged(_ evidence: Evidence, lastHand: Int64) -> Evidence {
        let last = BootInstant(nanoseconds: lastHand)
        guard isBacked, evidence.hasInput(unbackedBy: last) else { return evidence }
        var bounded = evidence.bounded(byLastByte: last)
        if lastForged > lastHand {
            bounded.suspicions.append(.unbackedInput(terminal: "/dev/pts/7"))
        }
        return bounded
    }

    private static func instant(_ moment: Int64) -> BootInstant? {
        moment == .min ? nil : BootInstant(nanoseconds: moment)
    }
}
