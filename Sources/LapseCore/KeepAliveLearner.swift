/// Finds the keep-alives of a connection: the same few bytes, in equal pauses, three times.
///
/// Their sizes depend on cipher, MAC and program, their pauses on both ends' configuration: nothing
/// of that is assumed.
struct KeepAliveLearner: Equatable, Sendable {
    /// The last use that is known of, in each direction.
    struct Use: Equatable, Sendable {
        let received: BootInstant?
        let sent: BootInstant?
    }

    /// What was found: one keep-alive, or two in one another.
    struct Lesson: Equatable, Sendable {
        let found: [KeepAlive]
        /// What remains of use now that they are known.
        let use: Use
    }

    /// A stretch that counted as use, and may turn out to be keep-alives.
    private struct Doubtful: Equatable, Sendable {
        let stretch: TrafficStretch
        /// Half an exchange may be in it, or be missing.
        let isOpen: Bool
        let before: Use
        let after: Use
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
        var arrival: BootInstant
        /// Since other traffic, and since the last of its own: either may be what is equal.
        var pauses: [Duration] = []
        /// Pauses in a row that were equal.
        var equals = 0
    }

    private var trials: [Trial] = []
    private var doubtful: [Doubtful] = []

    /// Takes in a stretch that `known` do not explain and that counts as use: `before` was known
    /// of it at its beginning, `after` at its end.
    ///
    /// One that is `isOpen` may end or begin in the middle of an exchange: nothing is learned from
    /// it, but what is learned later may explain it.
    mutating func take(
        _ stretch: TrafficStretch,
        isOpen: Bool,
        known: [KeepAliveExchange],
        before: Use,
        after: Use
    ) -> Lesson? {
        guard stretch.isQuiet else {
            self = KeepAliveLearner()
            return nil
        }
        doubtful.append(
            Doubtful(stretch: stretch, isOpen: isOpen, before: before, after: after)
        )
        if doubtful.count > TrafficLimits.doubtfulMax { doubtful.removeFirst() }
        guard !isOpen, stretch.segments > 0 else { return nil }
        var found: [KeepAlive] = []
        for candidate in Self.candidates(in: stretch, known: known) where found.isEmpty {
            found = learn(candidate, in: stretch).map { [$0] } ?? []
        }
        if found.isEmpty { found = learnTwo(at: stretch.arrival) }
        guard !found.isEmpty else { return nil }
        let lesson = Lesson(found: found, use: use(without: found.map(\.exchange) + known))
        self = KeepAliveLearner()
        return lesson
    }

    /// What remains of use if these are keep-alives.
    private func use(without exchanges: [KeepAliveExchange]) -> Use {
        let last = doubtful.last { !Self.explain($0, exchanges) }
        return last?.after ?? doubtful.first?.before ?? Use(received: nil, sent: nil)
    }

    private static func explain(_ doubtful: Doubtful, _ exchanges: [KeepAliveExchange]) -> Bool {
        let (received, sent) = (doubtful.stretch.received, doubtful.stretch.sent)
        guard doubtful.isOpen else { return isMade(of: exchanges, received, sent) }
        return ([KeepAliveExchange(received: 0, sent: 0)] + exchanges).contains {
            isMade(of: exchanges, received - $0.received, sent)
                || isMade(of: exchanges, received, sent - $0.sent)
        }
    }

