/// Finds the keep-alives of a connection: the same few bytes, in equal pauses, three times.
///
/// Their sizes depend on cipher, MAC and program, their pauses on both ends' configuration: nothing
/// of that is assumed.
struct KeepAliveLearner: Equatable, Sendable {
    /// What was known of use before the traffic that turned out to be keep-alives.
    struct Before: Equatable, Sendable {
        let received: BootInstant?
        let sent: BootInstant?
    }

    /// What was found: one, or two in one another.
    struct Lesson: Equatable, Sendable {
        let found: [KeepAlive]
        let before: Before
    }

    /// An exchange that may be a keep-alive; `count` of them are in the stretch.
    private struct Candidate {
        let exchange: KeepAliveExchange
        let count: Int
        /// How exactly their times are known.
        let doubt: Duration
    }

    /// What was seen of one exchange that may be a keep-alive.
    private struct Trial: Equatable, Sendable {
        let exchange: KeepAliveExchange
        let before: Before
        var arrival: BootInstant
        /// Since other traffic, and since the last of its own: either may be what is equal.
        var pauses: [Duration] = []
    }

    /// Stretches that are not of one exchange alone, and the state before the first.
    private struct Mixed: Equatable, Sendable {
        let before: Before
        var stretches: [TrafficStretch] = []
    }

    private var trials: [Trial] = []
    private var mixed: Mixed?

    /// Takes in a stretch that `known` do not explain; `before` is what was known at its beginning.
    mutating func take(
        _ stretch: TrafficStretch,
        known: [KeepAliveExchange],
        before: Before
    ) -> Lesson? {
        guard stretch.isQuiet else {
            self = KeepAliveLearner()
            return nil
        }
        var lesson: Lesson?
        for candidate in Self.candidates(in: stretch, known: known) where lesson == nil {
            lesson = learn(candidate, in: stretch, before: before)
        }
        lesson = lesson ?? learnTwo(stretch, before: before)
        if lesson != nil { self = KeepAliveLearner() }
        return lesson
    }

    // MARK: One

    /// The one exchange that a stretch consists of, if each came as a segment, and that which is
    /// left of it when all others are a known one.
    private static func candidates(
        in stretch: TrafficStretch,
        known: [KeepAliveExchange]
    ) -> [Candidate] {
        var found: [Candidate] = []
        if let alone = rest(of: stretch, without: 0, nil) {
            found.append(Candidate(exchange: alone, count: stretch.segments, doubt: .zero))
        }
        guard stretch.segments > 1 else { return found }
        for other in known {
            if let beside = rest(of: stretch, without: stretch.segments - 1, other) {
                found.append(Candidate(exchange: beside, count: 1, doubt: stretch.length))
            }
        }
        return found
    }

    private mutating func learn(
        _ candidate: Candidate,
        in stretch: TrafficStretch,
        before: Before
    ) -> Lesson? {
        guard let index = trials.firstIndex(where: { $0.exchange == candidate.exchange }) else {
            trials.append(
                Trial(exchange: candidate.exchange, before: before, arrival: stretch.arrival)
            )
            if trials.count > TrafficLimits.keepAlivesMax { trials.removeFirst() }
            return nil
        }
        let known = trials[index]
        let pauses = [stretch.span, stretch.arrival.since(known.arrival)].map {
            $0 / candidate.count
        }
        trials[index].arrival = stretch.arrival
        trials[index].pauses = pauses
        let equal = zip(known.pauses, pauses).first { former, pause in
            let slack = former * TrafficLimits.equalPauses + candidate.doubt
            return pause >= TrafficLimits.pauseMin && former - slack...former + slack ~= pause
        }
        guard let equal else {
            guard !known.pauses.isEmpty else { return nil }
            trials[index] = Trial(
                exchange: candidate.exchange,
                before: before,
                arrival: stretch.arrival,
                pauses: pauses
            )
            return nil
        }
        let found = KeepAlive(
            candidate.exchange,
            pause: (equal.0 + equal.1) / 2,
            last: stretch.arrival
        )
        return Lesson(found: [found], before: known.before)
    }

    // MARK: Two in one another

    /// Where two stretches differ by one segment, they differ by one exchange.
    private mutating func learnTwo(_ stretch: TrafficStretch, before: Before) -> Lesson? {
        var known = mixed ?? Mixed(before: before)
        known.stretches.append(stretch)
        if known.stretches.count > TrafficLimits.mixedMax {
            known = Mixed(before: before, stretches: [stretch])
        }
        mixed = known
        guard known.stretches.count >= 4, let pair = Self.pair(in: known.stretches) else {
            return nil
        }
        let time = known.stretches.reduce(Duration.zero) { $0 + $1.length }
        let found = zip([pair.0, pair.1], Self.counts(of: pair, in: known.stretches)).map {
            KeepAlive(
                $0,
                pause: max(time / max(1, $1), TrafficLimits.pauseMin),
                last: stretch.arrival
            )
        }
        return Lesson(found: found, before: known.before)
    }

    private static func counts(
        of pair: (KeepAliveExchange, KeepAliveExchange),
        in stretches: [TrafficStretch]
    ) -> [Int] {
        var sums = [0, 0]
        for stretch in stretches {
            let counts = pair.0.counts(
                with: pair.1,
                received: stretch.received,
                sent: stretch.sent
            )
            sums[0] += counts?.0 ?? 0
            sums[1] += counts?.1 ?? 0
        }
        return sums
    }

    private static func pair(
        in stretches: [TrafficStretch]
    ) -> (KeepAliveExchange, KeepAliveExchange)? {
        for long in stretches {
            for short in stretches where long.segments == short.segments + 1 {
                let first = KeepAliveExchange(
                    received: long.received - short.received,
                    sent: long.sent - short.sent
                )
                guard first.isSmall else { continue }
                for count in 1..<long.segments {
                    guard let second = rest(of: long, without: count, first) else { continue }
                    let explainsAll = stretches.allSatisfy {
                        let counts = first.counts(
                            with: second,
                            received: $0.received,
                            sent: $0.sent
                        )
                        return counts.map { $0 + $1 } == $0.segments
                    }
                    if explainsAll { return (first, second) }
                }
            }
        }
        return nil
    }

    /// The one exchange that a stretch consists of besides so many of another.
    private static func rest(
        of stretch: TrafficStretch,
        without count: Int,
        _ exchange: KeepAliveExchange?
    ) -> KeepAliveExchange? {
        let received = stretch.received - count * (exchange?.received ?? 0)
        let sent = stretch.sent - count * (exchange?.sent ?? 0)
        let left = stretch.segments - count
        guard received > 0, sent >= 0, received % left == 0, sent % left == 0 else { return nil }
        let rest = KeepAliveExchange(received: received / left, sent: sent / left)
        return rest.isSmall ? rest : nil
    }
}
