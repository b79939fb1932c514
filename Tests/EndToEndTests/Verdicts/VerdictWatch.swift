import LapseStage

/// What became of a scene's session.
enum VerdictSeen: Sendable {
    /// Neither warned nor ended while it was watched; what counts by the word of `lapsectl why`.
    case active(why: [String])
    /// Warned, and the end began for idleness after this time and with this limit.
    case idle(ending: ContinuousClock.Instant, warned: Bool, limit: Double?)
    /// Warned, though it was to stay; it was not watched any longer.
    case warned(ContinuousClock.Instant)
    /// Not ended though it was time; what counts by the word of `lapsectl why`.
    case outlived(ContinuousClock.Instant, why: [String])
    /// Closed, and not by Lapse.
    case over(String)
    /// Ended for something else.
    case ended(String)
}

/// Watches what the daemon says of one session.
struct VerdictWatch {
    /// How long after its time a session that is to be ended may still show that it is, so that the
    /// table can say how late that was.
    private static let grace = Duration.seconds(8)
    /// How long the steps of an end may take (lapse.toml(5), `end`).
    private static let endMax = Duration.seconds(20)

    let row: VerdictRow
    let verdict: Verdict
    let act: VerdictAct
    let scene: VerdictScene

    /// Watches until it is known what becomes of the session.
    func run() async throws -> VerdictSeen {
        guard let habit = act.habit else { return try await watch() }
        return try await withThrowingTaskGroup(of: VerdictSeen?.self) { group in
            group.addTask {
                var turn = 0
                while !Task.isCancelled {
                    try await Task.sleep(for: habit.pauses[turn % habit.pauses.count])
                    try await habit.turn(turn)
                    turn += 1
                }
                return nil
            }
            group.addTask { try await watch() }
            defer { group.cancelAll() }
            while let result = await group.nextResult() {
                switch result {
                case .success(let seen?): return seen
                // A terminal that is gone takes no keys: what became of it, the watch says.
                case .success(nil), .failure(is StageError), .failure(is CancellationError):
                    continue
                case .failure(let error): throw error
                }
            }
            throw StageError.ended("the verdict", instead: "nobody watched")
        }
    }

    private var deadline: ContinuousClock.Instant {
        switch verdict {
        case .active: act.notAfter + row.watch
        case .idle: act.notAfter + row.goesOnFor + row.limit + row.lateMax + Self.grace
        case .over: act.notAfter + Self.endMax
        }
    }

    private func watch() async throws -> VerdictSeen {
        let session = try await scene.session()
        let lines = Phrase(["event=", "session=\(session) "])
        var mark = Transcript.Mark.start
        var isWarned = false
        while let line = try await next(lines, after: mark, until: deadline) {
            mark = line.mark
            switch line.event {
            case "warned":
                isWarned = true
                if case .active = verdict { return .warned(line.at) }
            case "ending":
                guard line.fields["reason"] == "idle" else { return .ended(line.text) }
                // What the end leaves is known once it is over.
                while let last = try await next(lines, after: mark, until: .now + Self.endMax) {
                    mark = last.mark
                    guard last.event != "ended" else { break }
                }
                let limit = line.seconds("limit")
                return .idle(ending: line.at, warned: isWarned, limit: limit)
            case "ended":
                return .ended(line.text)
            case "closed":
                return .over(line.fields["reason"] ?? "")
            default:
                continue
            }
        }
        let why = try await scene.stage.why(session)
        let counted = why.activities.filter { ["counts", "limited"].contains($0.worth) }
        guard case .active = verdict else { return .outlived(.now, why: counted.map(\.text)) }
        let held = why.holds.isEmpty ? [] : [ActivityWord.held.rawValue]
        return .active(why: counted.map(\.doing) + held)
    }

    /// The next line of the daemon's log for the session, or nil when the time is over.
    private func next(
        _ lines: Phrase,
        after mark: Transcript.Mark,
        until end: ContinuousClock.Instant
    ) async throws -> LogLine? {
        do throws(StageError) {
            let left = max(end - .now, .zero)
            return try await scene.stage.nextLog(lines, after: mark, within: left)
        } catch .timeout {
            return nil
        }
    }
}
