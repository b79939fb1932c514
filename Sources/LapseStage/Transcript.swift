import Synchronization

/// Everything that a stream has said so far, each part with the time at which it came.
///
/// Times are CLOCK_BOOTTIME, which is what `ContinuousClock` reads on Linux.
package final class Transcript: Sendable {
    /// A place in the transcript: the end of what had been said when it was taken.
    package struct Mark: Sendable {
        let offset: Int

        /// Before everything.
        package static let start = Mark(offset: 0)
    }

    /// A phrase that was found.
    package struct Sighting: Sendable {
        /// When the part came that completed the phrase.
        package let at: ContinuousClock.Instant
        /// The line from the mark on, as far as it has been said, without its line feed.
        package let line: String
        /// Right behind the phrase.
        package let mark: Mark
    }

    /// What a transcript keeps, in bytes; a stream that says more is cut off, and says so.
    package static let byteCountMax = 4 << 20

    private struct State {
        var bytes: [UInt8] = []
        var parts: [(end: Int, at: ContinuousClock.Instant)] = []
        /// Streams that still may say something, and whether there has been one at all.
        var openStreams = 0
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let bell = Bell()

    package init() {}

    /// All that was said, with what is not UTF-8 replaced.
    package var text: String {
        String(decoding: state.withLock { $0.bytes }, as: UTF8.self)
    }

    /// What was said after a mark.
    package func text(after mark: Mark) -> String {
        String(decoding: state.withLock { $0.bytes[mark.offset...] }, as: UTF8.self)
    }

    /// The place behind everything said so far.
    package func mark() -> Mark {
        Mark(offset: state.withLock { $0.bytes.count })
    }

    /// Every line after a mark that holds a phrase.
    package func sightings(of phrase: Phrase, after mark: Mark = .start) -> [Sighting] {
        state.withLock { state in
            phrase.finds(in: state.bytes, from: mark.offset).map { find in
                Sighting(
                    at: state.parts.first { $0.end >= find.end }?.at ?? .now,
                    line: String(decoding: state.bytes[find.line], as: UTF8.self),
                    mark: Mark(offset: find.end)
                )
            }
        }
    }

    /// Waits until a phrase has been said after a mark.
    ///
    /// - Throws: `StageError.timeout`, or `.ended` when the stream ended without it.
    package func wait(
        for phrase: Phrase,
        after mark: Mark = .start,
        within limit: Duration
    ) async throws(StageError) -> Sighting {
        let instead = { self.text(after: mark) }
        return try await awaited(
            "\"\(phrase)\"",
            bell: bell,
            within: limit,
            instead: instead
        ) { () throws(StageError) in
            let hasEnded = state.withLock { $0.hasEnded }
            if let found = sightings(of: phrase, after: mark).first { return found }
            guard !hasEnded else { throw .ended("\"\(phrase)\"", instead: instead()) }
            return nil
        }
    }

    /// Looks at the whole text after each change until something is found in it.
    func wait<Found: Sendable>(
        for what: String,
        within limit: Duration,
        look: (String) -> Found?
    ) async throws(StageError) -> Found {
        try await awaited(
            what,
            bell: bell,
            within: limit,
            instead: { text }
        ) { () throws(StageError) in
            let hasEnded = state.withLock { $0.hasEnded }
            if let found = look(text) { return found }
            guard !hasEnded else { throw .ended(what, instead: text) }
            return nil
        }
    }

    /// Waits until the stream has ended, so that the transcript is whole.
    package func waitForEnd(within limit: Duration) async throws(StageError) {
        let _: Bool = try await awaited(
            "the end of the output",
            bell: bell,
            within: limit,
            instead: { text }
        ) { () throws(StageError) in
            state.withLock { $0.hasEnded } ? true : nil
        }
    }

    func append(_ bytes: [UInt8], at instant: ContinuousClock.Instant) {
        state.withLock { state in
            let room = Self.byteCountMax - state.bytes.count
            guard room > 0 else { return }
            state.bytes += bytes.prefix(room)
            if bytes.count >= room { state.bytes += Array("\n[the transcript is full]".utf8) }
            state.parts.append((state.bytes.count, instant))
        }
        bell.ring()
    }

    private func begin() {
        state.withLock { state in
            state.openStreams += 1
            state.hasEnded = false
        }
    }

    private func end() {
        state.withLock { state in
            state.openStreams -= 1
            state.hasEnded = state.openStreams == 0
        }
        bell.ring()
    }

    /// Reads a descriptor to its end on a loop's thread.
    ///
    /// A transcript may follow several at once, and has ended when all of them have.
    func follow(_ descriptor: Descriptor, on loop: StageLoop) throws(StageError) {
        try setNonBlocking(descriptor)
        begin()
        try loop.watch(descriptor) {
            switch readSome(descriptor) {
            case .bytes(let bytes):
                self.append(bytes, at: .now)
                return .keep
            case .nothingYet:
                return .keep
            case .end:
                self.end()
                return .done
            }
        }
    }
}
