/// Which reads of one terminal have to count: what a hand did, whatever the daemon makes of it.
///
/// It knows who read, which the daemon does not, and shares no code with `Rhythm`. Until a rhythm
/// may be known every read counts. From then on only those of a hand do, and not those that the
/// rule gives up by its own words: within a burst of a beat, or one period after an event. The first
/// read of the machine still counts.
struct ReadTruth {
    /// A read that the daemon may place in a rhythm.
    private struct Event {
        let at: Int64
        /// It may pass for a beat itself, so what follows within a burst is one with it.
        let passes: Bool
    }

    /// Thirty equal pauses.
    private static let beatsMin = 31
    /// A read is told after the daemon's listening pause at the latest.
    private static let toldWithin: Int64 = 100_000_000
    private static let burst: Int64 = 300_000_000
    private static let tolerance: Int64 = 150_000_000
    /// What the period that the daemon knows may be off, and the two events that it compares.
    private static let periodOff = tolerance + 2 * toldWithin
    /// Thirty pauses of a second, each told up to a tenth late, are never shorter in truth.
    private static let periodMin: Int64 = 990_000_000
    /// Above it each told pause is a second long.
    private static let periodTold: Int64 = 1_100_000_000

    /// The last read of all; the making of the terminal counts as the first.
    private(set) var lastRead: Int64
    /// The last read of a hand.
    private(set) var lastHand: Int64
    /// The last read that counts though a rhythm is known, and the last of a hand.
    private var lastPlain: Int64
    private(set) var lastPlainHand: Int64
    private(set) var mayBeKnown = false
    /// Keys beside a machine that may be known: those that count, and those that need not.
    private(set) var beside = 0
    private(set) var excused = 0
    private var beats = 0
    /// Keys up to the last one that may be beats before the first read of the machine.
    private var lead = 0
    /// Reads of the machine alone, at their moments, all told.
    private var unbroken = 0
    private var lastBeat: Int64 = 0
    private var recent: [Event] = []

    init(at now: Int64) {
        (lastRead, lastHand, lastPlain, lastPlainHand) = (now, now, now, now)
    }

    /// The last read that has to count.
    var lastCounting: Int64 { mayBeKnown ? lastPlain : lastRead }
    /// A daemon that was told of each read has to know the rhythm.
    ///
    /// The first of them may have been one with a key before it, and that at another pause.
    var mustBeKnown: Bool { unbroken > Self.beatsMin }

    /// The daemon begins to watch: nothing of before is a rhythm to it.
    mutating func isWatched() {
        (lastPlain, lastPlainHand) = (lastRead, lastHand)
        (mayBeKnown, beats, unbroken, recent) = (false, 0, 0, [])
    }

    /// A hand typed, beside a machine of this period.
    ///
    /// `isTold`: the daemon is sure to be told. `others`: reads that it may take for this terminal's.
    mutating func types(at now: Int64, beside period: Int64?, isTold: Bool, others: [Int64]) {
        (lastRead, lastHand, unbroken) = (now, now, 0)
        var isExcused = false
        if let period, period >= Self.periodMin {
            let events = recent + others.map { Event(at: $0, passes: true) }
            isExcused = events.contains { Self.isBeat(now, after: $0, period) }
            keep(Event(at: now, passes: isExcused), period)
        }
        lead = isExcused ? lead + 1 : 1
        guard !isExcused else {
            if mayBeKnown { excused += 1 }
            return
        }
        if mayBeKnown { beside += 1 }
        (lastPlain, lastPlainHand) = (now, now)
        // Of a key that the daemon may not be told of the pauses say nothing.
        if isTold { beats = 0 }
    }

    /// A machine put something there; `isEqual` if its pauses are.
    mutating func isForged(at now: Int64, _ period: Int64, isEqual: Bool, isTold: Bool) {
        lastRead = now
        guard isEqual, period >= Self.periodMin else { return }
        if beats == 0 {
            // Keys one period before it and before each other begin the rhythm.
            let isSecond = recent.contains { Self.isNear(now - $0.at, period) }
            if isSecond { beats = lead } else { lastPlain = now }
        }
        beats += 1
        if beats >= Self.beatsMin { mayBeKnown = true }
        let isNext = abs(now - lastBeat - period) < 1_000_000
        unbroken = !isTold || period < Self.periodTold ? 0 : isNext ? unbroken + 1 : 1
        lastBeat = now
        keep(Event(at: now, passes: true), period)
    }

    private mutating func keep(_ event: Event, _ period: Int64) {
        recent.removeAll { event.at - $0.at > period * 2 }
        recent.append(event)
    }

    private static func isBeat(_ now: Int64, after event: Event, _ period: Int64) -> Bool {
        let pause = now - event.at
        return (event.passes && pause <= burst + toldWithin) || isNear(pause, period)
    }

    private static func isNear(_ pause: Int64, _ period: Int64) -> Bool {
        abs(pause - period) <= periodOff
    }
}