    private static func isMade(
        of exchanges: [KeepAliveExchange],
        _ received: Int,
        _ sent: Int
    ) -> Bool {
        exchanges.contains { one in
            one.count(received: received, sent: sent) != nil
                || exchanges.contains {
                    one.counts(with: $0, received: received, sent: sent) != nil
                }
        }
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
        // Some clients send the head of a packet for itself.
        if stretch.segments % 2 == 0,
            let whole = exchange(stretch.received, stretch.sent, by: stretch.segments / 2),
            stretch.sentSegments == (whole.sent > 0 ? stretch.segments / 2 : 0)
        {
            found.append(Candidate(exchange: whole, count: stretch.segments / 2, doubt: .zero))
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
        in stretch: TrafficStretch
    ) -> KeepAlive? {
        guard let index = trials.firstIndex(where: { $0.exchange == candidate.exchange }) else {
            trials.append(Trial(exchange: candidate.exchange, arrival: stretch.arrival))
            if trials.count > TrafficLimits.trialsMax { trials.removeFirst() }
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
            trials[index].equals = 0
            return nil
        }
        trials[index].equals += 1
        // Times that are not known exactly are equal more easily.
        guard trials[index].equals >= (candidate.doubt > .zero ? 2 : 1) else { return nil }
        let pause = (equal.0 + equal.1) / 2
        return KeepAlive(candidate.exchange, pause: pause, last: stretch.arrival)
    }

    // MARK: Two in one another

    /// How the mixture changes from stretch to stretch shows by what the two exchanges differ.
    private func learnTwo(at arrival: BootInstant) -> [KeepAlive] {
        let stretches = doubtful.filter { !$0.isOpen && $0.stretch.segments > 0 }.map(\.stretch)
        guard stretches.count >= TrafficLimits.mixedMin, let pair = Self.pair(in: stretches)
        else { return [] }
        let time = stretches.reduce(Duration.zero) { $0 + $1.length }
        return zip([pair.0, pair.1], Self.counts(of: pair, in: stretches)).map {
            let pause = max(time / max(1, $1), TrafficLimits.pauseMin)
            return KeepAlive($0, pause: pause, last: arrival)
        }
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
        guard let sample = stretches.min(by: { $0.segments < $1.segments }),
            let direction = direction(in: stretches)
        else { return nil }
        // The largest difference that explains all leaves the least room for anything else.
        for size in stride(from: TrafficLimits.exchangeBytesMax, through: 1, by: -1) {
            let (received, sent) = (size * direction.received, size * direction.sent)
            guard max(abs(received), abs(sent)) <= TrafficLimits.exchangeBytesMax else { continue }
            for count in 0...sample.segments {
                let rest = (sample.received - count * received, sample.sent - count * sent)
                guard rest.0 % sample.segments == 0, rest.1 % sample.segments == 0 else { continue }
                let one = KeepAliveExchange(
                    received: rest.0 / sample.segments,
                    sent: rest.1 / sample.segments
                )
                let other = KeepAliveExchange(
                    received: one.received + received,
                    sent: one.sent + sent
                )
                guard one.isSmall, other.isSmall else { continue }
                if stretches.allSatisfy({ consists($0, of: one, other) }) { return (one, other) }
            }
        }
        return nil
    }

    /// What one exchange differs from the other by, without its size: two stretches of the same
    /// number of exchanges differ by nothing else.
    private static func direction(in stretches: [TrafficStretch]) -> (received: Int, sent: Int)? {
        guard let first = stretches.first else { return nil }
        for other in stretches {
            let received = first.received * other.segments - other.received * first.segments
            let sent = first.sent * other.segments - other.sent * first.segments
            let divisor = greatestCommonDivisor(received, sent)
            if divisor > 0 { return (received / divisor, sent / divisor) }
        }
        return nil
    }

    /// Euclid's; 0 if both are.
    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (large, small) = (abs(one), abs(other))
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }

    /// Whether a stretch is of these two alone, each keep-alive and each answer a segment.
    private static func consists(
        _ stretch: TrafficStretch,
        of one: KeepAliveExchange,
        _ other: KeepAliveExchange
    ) -> Bool {
        let counts = one.counts(with: other, received: stretch.received, sent: stretch.sent)
        guard let counts, counts.0 + counts.1 == stretch.segments else { return false }
        let answers = (one.sent > 0 ? counts.0 : 0) + (other.sent > 0 ? counts.1 : 0)
        return answers == stretch.sentSegments
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
        // Each answer is a segment of its own, or there is none: what is sent beside is output.
        let answers = ((exchange?.sent ?? 0) > 0 ? count : 0) + (sent > 0 ? left : 0)
        guard stretch.sentSegments == answers else { return nil }
        return self.exchange(received, sent, by: left)
    }

    /// What so many like it make these bytes of.
    private static func exchange(
        _ received: Int,
        _ sent: Int,
        by count: Int
    ) -> KeepAliveExchange? {
        guard received > 0, sent >= 0, received % count == 0, sent % count == 0 else { return nil }
        let one = KeepAliveExchange(received: received / count, sent: sent / count)
        return one.isSmall ? one : nil
    }
}
