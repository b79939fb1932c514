/// What one keep-alive puts on the line, its answer included.
struct KeepAliveExchange: Hashable, Sendable {
    /// Bytes: the keep-alive of the client, or its answer to that of the server.
    let received: Int
    /// Bytes; 0 for a keep-alive that asks for no answer (SSH_MSG_IGNORE).
    let sent: Int

    /// Whether it can be one: it brings something, and little.
    var isSmall: Bool {
        let sizes = 0...TrafficLimits.exchangeBytesMax
        return received > 0 && sizes.contains(received) && sizes.contains(sent)
    }

    /// How many of it make exactly these bytes; nil if no number does.
    func count(received: Int, sent: Int) -> Int? {
        let count = received / self.received
        let isAll = count * self.received == received && count * self.sent == sent
        return isAll && count >= 0 ? count : nil
    }

    /// How many of it and of another make exactly these bytes; nil if no numbers do, or several.
    func counts(with other: KeepAliveExchange, received: Int, sent: Int) -> (Int, Int)? {
        // Two equations with two unknowns, by Cramer's rule.
        let scale = self.received * other.sent - other.received * self.sent
        guard scale != 0 else { return nil }
        let own = received * other.sent - sent * other.received
        let others = self.received * sent - self.sent * received
        guard own % scale == 0, others % scale == 0, own / scale >= 0, others / scale >= 0
        else { return nil }
        return (own / scale, others / scale)
    }
}

/// A keep-alive of one end, that comes again and again in equal pauses.
struct KeepAlive: Equatable, Sendable {
    let exchange: KeepAliveExchange
    private(set) var pause: Duration
    /// When the last of it came.
    private var last: BootInstant
    /// How far it has come away from equal pauses lately.
    private var drift: Duration = .zero

    init(_ exchange: KeepAliveExchange, pause: Duration, last: BootInstant) {
        self.exchange = exchange
        self.pause = pause
        self.last = last
    }

    /// How well a stretch of nothing else fits to the pauses.
    enum Fit: Equatable {
        /// Not one more of its size can be among them.
        case exact
        /// A network that holds some back would make it so.
        case loose
        case none
    }

    /// Compares; `isFree` if other traffic before may have moved the next one to any phase.
    ///
    /// Learns from what fits.
    mutating func follow(_ count: Int, in stretch: TrafficStretch, isFree: Bool) -> Fit {
        // One end counts its pauses from other traffic, another from its own last keep-alive.
        let deviations = [stretch.span, stretch.arrival.since(last)].map { $0 - pause * count }
        let deviation = abs(deviations[0]) < abs(deviations[1]) ? deviations[0] : deviations[1]
        let slack = pause / 2 + TrafficLimits.lateness
        last = stretch.arrival
        // Not counted from the last one, the first may be early by a whole pause.
        guard !isFree else {
            drift = .zero
            return .zero - slack - pause...slack ~= deviation ? .loose : .none
        }
        guard .zero - slack...slack ~= deviation + drift else { return .none }
        // Those that come twice as often add up, a late one now and then does not.
        drift = drift * 0.8 + deviation
        pause = max(pause + deviation / (count + 8), TrafficLimits.pauseMin)
        let equal = pause * TrafficLimits.equalPauses
        // One that asks for no answer looks like a key that shows nothing.
        guard exchange.sent > 0 else { return .loose }
        return .zero - equal...equal ~= deviation ? .exact : .loose
    }

    /// Whether so many came at their moments, though other traffic went the other way; learns
    /// from it if so.
    mutating func followAlone(_ count: Int, in stretch: TrafficStretch) -> Bool {
        let deviation = stretch.arrival.since(last) - pause * count
        let slack = pause * TrafficLimits.equalPauses
        // A client that hears of the server needs no keep-alive: its own may be late, never early.
        // A server's own, shorter in its answer, does not depend on what it sends.
        let isClients = exchange.received > exchange.sent && exchange.sent > 0
        guard deviation >= .zero - slack, isClients || deviation <= slack else { return false }
        last = stretch.arrival
        return true
    }

