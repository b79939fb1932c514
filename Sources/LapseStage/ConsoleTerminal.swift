import CStage
import Glibc
import Synchronization

/// A program on a real virtual terminal, whose keys are pushed into the kernel's input queue and
/// whose screen is read from /dev/vcsN, see vcs(4).
package final class ConsoleTerminal: Terminal {
    /// The screen as it was at one time: its rows joined, so that a wrapped text is in one piece.
    private struct Screen {
        let at: ContinuousClock.Instant
        let cells: [UInt8]
    }

    private struct History {
        var dropped = 0
        var kept: [Screen] = []
    }

    /// How many screens are kept; the oldest go first.
    ///
    /// A test shows some hundred.
    private static let screenCountMax = 4_096

    package let process: StageProcess
    /// The number N of /dev/ttyN.
    package let number: Int
    private let devices: String
    private let history = Mutex(History())
    private let bell = Bell()

    /// Starts a program that opens the terminal by itself; `devices` is the stage's /dev as the
    /// test sees it.
    init(
        _ words: [String],
        number: Int,
        devices: String,
        environment: [String],
        loop: StageLoop
    ) throws(StageError) {
        self.number = number
        self.devices = devices
        // The first opening makes the screen, without which vcsN cannot be opened.
        let terminal = try Self.openTerminal(number, in: devices)
        let path = "\(devices)/vcs\(number)"
        let screen = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), from: "open", on: path)
        let null = try Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC), from: "open", on: "null")
        process = try StageProcess(
            words,
            environment: environment,
            streams: .descriptors(null.number, null.number, null.number),
            loop: loop
        )
        withExtendedLifetime(terminal) {}
        record(screen)
        // vcs reports a change as EPOLLPRI until the screen is read, see vc_screen.c, vcs_poll.
        try loop.watch(screen, urgent: true) { [weak self] in
            guard let self else { return .done }
            record(screen)
            return process.ended == nil ? .keep : .done
        }
    }

    package var text: String {
        String(decoding: history.withLock { $0.kept.last?.cells ?? [] }, as: UTF8.self)
    }

    /// Pushes keys into the terminal's input queue, as the keyboard driver does.
    ///
    /// The corresponding ioctl is TIOCSTI, see tty_ioctl(4), which needs CAP_SYS_ADMIN.
    @discardableResult
    package func type(_ text: String) throws(StageError) -> ContinuousClock.Instant {
        // login(1) hangs the terminal up, which ends every earlier opening.
        let terminal = try Self.openTerminal(number, in: devices)
        let now = ContinuousClock.now
        for var byte in text.utf8 {
            // SAFETY: the kernel reads one byte during the call alone.
            let result = withUnsafeMutablePointer(to: &byte) {
                ioctl(terminal.number, UInt(TIOCSTI), UnsafeMutableRawPointer($0))
            }
            try check(result, "ioctl TIOCSTI", "/dev/tty\(number)")
        }
        return now
    }

    package func text(after mark: Transcript.Mark) -> String { text }

    package func mark() -> Transcript.Mark {
        Transcript.Mark(offset: history.withLock { $0.dropped + $0.kept.count })
    }

    /// A phrase counts as shown anew when a screen holds it more often than the screen before it.
    package func sightings(of phrase: Phrase, after mark: Transcript.Mark) -> [Transcript.Sighting]
    {
        history.withLock { history in
            let first = max(mark.offset - history.dropped, 0)
            guard first < history.kept.count else { return [] }
            var before = first == 0 ? 0 : phrase.count(in: history.kept[first - 1].cells)
            var found: [Transcript.Sighting] = []
            for (index, screen) in history.kept.enumerated().dropFirst(first) {
                let count = phrase.count(in: screen.cells)
                defer { before = count }
                guard count > before else { continue }
                found.append(
                    Transcript.Sighting(
                        at: screen.at,
                        line: String(decoding: screen.cells, as: UTF8.self),
                        mark: Transcript.Mark(offset: history.dropped + index + 1)
                    )
                )
            }
            return found
        }
    }

    package func wait(
        for phrase: Phrase,
        after mark: Transcript.Mark,
        within limit: Duration
    ) async throws(StageError) -> Transcript.Sighting {
        try await awaited(
            "\"\(phrase)\" on tty\(number)",
            bell: bell,
            within: limit,
            instead: { text }
        ) { () throws(StageError) in sightings(of: phrase, after: mark).first }
    }

    package func wait<Found: Sendable>(
        for what: String,
        within limit: Duration,
        look: (String) -> Found?
    ) async throws(StageError) -> Found {
        try await awaited(
            "\(what) on tty\(number)",
            bell: bell,
            within: limit,
            instead: { text }
        ) { () throws(StageError) in look(text) }
    }

    private static func openTerminal(
        _ number: Int,
        in devices: String
    ) throws(StageError) -> Descriptor {
        let path = "\(devices)/tty\(number)"
        return try Descriptor(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), from: "open", on: path)
    }

    /// Keeps the present screen where it differs from the last one.
    private func record(_ descriptor: Descriptor) {
        var cells = [UInt8](repeating: 0, count: 65_536)
        // SAFETY: the buffer outlives the call, and its true size is given.
        let count = cells.withUnsafeMutableBytes {
            pread(descriptor.number, $0.baseAddress, $0.count, 0)
        }
        guard count > 0 else { return }
        let screen = Screen(at: .now, cells: Array(cells[..<count]))
        history.withLock { history in
            guard history.kept.last?.cells != screen.cells else { return }
            history.kept.append(screen)
            guard history.kept.count > Self.screenCountMax else { return }
            history.kept.removeFirst()
            history.dropped += 1
        }
        bell.ring()
    }
}
