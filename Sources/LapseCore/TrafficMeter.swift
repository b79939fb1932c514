/// When a connection carried more than keep-alives, from what the kernel had counted at each look.
///
/// 1. `received` and `sent` MUST NOT be earlier than the last byte of use: where a look leaves a
///    span, its late end counts. Traffic that is not known to be keep-alives is use.
/// 2. Keep-alives of either end MUST NOT count, once they are known: after three looks that saw
///    some, and from then on as if they had been known from the first.
/// 3. `lastBacking` MUST NOT be earlier than a key that came over the connection, be it one key
///    among many keep-alives: it stands still only while all that came is exactly the keep-alives
///    that were due.
///
/// What looks like a keep-alive counts as one: identical exchanges of at most
/// `TrafficLimits.exchangeBytesMax` bytes in each direction, in equal pauses of half a second or
/// more. A program that sends such a thing (a heartbeat) is not seen.
package struct TrafficMeter: Equatable, Sendable {
    /// When it began, or began anew: what it tells is of since then.
    package private(set) var began: BootInstant
    /// The last moment of bytes from the client beyond keep-alives; nil if there were none since
    /// the first look.
    package private(set) var received: BootInstant?
    /// The last moment of bytes to the client beyond keep-alives.
    package private(set) var sent: BootInstant?
    /// When the last byte came from the client, keep-alive or not: exact to a kernel tick.
    package private(set) var lastByte: BootInstant
    /// The latest moment at which anything but keep-alives may have come.
    package private(set) var lastBacking: BootInstant
    /// Whether what came last were keep-alives, which did not count.
    package private(set) var isKeepAlive = false

    /// Whether half a keep-alive was seen at the last look, which may be use of the same size.
    ///
    /// It does not count yet. A look a little later tells: before an end, that is worth one.
    package private(set) var isUndecided = false

    /// The keep-alive that was seen last; nil if none is known.
    package var keepAlive: KeepAliveSeen? { keepAlives.latest }

    private var figures: TrafficFigures
    private var lookedAt: BootInstant
    private var lastSent: BootInstant
    /// The look up to which all is judged.
    private var base: Base
    private var keepAlives = KeepAlives()
    private var learner = KeepAliveLearner()

    /// A look at which no keep-alive was half done, as far as is known.
    private struct Base: Equatable, Sendable {
        let figures: TrafficFigures
        let at: BootInstant
        /// When the last byte went either way: both ends count their pauses from there.
        let lastTraffic: BootInstant
        /// A keep-alive may lie on both sides of it.
        let isOpen: Bool
        /// Use came right before: the next keep-alive may be at any phase.
        let isAfterUse: Bool
        /// Looks since, at which a keep-alive may have been half done.
        var looks = 0
    }

    /// Looks in a row that find a connection in the middle of something, before one counts all the
    /// same: keep-alives that come faster than the network answers.
    private static let unsettledMax = 4

    package init(_ figures: TrafficFigures, at now: BootInstant) {
        self.figures = figures
        began = now
        lookedAt = now
        lastByte = Self.moment(figures.sinceReceived, before: now)
        lastSent = Self.moment(figures.sinceSent, before: now)
        lastBacking = lastByte
        base = Base(
            figures: figures,
            at: now,
            lastTraffic: max(lastByte, lastSent),
            isOpen: !figures.isSettled,
            isAfterUse: true
        )
    }

    /// Takes in what the kernel has counted by now.
    package mutating func look(_ fresh: TrafficFigures, at now: BootInstant) {
        guard fresh.bytesReceived >= figures.bytesReceived, fresh.bytesSent >= figures.bytesSent
        else {
            // Counters of one connection never fall: this is another one, and all of it is new.
            self = TrafficMeter(fresh, at: now)
            (received, sent) = (lastByte, lastSent)
            return
        }
        // Idle for 49 days, the kernel's milliseconds begin anew: only what moved has a new time.
        if fresh.bytesReceived > figures.bytesReceived {
            lastByte = max(lastByte, Self.moment(fresh.sinceReceived, before: now))
        }
        if fresh.bytesSent > figures.bytesSent {
            lastSent = max(lastSent, Self.moment(fresh.sinceSent, before: now))
        }
        figures = fresh
        lookedAt = now
        let stretch = stretchSinceBase
        if !stretch.isEmpty { judge(stretch) }
    }

    private static func moment(_ since: Duration, before now: BootInstant) -> BootInstant {
        min(now, now - since + TrafficLimits.tick)
    }

    private var stretchSinceBase: TrafficStretch {
        TrafficStretch(
            received: Int(truncatingIfNeeded: figures.bytesReceived - base.figures.bytesReceived),
            sent: Int(truncatingIfNeeded: figures.bytesSent - base.figures.bytesSent),
            segments: Int(figures.segmentsReceived &- base.figures.segmentsReceived),
            sentSegments: Int(figures.segmentsSent &- base.figures.segmentsSent),
            length: lookedAt.since(base.at),
            span: lastByte.since(base.lastTraffic),
            arrival: lastByte
        )
    }
}

