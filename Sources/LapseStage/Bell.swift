import Synchronization

/// Wakes the tasks that wait for something to change, without polling and without a lost change.
///
/// A waiter takes the count, looks at the state it cares for, and then waits for the next stroke
/// after that count: a stroke in between is not missed.
final class Bell: Sendable {
    private struct State {
        var strokes = 0
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state = Mutex(State())

    /// How often the bell has rung.
    var strokes: Int { state.withLock { $0.strokes } }

    /// Says that something has changed.
    func ring() {
        let waiters = state.withLock { state in
            state.strokes += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Waits for a stroke beyond a count.
    ///
    /// - Returns: False when the deadline passed first.
    func next(after strokes: Int, until deadline: ContinuousClock.Instant) async -> Bool {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = Task {
            // A cancelled sleep means that the stroke came first: there is nobody left to wake.
            guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else {
                return
            }
            giveUp(number)
        }
        defer { alarm.cancel() }
        return await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                guard state.strokes == strokes else { return true }
                // An alarm that went off already found nobody to wake, so it is looked at here.
                guard ContinuousClock.now < deadline else { return false }
                state.waiters[number] = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func giveUp(_ number: Int) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
        waiter?.resume(returning: false)
    }
}

/// Looks again after each stroke until something is found.
///
/// - Throws: `StageError.timeout` when the time passed first.
func awaited<Found: Sendable>(
    _ what: String,
    bell: Bell,
    within limit: Duration,
    instead: () -> String,
    look: () throws(StageError) -> Found?
) async throws(StageError) -> Found {
    let deadline = ContinuousClock.now + limit
    while true {
        let strokes = bell.strokes
        if let found = try look() { return found }
        guard await bell.next(after: strokes, until: deadline) else {
            if let found = try look() { return found }
            throw .timeout(what, within: limit, instead: instead())
        }
    }
}
