/// What a session was last seen to do, of one kind, and what the policy makes of it.
package struct Activity: Equatable, Sendable {
    package let kind: Kind
    /// The job, for work; kept as it was found, so who shows it escapes it.
    package let what: String?
    package let at: BootInstant
    package let worth: Worth

    init(kind: Kind, what: String? = nil, at: BootInstant, worth: Worth) {
        self.kind = kind
        self.what = what
        self.at = at
        self.worth = worth
    }

    /// The kinds, by their names on the control socket.
    package enum Kind: String, Sendable {
        /// The session opened: its idle limit counts from there at the earliest.
        case opening
        /// A hand on the keyboard.
        case input
        /// Bytes from the client.
        case received
        /// Bytes to the client.
        case sent
        /// A program wrote to a terminal.
        case output
        /// A job was at work in the foreground.
        case work
        /// Somebody said that the session is in use.
        case word
        /// What counted in the eyes of a daemon before this one, and was no hand.
        case former
    }

    /// Whether it keeps the session from its idle limit.
    package enum Worth: Equatable, Sendable {
        /// It counts.
        case full
        /// It counts as of this moment at the latest: `work-max` after the last hand.
        case until(BootInstant)
        /// The policy's `activity` or `traffic` does not name it.
        case none
    }

    /// The moment as of which it counts; nil if it does not.
    package var counted: BootInstant? {
        switch worth {
        case .full: at
        case .until(let cap): min(at, cap)
        case .none: nil
        }
    }

    /// It goes on, but nothing of it after `work-max` counts.
    package var isCapped: Bool {
        if case .until(let cap) = worth { at > cap } else { false }
    }
}

/// What a daemon that stopped knew of a session's activity.
package struct FormerActivity: Equatable, Sendable {
    /// The last hand.
    package let hand: BootInstant
    /// The last that counted of all else; nil if nothing else did.
    package let other: BootInstant?

    /// When re-authentication last renewed the lifetime; nil if none did.
    package let renewed: BootInstant?

    package init(hand: BootInstant, other: BootInstant?, renewed: BootInstant? = nil) {
        self.hand = hand
        self.other = other
        self.renewed = renewed
    }
}

/// The last moments of what was seen beside a hand; nil for what never was.
struct OtherActivity: Equatable, Sendable {
    var receivedBytes = MeteredMoment()
    private var sentBytes = MeteredMoment()
    /// Bytes from the client that were the hand of the session, as there was no terminal.
    var bytesOfHand = MeteredMoment()
    /// When the meter began that told of them.
    private var meterBegan: BootInstant?
    var output: BootInstant?
    var work: Evidence.Work?
    var word: Word?
    var former: BootInstant?

    var received: BootInstant? { receivedBytes.latest }
    var sent: BootInstant? { sentBytes.latest }

    /// Somebody's word that the session is in use.
    struct Word: Equatable, Sendable {
        let at: BootInstant
        let by: UserID
    }

    /// Takes in what a look told; what it does not tell of stays known.
    ///
    /// `areHand` says whether bytes from the client are the hand of the session.
    mutating func note(_ evidence: Evidence, areHand: Bool, now: BootInstant) {
        noteTraffic(evidence, areHand: areHand, now: now)
        output = Self.later(output, evidence.output, now)
        guard var seen = evidence.work else { return }
        seen.at = min(seen.at, now)
        if work.map({ $0.at <= seen.at }) ?? true { work = seen }
    }

    private mutating func noteTraffic(_ evidence: Evidence, areHand: Bool, now: BootInstant) {
        let received = evidence.received.map { min($0, now) }
        let sent = evidence.sent.map { min($0, now) }
        guard let began = evidence.meterBegan else {
            receivedBytes.add(received)
            sentBytes.add(sent)
            if areHand { bytesOfHand.add(received) }
            return
        }
        if began != meterBegan {
            receivedBytes.settle()
            sentBytes.settle()
            bytesOfHand.settle()
            meterBegan = began
        }
        receivedBytes.set(received)
        sentBytes.set(sent)
        if areHand { bytesOfHand.set(received) } else { bytesOfHand.lower(to: received) }
    }

    private static func later(
        _ known: BootInstant?,
        _ seen: BootInstant?,
        _ now: BootInstant
    ) -> BootInstant? {
        guard let seen = seen.map({ min($0, now) }) else { return known }
        return known.map { max($0, seen) } ?? seen
    }
}
