/// One row of the table in lapse-activity(7): what a user does, and how a test does it.
struct VerdictRow: Sendable {
    /// Does the thing in a session of its own, and comes back once it is done or goes on by itself.
    typealias Deed = @Sendable (VerdictScene) async throws -> VerdictAct

    /// The first cell as it stands in the manual page.
    let name: String
    let cells: [VerdictCell]
    /// Programs of the host without which it cannot be done.
    let needs: [String]
    /// The idle limit that the session is under.
    let limit: Duration
    /// How long after the last thing that is done activity goes on that counts: `work-max`.
    let goesOnFor: Duration
    /// How late the end of an idle session may be.
    let lateMax: Duration
    /// How long a session that is to stay is watched.
    let watch: Duration
    /// The event of the log that must tell of a deceit, by its `kind`; nil where there is none.
    let suspicion: String?
    let deed: Deed

    /// How late Lapse may be where it hears of activity as it happens: at a prompt.
    static let exact = Duration.seconds(1)
    /// Where it looks in intervals, a tenth of the limit, it may be late by one of them too.
    static let sampled = Duration.milliseconds(2_300)
    /// On a console while others on the host read through /dev/tty: in the same 8 seconds nothing
    /// tells whose terminal it was (see `InputClock`).
    static let blurred = sampled + .seconds(8)

    init(
        _ name: String,
        _ cells: VerdictCells,
        needs: [String] = [],
        limit: Duration = VerdictScenery.idleLimit,
        goesOnFor: Duration = .zero,
        lateMax: Duration = VerdictRow.sampled,
        watch: Duration = VerdictScenery.watch,
        suspicion: String? = nil,
        deed: @escaping Deed
    ) {
        self.name = name
        self.cells = cells.list
        self.needs = needs
        self.limit = limit
        self.goesOnFor = goesOnFor
        self.lateMax = lateMax
        self.watch = watch
        self.suspicion = suspicion
        self.deed = deed
    }
}

/// What a row has done by the time that the watch begins.
struct VerdictAct: Sendable {
    /// Done again and again until the watch is over.
    struct Habit: Sendable {
        /// The pauses before each time, in turn, from the first again when they are used up.
        let pauses: [Duration]
        let turn: @Sendable (Int) async throws -> Void

        /// As a person does it; each pause is shorter than the time to the first warning.
        static let uneven: [Duration] = [2_100, 3_700, 1_300, 4_900, 2_600, 800, 3_100, 4_300]
            .map { .milliseconds($0) }
    }

    /// The last thing that counts was done between these moments.
    let notBefore: ContinuousClock.Instant
    let notAfter: ContinuousClock.Instant
    let habit: Habit?
    /// What has to be true when the verdict is known; a sentence where it is not.
    let check: (@Sendable () async throws -> String?)?

    /// It has been done, between a moment and now, and nothing more is done.
    static func done(
        since notBefore: ContinuousClock.Instant,
        check: (@Sendable () async throws -> String?)? = nil
    ) -> VerdictAct {
        VerdictAct(notBefore: notBefore, notAfter: .now, habit: nil, check: check)
    }

    /// It is done again and again.
    static func goesOn(
        since notBefore: ContinuousClock.Instant = .now,
        pauses: [Duration] = Habit.uneven,
        turn: @escaping @Sendable (Int) async throws -> Void
    ) -> VerdictAct {
        let habit = Habit(pauses: pauses, turn: turn)
        return VerdictAct(notBefore: notBefore, notAfter: .now, habit: habit, check: nil)
    }
}
