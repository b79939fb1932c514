import Glibc

/// A program of the stage on a pseudo-terminal whose other side, screen and keyboard, is the test.
package final class TerminalProgram: Terminal {
    package let process: StageProcess
    /// All that the program has shown, each part with its time.
    package let transcript = Transcript()
    private let pty: Pty

    init(_ words: [String], environment: [String], loop: StageLoop) throws(StageError) {
        pty = try Pty()
        let slave = try pty.openSlave()
        process = try StageProcess(
            words,
            environment: environment,
            streams: .terminal(pty.path),
            loop: loop
        )
        try transcript.follow(pty.master, on: loop)
        // posix_spawn(3) has returned, so the program has its own hold on the slave side by now.
        withExtendedLifetime(slave) {}
    }

    package var text: String { transcript.text }

    @discardableResult
    package func type(_ text: String) throws(StageError) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        try writeAll(Array(text.utf8), to: pty.master)
        return now
    }

    package func text(after mark: Transcript.Mark) -> String { transcript.text(after: mark) }

    package func mark() -> Transcript.Mark { transcript.mark() }

    package func sightings(of phrase: Phrase, after mark: Transcript.Mark) -> [Transcript.Sighting]
    {
        transcript.sightings(of: phrase, after: mark)
    }

    package func wait(
        for phrase: Phrase,
        after mark: Transcript.Mark,
        within limit: Duration
    ) async throws(StageError) -> Transcript.Sighting {
        try await transcript.wait(for: phrase, after: mark, within: limit)
    }

    package func wait<Found: Sendable>(
        for what: String,
        within limit: Duration,
        look: (String) -> Found?
    ) async throws(StageError) -> Found {
        try await transcript.wait(for: what, within: limit, look: look)
    }

    /// Changes the size of the window, as dragging its corner would.
    package func resize(columns: UInt16, rows: UInt16) throws(StageError) {
        try pty.setWindow(columns: columns, rows: rows)
    }
}
