import HeapModule

/// The sessions' deadlines, the earliest first.
///
/// Entries of the heap that no longer count are left where they are, but never at its top, so
/// that nobody wakes up for them; and when they outnumber the others they are thrown out.
struct DeadlineQueue: Sendable {
    /// Entries that do not count are borne up to this number, so that a few sessions do not make
    /// the heap anew at each change; 64 of them are 1 KiB.
    private static let slack = 64

    private var heap = Heap<Entry>()
    /// The one moment that counts for a session.
    private var moments: [SessionID: BootInstant] = [:]

    /// The earliest deadline; nil if there is none.
    var next: BootInstant? { heap.min?.at }

    /// Entries of the heap, those that do not count included.
    var entryCount: Int { heap.count }

    /// The most entries for so many sessions.
    static func entriesMax(sessions: Int) -> Int { 2 * sessions + slack }

    /// Sets the deadline of a session; nil takes it away.
    mutating func set(_ id: SessionID, at moment: BootInstant?) {
        guard moments[id] != moment else { return }
        moments[id] = moment
        if let moment { heap.insert(Entry(at: moment, id: id)) }
        dropStale()
    }

    /// Sees to it that the session is looked at by `moment`; an earlier deadline may stand.
    ///
    /// It costs nothing when a deadline only moves away, as with each keystroke.
    mutating func setAtLatest(_ id: SessionID, at moment: BootInstant?) {
        if let moment, let standing = moments[id], standing <= moment { return }
        set(id, at: moment)
    }

    /// Takes out the sessions whose deadlines have come, in the order of these.
    mutating func takeDue(at now: BootInstant) -> [SessionID] {
        var due: [SessionID] = []
        while let first = heap.min, first.at <= now {
            moments[first.id] = nil
            due.append(first.id)
            dropStale()
        }
        return due
    }

    private mutating func dropStale() {
        while let first = heap.min, moments[first.id] != first.at { heap.removeMin() }
        guard heap.count > Self.entriesMax(sessions: moments.count) else { return }
        heap = Heap(moments.map { Entry(at: $1, id: $0) })
    }

    /// A moment of a session, which counts while `moments` says the same.
    private struct Entry: Comparable, Sendable {
        let at: BootInstant
        let id: SessionID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.at, left.id.value) < (right.at, right.id.value)
        }
    }
}
