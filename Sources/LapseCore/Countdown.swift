/// The warnings before one limit, and the promise they make: once a warning has said "in 2 m",
/// the end does not come sooner, however late that warning was.
///
/// A limit that is already past when it is first looked at (the machine was suspended, the policy
/// changed, the daemon was away) gives the first warning and its whole time before the end. A lock
/// that a long sleep brings waits for no countdown (`Session.slept`).
package struct Countdown: Equatable, Sendable {
    /// What is to be done now.
    package enum Step: Equatable, Sendable {
        /// Nothing before this moment.
        case wait(until: BootInstant)
        /// Tell the user that the end comes after `remaining`.
        case warn(remaining: Duration)
        /// The limit is reached and every promise kept.
        case end
    }

    /// How long before the end each warning is due; longest first.
    private var warnings: [Duration]
    /// Of the warnings that were given, the one for the shortest time; nil before the first.
    private var told: Duration?
    /// The end that the first warning promised; nil while nobody was warned.
    private var promisedEnd: BootInstant?
    /// The one warning is a notice that no new count repeats.
    private var isNotice = false

    /// A countdown to a limit of length `limit`; a warning that is not shorter than it is skipped.
    package init(limit: Duration, warnings: [Duration]) {
        self.warnings = warnings.filter { $0 < limit }
    }

    /// How many of the warnings were given, or need not be.
    private var given: Int {
        told.map { told in warnings.count { $0 >= told } } ?? 0
    }

    /// Whether a warning is standing.
    package var isRunning: Bool { promisedEnd != nil }

    /// The moment of the end as things stand, for a limit reached at `limitAt`.
    package func end(limitAt: BootInstant) -> BootInstant {
        guard let promisedEnd else { return limitAt }
        return max(limitAt, promisedEnd)
    }

    /// What comes next, for people and for the deadline.
    package enum Consequence: String, Equatable, Sendable {
        case warn
        /// Of a session whose user can re-authenticate; a countdown itself knows of ends alone.
        case lock
        case end
    }

    /// The next consequence of a limit reached at `limitAt`, and its moment.
    package func next(limitAt: BootInstant) -> (what: Consequence, at: BootInstant) {
        let end = end(limitAt: limitAt)
        guard given < warnings.count else { return (.end, end) }
        return (.warn, end - warnings[given])
    }

    /// The moment at which the next step is due.
    func nextMoment(limitAt: BootInstant) -> BootInstant {
        next(limitAt: limitAt).at
    }

    /// What to do at `now`; does not change the countdown, see `warned(at:limitAt:)`.
    package func step(at now: BootInstant, limitAt: BootInstant) -> Step {
        guard isRunning else {
            guard let first = warnings.first else {
                return now < limitAt ? .wait(until: limitAt) : .end
            }
            let due = limitAt - first
            return now < due ? .wait(until: due) : .warn(remaining: first)
        }
        let end = end(limitAt: limitAt)
        guard now < end else { return .end }
        guard given < warnings.count else { return .wait(until: end) }
        let due = end - warnings[given]
        return now < due ? .wait(until: due) : .warn(remaining: end.since(now))
    }

    /// Takes note that the warning which `step` asked for was given at `now`.
    package mutating func warned(at now: BootInstant, limitAt: BootInstant) {
        if promisedEnd == nil, let first = warnings.first {
            promisedEnd = max(limitAt, now + first)
        }
        let end = end(limitAt: limitAt)
        // Of several warnings that are due at once, one is enough.
        told = warnings.last { end - $0 <= now } ?? warnings.first
    }

    /// Takes over what another countdown to the same kind of limit promised, where the end would
    /// come at that time or sooner; an end that has moved away is warned of anew.
    package mutating func keepPromise(of old: Countdown, limitAt: BootInstant) {
        guard let promise = old.promisedEnd, limitAt <= promise else { return }
        promisedEnd = promise
        told = old.told
    }

    /// An end that has come nearer than any warning is announced all the same, once: nobody's
    /// session ends without a word because its limits have changed.
    package mutating func giveNotice(of length: Duration?) {
        guard let length, warnings.isEmpty, promisedEnd == nil else { return }
        warnings = [length]
        isNotice = true
    }

    /// Whether the countdown before this one was to give a notice and had not yet, or had warned
    /// of an end that is not promised any more.
    package func owesNotice(after old: Countdown) -> Bool {
        old.isRunning ? !isRunning : old.isNotice
    }

    /// The user came back: nothing was promised any more.
    package mutating func cancel() {
        told = nil
        promisedEnd = nil
        if isNotice { warnings = [] }
        isNotice = false
    }
}
