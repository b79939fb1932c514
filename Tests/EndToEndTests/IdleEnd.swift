import LapseStage
import Testing

/// What a session showed from its last key to its end.
struct IdleEnd: Sendable {
    let lastKey: ShellSession.KeyRead
    let firstWarning: ContinuousClock.Instant
    let secondWarning: ContinuousClock.Instant
    /// The first sign of the end: the notice on the terminal.
    let notice: ContinuousClock.Instant
    /// The last sign: the program on the terminal is gone.
    let gone: ContinuousClock.Instant

    /// Watches a session from its last key on, under `idlePolicy`.
    static func watch(
        _ session: ShellSession,
        lastKey: ShellSession.KeyRead,
        after mark: Transcript.Mark
    ) async throws -> IdleEnd {
        let terminal = session.terminal
        let limit = Duration.seconds(30)
        let warning: Phrase = ["Lapse:", "idle", "will be ended in "]
        let first = try await terminal.wait(for: warning, after: mark, within: limit)
        let second = try await terminal.wait(for: warning, after: first.mark, within: limit)
        #expect(first.line.contains("ended in 10s"))
        #expect(second.line.contains("ended in 5s"))
        let notice = try await terminal.wait(
            for: ["Lapse:", "ended", "idle"],
            after: mark,
            within: limit
        )
        let exit = try await terminal.process.waitForExit(within: limit)
        return IdleEnd(
            lastKey: lastKey,
            firstWarning: first.at,
            secondWarning: second.at,
            notice: notice.at,
            gone: exit.at
        )
    }

    /// The span from the last key to a moment, never longer than it was.
    func least(to moment: ContinuousClock.Instant) -> Double {
        (moment - lastKey.notAfter).inSeconds
    }

    /// The span from the last key to a moment, never shorter than it was.
    func most(to moment: ContinuousClock.Instant) -> Double {
        (moment - lastKey.notBefore).inSeconds
    }

    /// Holds the session to the limit: warned on time, not ended early, ended at most 0.5 s late.
    ///
    /// `least` and `most` enclose the truth. Late is what may be late; early is what must be: the
    /// prompt that `least` counts from comes a moment after the key was read, and that moment,
    /// which `exactUncertaintyMax` bounds, is no fault of the daemon.
    func expectOnTime(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            lastKey.uncertainty < ShellSession.exactUncertaintyMax,
            sourceLocation: sourceLocation
        )
        for (due, moment) in [(10.0, firstWarning), (15.0, secondWarning), (20.0, notice)] {
            #expect(most(to: moment) >= due, sourceLocation: sourceLocation)
            #expect(most(to: moment) <= due + 0.5, sourceLocation: sourceLocation)
        }
        #expect(most(to: gone) <= 20.5, sourceLocation: sourceLocation)
    }
}

/// Prints the figures of many ends: the earliest sign and the last one.
func printFigures(_ what: String, _ ends: [IdleEnd]) {
    let earliest = ends.map { $0.least(to: $0.notice) }.min() ?? 0
    let latest = ends.map { $0.most(to: $0.gone) }.max() ?? 0
    let uncertainty = ends.map(\.lastKey.uncertainty.inSeconds).max() ?? 0
    print(
        "\(what): \(ends.count) ended \(rounded(earliest)) to \(rounded(latest)) s after the last "
            + "key was read, a moment known to \(rounded(uncertainty)) s"
    )
}

/// A figure in seconds to the millisecond.
func rounded(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
