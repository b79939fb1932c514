import LapsePolicy

/// What was seen of a session, and what of it counts.
extension Session {
    /// What keeps the session from its idle limit: of all that counts, the last.
    package var lastActivity: Activity {
        activities.max { ($0.counted ?? facts.opened) < ($1.counted ?? facts.opened) } ?? hand
    }

    /// All that was seen of it, by kind, whether it counts or not.
    package var activities: [Activity] {
        [hand, received, sent, output, work, word, former].compactMap { $0 }
    }

    /// The moment from which the idle limit counts.
    package var lastInput: BootInstant { max(lastSeen, lastBesideHand ?? lastSeen) }

    /// The same without the last hand; nil if nothing else counts.
    package var lastBesideHand: BootInstant? {
        // No array: this is asked at each key.
        var last: BootInstant?
        func take(_ activity: Activity?) {
            guard let moment = activity?.counted, last.map({ $0 < moment }) ?? true else { return }
            last = moment
        }
        take(received)
        take(sent)
        take(output)
        take(work)
        take(word)
        take(former)
        return last
    }

    /// What goes on and does not count any more: `work-max` after the last hand is over.
    var cappedActivity: Activity? {
        [sent, work].compactMap { $0 }.first(where: \.isCapped)
    }

    /// What the last hand was: a key, bytes from the client, or the opening.
    private var seenBy: Activity.Kind {
        lastSeen > lastKey ? .received : lastKey == facts.opened ? .opening : .input
    }

    private var hand: Activity { Activity(kind: seenBy, at: lastSeen, worth: .full) }

    private var received: Activity? {
        // Bytes that were the hand are told of once.
        guard let at = others.received, seenBy != .received || at > lastSeen else { return nil }
        return Activity(kind: .received, at: at, worth: worthOfReceived)
    }

    private var sent: Activity? {
        others.sent.map { Activity(kind: .sent, at: $0, worth: worthOfSent) }
    }

    private var output: Activity? {
        others.output.map {
            Activity(kind: .output, at: $0, worth: counts(.output) ? .full : .none)
        }
    }

    private var work: Activity? {
        others.work.map {
            Activity(
                kind: .work,
                what: $0.what,
                at: $0.at,
                worth: counts(.work) ? worthOfWork : .none
            )
        }
    }

    private var word: Activity? {
        others.word.map { Activity(kind: .word, at: $0.at, worth: .full) }
    }

    private var former: Activity? {
        others.former.map { Activity(kind: .former, at: $0, worth: .full) }
    }

    private func counts(_ kind: ActivityKind) -> Bool { allowance.activity.contains(kind) }

    /// Whether bytes from the client are the hand of this session: there is no keyboard.
    var receivesHand: Bool { !hasTerminal && allowance.traffic != .sent }

    private var worthOfReceived: Activity.Worth {
        guard allowance.traffic != .sent else { return .none }
        return hasTerminal && !counts(.network) ? .none : .full
    }

    /// What goes to a client without a terminal is like work: it may go on with nobody there.
    private var worthOfSent: Activity.Worth {
        guard allowance.traffic != .received else { return .none }
        if counts(.network) { return .full }
        return hasTerminal ? .none : worthOfWork
    }

    private var worthOfWork: Activity.Worth { workEnds.map { .until($0) } ?? .full }

    /// Until when work may keep the session with no hand on the keyboard; nil: for ever.
    package var workEnds: BootInstant? { allowance.workMax.duration.map { lastSeen + $0 } }

    /// Something of what the policy counts can come without a hand.
    var countsBesideHand: Bool {
        !hasTerminal || counts(.work) || counts(.output) || counts(.network)
    }

    /// Work is all that could still count, and `work-max` is over.
    func isWorkOver(at now: BootInstant) -> Bool {
        guard hasTerminal, !counts(.output), !counts(.network), let workEnds else { return false }
        return workEnds <= now
    }
}

// MARK: - What was seen

extension Session {
    /// A key was pressed at this moment.
    mutating func see(_ moment: BootInstant, now: BootInstant) {
        let former = lastSeen
        lastKey = max(lastKey, min(moment, now))
        guard lastSeen > former else { return }
        isWorkMaxRecorded = false
        hasLockFailed = false
    }

    /// What was counted as a hand after this moment was none.
    ///
    /// So was what the user's own words built on it: they count as if they had been given then.
    mutating func unsee(since moment: BootInstant) {
        isInputDoubted = true
        if !hasTerminal { others.receivedBytes.cap(at: moment) }
        guard moment < lastSeen else { return }
        lastKey = max(handProved, min(lastKey, moment))
        others.bytesOfHand.cap(at: max(handProved, moment))
        isWorkMaxRecorded = false
        if let word = others.word, isAsking(word.by) {
            others.word = OtherActivity.Word(at: min(word.at, wordHoldsUntil), by: word.by)
        }
        if let held = hold, isAsking(held.by), held.until > wordHoldsUntil {
            hold = Hold(until: wordHoldsUntil, by: held.by, why: held.why)
        }
    }

    /// Root orders, a user asks.
    private func isAsking(_ user: UserID) -> Bool { user.value != 0 }
}

// MARK: - Looks between the deadlines

extension Session {
    /// Ten looks in a limit tell work that pauses from a job that has ended.
    private static let samplesPerLimit = 10
    /// What is shorter costs more than it tells: a clock tick of processor time is 10 ms.
    static let sampleMin: Duration = .seconds(1)
    /// A job that began is known after a minute, however long the limit is.
    static let sampleMax: Duration = .seconds(60)

    /// How long after a look the next is due, where something may happen without a hand; nil if
    /// nothing that a look could tell would count.
    func sampleInterval(at now: BootInstant) -> Duration? {
        guard idleAt != nil, let limit = allowance.idle.duration, countsBesideHand,
            !isWorkOver(at: now)
        else { return nil }
        return min(max(limit / Self.samplesPerLimit, Self.sampleMin), Self.sampleMax)
    }

    /// A key may have begun a job: one look, an interval after the first key since the last look.
    mutating func sampleAfterInput(at now: BootInstant) {
        guard sampleAt == nil else { return }
        sampleAt = sampleInterval(at: now).map { now + $0 }
    }

    mutating func sampleAfterLook(at now: BootInstant) {
        sampleAt = mayActAlone ? sampleInterval(at: now).map { now + $0 } : nil
        if awaitsFirstLook { idleNotBefore = sampleAt }
        awaitsFirstLook = false
    }

    /// The limits have changed: a look that is due anyway comes no later than they ask for.
    mutating func sampleAfterChange(at now: BootInstant) {
        guard let interval = sampleInterval(at: now) else { return sampleAt = nil }
        guard mayActAlone || sampleAt != nil else { return }
        sampleAt = min(sampleAt ?? now + interval, now + interval)
    }
}