// MARK: - Use or keep-alive

extension TrafficMeter {
    private mutating func judge(_ stretch: TrafficStretch) {
        isUndecided = false
        switch keepAlives.match(stretch, isFree: base.isAfterUse) {
        case .whole(let isExact):
            isKeepAlive = true
            // A key may have taken the place of an answer that is on its way.
            if !isExact || base.isOpen || !figures.isSettled { lastBacking = lastByte }
            settle(isOpen: false, isAfterUse: false)
        case .half where !figures.isSettled:
            // Its other half is on its way; a key of that size would look the same.
            isKeepAlive = true
            isUndecided = true
            if stretch.received > 0 { lastBacking = lastByte }
        case .half where base.isOpen:
            // The first half lies before the base.
            isKeepAlive = true
            lastBacking = lastByte
            settle(isOpen: false, isAfterUse: false)
        case .half, .nothing:
            count(stretch, received: true, sent: true)
        case .received:
            count(stretch, received: false, sent: true)
        case .sent:
            count(stretch, received: true, sent: false)
        }
    }

    /// There was use in these directions.
    private mutating func count(_ stretch: TrafficStretch, received isIn: Bool, sent isOut: Bool) {
        let before = use
        isKeepAlive = false
        if stretch.received > 0 {
            lastBacking = lastByte
            if isIn { received = lastByte }
        }
        if stretch.sent > 0, isOut { sent = lastSent }
        let isSettled = figures.isSettled || base.looks >= Self.unsettledMax
        if keepAlives.isEmpty, stretch.isQuiet, !isSettled {
            // To learn from it, it must be whole.
            base.looks += 1
            return
        }
        if let lesson = learn(from: stretch, isOpen: base.isOpen || !isSettled, before) {
            isKeepAlive = true
            (received, sent) = (lesson.use.received, lesson.use.sent)
            for found in lesson.found { keepAlives.add(found) }
            return settle(isOpen: false, isAfterUse: false)
        }
        settle(isOpen: !isSettled, isAfterUse: true)
    }

    private mutating func learn(
        from stretch: TrafficStretch,
        isOpen: Bool,
        _ before: KeepAliveLearner.Use
    ) -> KeepAliveLearner.Lesson? {
        learner.take(
            stretch,
            isOpen: isOpen,
            known: keepAlives.exchanges,
            before: before,
            after: use
        )
    }

    private var use: KeepAliveLearner.Use {
        KeepAliveLearner.Use(received: received, sent: sent)
    }

    private mutating func settle(isOpen: Bool, isAfterUse: Bool) {
        base = Base(
            figures: figures,
            at: lookedAt,
            lastTraffic: max(lastByte, lastSent),
            isOpen: isOpen,
            isAfterUse: isAfterUse
        )
    }
}