    /// Compares one direction on its own.
    mutating func part(in stretch: TrafficStretch) -> KeepAlives.Match {
        let (received, sent) = (stretch.received, stretch.sent)
        if received > 0, received % exchange.received == 0 {
            let count = received / exchange.received
            if sent > count * exchange.sent, followAlone(count, in: stretch) { return .received }
        }
        if exchange.sent > 0, sent % exchange.sent == 0 {
            let count = sent / exchange.sent
            if received > count * exchange.received, count <= room(in: stretch) { return .sent }
        }
        return .nothing
    }

    private func abs(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }

    /// How many can be in a stretch, beside other traffic.
    func room(in stretch: TrafficStretch) -> Int {
        Int(stretch.length * (1 + TrafficLimits.equalPauses) / pause) + 2
    }
}

/// All keep-alives that are known of a connection, those that were seen last first.
struct KeepAlives: Equatable, Sendable {
    private var known: [KeepAlive] = []

    var isEmpty: Bool { known.isEmpty }

    /// The one that was seen last, for people.
    var latest: KeepAliveSeen? {
        known.first.map {
            KeepAliveSeen(
                period: $0.pause,
                received: $0.exchange.received,
                sent: $0.exchange.sent
            )
        }
    }

    /// How much of a stretch they explain.
    enum Match: Equatable {
        /// All of it, at the expected moments; `isExact` if nothing of their size is among them.
        case whole(isExact: Bool)
        /// All of it but one keep-alive or one answer, whose other half lies beyond the stretch.
        case half
        /// What was received but not what was sent, or the reverse.
        case received
        case sent
        case nothing
    }

    mutating func add(_ keepAlive: KeepAlive) {
        known.removeAll { $0.exchange == keepAlive.exchange }
        known.insert(keepAlive, at: 0)
        if known.count > TrafficLimits.keepAlivesMax { known.removeLast() }
    }

    /// The exchanges, in pairs of the one and the rest.
    var exchanges: [KeepAliveExchange] { known.map(\.exchange) }

    /// Compares a stretch; `isFree` if other traffic came right before it.
    mutating func match(_ stretch: TrafficStretch, isFree: Bool) -> Match {
        for index in known.indices {
            guard
                let count = known[index].exchange.count(
                    received: stretch.received,
                    sent: stretch.sent
                )
            else { continue }
            let fit = known[index].follow(count, in: stretch, isFree: isFree)
            if fit == .none { continue }
            known.insert(known.remove(at: index), at: 0)
            return .whole(isExact: fit == .exact)
        }
        if isPair(stretch.received, stretch.sent, in: stretch) {
            return .whole(isExact: known.allSatisfy { $0.exchange.sent > 0 })
        }
        if isHalf(stretch) { return .half }
        for index in known.indices {
            let part = known[index].part(in: stretch)
            if part != .nothing { return part }
        }
        return .nothing
    }

    private func isPair(_ received: Int, _ sent: Int, in stretch: TrafficStretch) -> Bool {
        for (index, one) in known.enumerated() {
            for other in known[(index + 1)...] {
                let counts = one.exchange.counts(
                    with: other.exchange,
                    received: received,
                    sent: sent
                )
                guard let counts else { continue }
                // Which end comes first may change: the two are counted together.
                let room = one.room(in: stretch) + other.room(in: stretch)
                if counts.0 + counts.1 <= room { return true }
            }
        }
        return false
    }

    /// Whether there is one half of an exchange more in it.
    private func isHalf(_ stretch: TrafficStretch) -> Bool {
        known.contains { half in
            let exchange = half.exchange
            let rests = [
                (stretch.received - exchange.received, stretch.sent),
                (stretch.received, stretch.sent - exchange.sent),
            ]
            return exchange.sent > 0
                && rests.contains { rest in
                    guard rest.0 >= 0, rest.1 >= 0 else { return false }
                    let isOne = known.contains {
                        guard let count = $0.exchange.count(received: rest.0, sent: rest.1)
                        else { return false }
                        return count <= $0.room(in: stretch)
                    }
                    return isOne || isPair(rest.0, rest.1, in: stretch)
                }
        }
    }
}
