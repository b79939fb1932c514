import LapsePolicy

/// The table of sessions and every decision about them: `handle(event, at: now)` gives effects.
///
/// It has no clock, no file, no log. Deadlines are lazy: input only moves a session's figures,
/// and when an old deadline comes the session is judged by fresh evidence and armed anew, so a
/// keystroke costs no work in the heap.
package struct Engine: Sendable {
    package private(set) var sessions: [SessionID: Session] = [:]
    private(set) var deadlines = DeadlineQueue()

    package init() {}

    /// When `Event.deadline` is due; nil if nothing waits.
    package var nextDeadline: BootInstant? { deadlines.next }

    /// Takes in what happened and says what to do, in order.
    package mutating func handle(_ event: Event, at now: BootInstant) -> [Effect] {
        switch event {
        case .opened(let facts, let allowance, let mode, let opening):
            return open(facts, allowance, mode, opening, at: now)
        case .deadline:
            return takeDue(at: now)
        case .input(let id, _):
            guard let place = sessions.index(forKey: id) else { return [] }
            let effects = sessions.values[place].handle(event, at: now)
            deadlines.setAtLatest(id, at: nextDeadline(at: place))
            return effects
        case .closeReported(let id), .leaderExited(let id), .evidence(let id, _),
            .endRequested(let id, _), .signalled(let id, _), .allowanceChanged(let id, _, _),
            .remembered(let id, _), .cutoffsKnown(let id, _), .revoked(let id, _),
            .touched(let id, _), .held(let id, _), .released(let id, _), .extended(let id, _),
            .lockRequested(let id, _, _), .relocked(let id, _), .lockAnswered(let id, _),
            .reauthFailed(let id, _, _), .unlocked(let id, _), .passwordKnown(let id, _),
            .slept(let id, _):
            // In its place: a copy of a session is two dozen counts of references.
            guard let place = sessions.index(forKey: id) else { return [] }
            let effects = sessions.values[place].handle(event, at: now)
            settle(id, at: place, after: effects)
            return effects
        }
    }

    private mutating func open(
        _ facts: SessionFacts,
        _ allowance: Allowance,
        _ mode: Mode,
        _ opening: Opening,
        at now: BootInstant
    ) -> [Effect] {
        // Never two sessions under one name: the daemon draws ids that are free.
        guard sessions[facts.id] == nil else { return [] }
        let effects: [Effect] = [.record(Record(.opened(opening), facts))]
        let session = Session(facts: facts, allowance: allowance, mode: mode, opening: opening)
        sessions[facts.id] = session
        deadlines.set(facts.id, at: session.nextDeadline)
        return effects
    }

    /// Takes every deadline that is due; the sessions meant by them are looked at or moved on.
    ///
    /// Each once: a rung of a ladder that waits for nothing still waits for the answer to the
    /// signal before it, so it is due again at once, in a turn of its own.
    private mutating func takeDue(at now: BootInstant) -> [Effect] {
        var effects: [Effect] = []
        for id in deadlines.takeDue(at: now) {
            guard let place = sessions.index(forKey: id) else { continue }
            let moved = sessions.values[place].due(at: now)
            effects += moved
            settle(id, at: place, after: moved)
        }
        return effects
    }

    /// Sets the next deadline of a session, or takes it out of the table.
    private mutating func settle(
        _ id: SessionID,
        at place: Dictionary<SessionID, Session>.Index,
        after effects: [Effect]
    ) {
        guard effects.contains(.retire(id)) else {
            return deadlines.set(id, at: nextDeadline(at: place))
        }
        sessions.remove(at: place)
        deadlines.set(id, at: nil)
    }

    /// In its place too: what is only read out of a dictionary's values is copied first.
    private mutating func nextDeadline(
        at place: Dictionary<SessionID, Session>.Index
    ) -> BootInstant? {
        func read(_ session: inout Session) -> BootInstant? { session.nextDeadline }
        return read(&sessions.values[place])
    }
}
