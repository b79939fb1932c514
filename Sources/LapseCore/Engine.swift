import HeapModule
import LapsePolicy

/// The table of sessions and every decision about them: `handle(event, at: now)` gives effects.
///
/// It has no clock, no file, no log. Deadlines are lazy: input only moves a session's figures,
/// and when an old deadline comes the session is judged by fresh evidence and armed anew, so a
/// keystroke costs no work in the heap.
package struct Engine: Sendable {
    package private(set) var sessions: [SessionID: Session] = [:]
    private var deadlines = Heap<Deadline>()

    package init() {}

    /// When `Event.deadline` is due; nil if nothing waits.
    package var nextDeadline: BootInstant? { deadlines.min?.at }

    /// Takes in what happened and says what to do, in order.
    package mutating func handle(_ event: Event, at now: BootInstant) -> [Effect] {
        switch event {
        case .opened(let facts, let allowance, let mode, let opening):
            return open(facts, allowance, mode, opening, at: now)
        case .deadline:
            return takeDue(at: now)
        case .closeReported(let id), .leaderExited(let id), .input(let id, _), .evidence(let id, _),
            .endRequested(let id, _), .signalled(let id, _):
            guard var session = sessions[id] else { return [] }
            let effects = session.handle(event, at: now)
            sessions[id] = effects.contains(.retire(id)) ? nil : session
            arm(id)
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
        sessions[facts.id] = Session(facts: facts, allowance: allowance, mode: mode)
        arm(facts.id)
        return [.record(Record(.opened(opening), facts))]
    }

    /// Takes every deadline that is due; the sessions meant by them are looked at or moved on.
    private mutating func takeDue(at now: BootInstant) -> [Effect] {
        var effects: [Effect] = []
        while let first = deadlines.min, first.at <= now {
            deadlines.removeMin()
            guard var session = sessions[first.id], session.armed == first.at else { continue }
            session.armed = nil
            let moved = session.due(at: now)
            effects += moved
            sessions[first.id] = moved.contains(.retire(first.id)) ? nil : session
            arm(first.id)
        }
        return effects
    }

    /// Puts the session's next deadline into the heap unless an earlier one stands there already.
    private mutating func arm(_ id: SessionID) {
        guard let session = sessions[id], let next = session.nextDeadline else { return }
        if let armed = session.armed, armed <= next { return }
        sessions[id]?.armed = next
        deadlines.insert(Deadline(at: next, id: id))
    }
}

/// An entry of the heap; stale once the session is armed for another moment.
private struct Deadline: Comparable, Sendable {
    let at: BootInstant
    let id: SessionID

    static func < (left: Deadline, right: Deadline) -> Bool {
        (left.at, left.id.value) < (right.at, right.id.value)
    }
}
