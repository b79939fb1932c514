import LapsePolicy

/// An order to end a session.
package struct EndRequest: Equatable, Sendable {
    package let by: UserID
    package let why: String

    package init(by: UserID, why: String) {
        self.by = by
        self.why = why
    }
}

/// A word of somebody who may, that the session is needed though nobody types.
package struct Hold: Equatable, Sendable {
    package let until: BootInstant
    package let by: UserID
    package let why: String

    package init(until: BootInstant, by: UserID, why: String) {
        self.until = until
        self.by = by
        self.why = why
    }
}

/// An order to let a session live longer than its lifetime.
package struct Extension: Equatable, Sendable {
    package let by: Duration
    package let orderedBy: UserID
    package let why: String

    package init(by duration: Duration, orderedBy: UserID, why: String) {
        by = duration
        self.orderedBy = orderedBy
        self.why = why
    }
}

// MARK: - What the orders do

extension Session {
    /// The user says that he is there: as good as a key.
    mutating func touch(by user: UserID, at now: BootInstant) -> [Effect] {
        guard !isEnding, lock == nil else { return [] }
        return [.record(Record(.touched(by: user), facts))]
            + follow { $0.others.word = OtherActivity.Word(at: now, by: user) }
    }

    /// Until when the words of the user (touch, hold) may keep the session from its idle limit,
    /// with no key in between: else a script that touches it would keep it for ever.
    package var wordHoldsUntil: BootInstant { lastSeen + allowance.holdMax }

    /// The idle limit is not applied before the hold is over.
    mutating func hold(_ new: Hold, at now: BootInstant) -> [Effect] {
        guard !isEnding, lock == nil else { return [] }
        let old = self
        hold = new
        let kept = keepFromIdle()
        giveNoticeOfIdle(since: old)
        return [.record(Record(.held(new, for: new.until.since(now)), facts))] + kept
    }

    /// A hold is taken back: idleness counts again, from the last input.
    ///
    /// One that is over by itself is not there to be taken back.
    mutating func release(by user: UserID, at now: BootInstant) -> [Effect] {
        guard !isEnding, let hold, hold.until > now else { return [] }
        let old = self
        self.hold = nil
        giveNoticeOfIdle(since: old)
        return [.record(Record(.released(by: user), facts))]
    }
}
