/// A screen and a keyboard with a program behind them: a pseudo-terminal or a virtual terminal.
package protocol Terminal: Sendable {
    /// The program on the terminal: the ssh client, or login(1).
    var process: StageProcess { get }
    /// What is on the screen, or for a pseudo-terminal all that was ever sent to it.
    var text: String { get }

    /// What was shown after a mark, or for a virtual terminal the screen as it is.
    func text(after mark: Transcript.Mark) -> String

    /// Types on the keyboard.
    ///
    /// - Returns: The time just before the first key.
    @discardableResult
    func type(_ text: String) throws(StageError) -> ContinuousClock.Instant

    /// The place behind everything shown so far.
    func mark() -> Transcript.Mark

    /// Every line shown after a mark that holds a phrase.
    func sightings(of phrase: Phrase, after mark: Transcript.Mark) -> [Transcript.Sighting]

    /// Waits until a phrase is shown after a mark.
    func wait(
        for phrase: Phrase,
        after mark: Transcript.Mark,
        within limit: Duration
    ) async throws(StageError) -> Transcript.Sighting

    /// Looks at the text after each change until something is found in it.
    func wait<Found: Sendable>(
        for what: String,
        within limit: Duration,
        look: (String) -> Found?
    ) async throws(StageError) -> Found
}

extension Terminal {
    /// Waits until a phrase is shown that was not there before this call.
    package func wait(
        for phrase: Phrase,
        within limit: Duration
    ) async throws(StageError) -> Transcript.Sighting {
        try await wait(for: phrase, after: mark(), within: limit)
    }

    /// The first line shown after a mark that holds a phrase.
    package func sighting(
        of phrase: Phrase,
        after mark: Transcript.Mark = .start
    ) -> Transcript.Sighting? {
        sightings(of: phrase, after: mark).first
    }
}
