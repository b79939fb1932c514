/// Whether input comes as from a machine: in pauses that are equal, more often than a hand can.
///
/// Terminal programs and scripts send something every so often so that a session looks used
/// (anti-idle). Such input is real, it came over the line; what gives it away is its time.
///
/// A rhythm is `pausesMin` pauses in a row, none shorter than `pauseMin`, all within `tolerance` of
/// their median. From then on what comes in it is no sign of a hand, back to the event with which
/// it began: that one still counts, because it may be the key that started the machine. What comes
/// out of it is a hand and counts at once. The rhythm stays known, so that one odd event now and
/// then does not make the machine a hand again for thirty pauses; it is forgotten after
/// `strangersMax` events in a row that are none of its.
///
/// A single key that is pressed within `burst` after a beat of a known rhythm is taken for part of
/// it.
///
/// What a hostile user gains: a machine whose pauses differ by more than the tolerance, or that
/// leaves out a beat before the thirtieth pause, is no rhythm. Its bytes come over the line at
/// times that a hand could choose, and nothing on this host tells them from a hand's.
package struct Rhythm: Equatable, Sendable {
    /// Equal pauses in a row that make a rhythm.
    ///
    /// A hand that repeats one step, page after page, has not been seen to keep it up so long.
    package static let pausesMin = 30
    /// Shorter pauses are typing, or a key that is held down.
    package static let pauseMin: Duration = .seconds(1)
    /// How far a pause may lie from the median.
    ///
    /// Each event is told up to 100 ms late (the daemon's listening pause), so two of a machine's
    /// true pauses differ by up to that much either way; the rest is for timers and for the line.
    package static let tolerance: Duration = .milliseconds(150)
    /// Events that follow one within this time are one with it: a string or an answer of the
    /// terminal that is read byte by byte is told at once and again after a listening pause.
    package static let burst: Duration = .milliseconds(300)
    /// Events out of a known rhythm, one after the other, after which it is forgotten.
    package static let strangersMax = 30

    /// What one event is.
    package enum Verdict: Equatable, Sendable {
        /// Perhaps a hand: it counts.
        case hand
        /// In a known rhythm: it does not count.
        case beat
        /// The event by which a rhythm is known; it does not count, nor do those since its first.
        case recognised
    }

    /// A rhythm that is known.
    package struct Known: Equatable, Sendable {
        /// The median of the pauses by which it was recognised.
        package let period: Duration
        /// Its beats so far, the first one included.
        package fileprivate(set) var beats: Int
        fileprivate var last: BootInstant
        fileprivate var strangers = 0
    }

    /// The last event that may have been a hand's.
    package private(set) var lastHand: BootInstant?
    package private(set) var known: Known?
    /// The last event of any kind.
    private(set) var lastEvent: BootInstant?
    /// The beginnings of the last bursts whose pauses may become a rhythm.
    private var starts: [BootInstant] = []
    private var verdict = Verdict.hand

    package init() {}

    /// Takes in an event; they come in the order of their moments.
    package mutating func note(_ moment: BootInstant) -> Verdict {
        guard let last = lastEvent else {
            lastEvent = moment
            return begin(moment)
        }
        guard moment > last else { return verdict }
        lastEvent = moment
        guard let start = starts.last, moment.since(start) <= Self.burst else {
            return begin(moment)
        }
        if verdict == .hand { lastHand = moment }
        return verdict
    }

    /// Judges the first event of a burst.
    private mutating func begin(_ moment: BootInstant) -> Verdict {
        let pause = starts.last.map { moment.since($0) }
        if let known {
            verdict = judge(moment, pause, in: known)
            starts = [moment]
        } else {
            verdict = collect(moment, pause) ? .recognised : .hand
        }
        if verdict == .hand { lastHand = moment }
        // The rest of its burst is beats.
        defer { if verdict == .recognised { verdict = .beat } }
        return verdict
    }

    /// A beat comes one period after the last one, whatever came between, or after the last event:
    /// the machine may have begun anew.
    private mutating func judge(
        _ moment: BootInstant,
        _ pause: Duration?,
        in rhythm: Known
    ) -> Verdict {
        let isBeat = [moment.since(rhythm.last), pause].contains {
            $0.map { Self.isEqual($0, rhythm.period) } ?? false
        }
        if isBeat {
            known?.beats += 1
            known?.last = moment
            known?.strangers = 0
            return .beat
        }
        known?.strangers += 1
        if rhythm.strangers + 1 >= Self.strangersMax { known = nil }
        return .hand
    }

    /// Adds to the pauses that may become a rhythm; true if they have become one.
    private mutating func collect(_ moment: BootInstant, _ pause: Duration?) -> Bool {
        guard let pause, pause >= Self.pauseMin else {
            starts = [moment]
            return false
        }
        if starts.count > 1 {
            let former = starts[starts.count - 1].since(starts[starts.count - 2])
            // Both cannot lie within the tolerance of one median.
            if (pause - former).magnitude > Self.tolerance * 2 {
                starts.removeFirst(starts.count - 1)
            }
        }
        starts.append(moment)
        guard starts.count > Self.pausesMin else { return false }
        let pauses = zip(starts.dropFirst(), starts).map { $0.since($1) }
        let period = pauses.sorted()[pauses.count / 2]
        guard pauses.allSatisfy({ Self.isEqual($0, period) }) else {
            starts.removeFirst()
            return false
        }
        known = Known(period: period, beats: starts.count, last: moment)
        // Its first burst may have been keys.
        lastHand = starts[0] + Self.burst
        starts = [moment]
        return true
    }

    private static func isEqual(_ pause: Duration, _ period: Duration) -> Bool {
        (pause - period).magnitude <= tolerance
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
