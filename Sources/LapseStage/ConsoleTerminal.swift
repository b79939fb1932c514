import CStage
import Glibc
import Synchronization

/// A program on a real virtual terminal, whose keys are pushed into the kernel's input queue and
/// whose screen is read from /dev/vcsN, see vcs(4).
package final class ConsoleTerminal: Terminal {
    /// The screen as it was at one time: its lines, so that a wrapped text is in one piece.
    private struct Screen {
        let at: ContinuousClock.Instant
        let text: [UInt8]
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
    private let columns: Int
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
        columns = try columnCount(of: terminal, "/dev/tty\(number)")
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
        String(decoding: history.withLock { $0.kept.last?.text ?? [] }, as: UTF8.self)
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

    /// A phrase counts as shown anew when a screen holds it more often than the screen before it:
    /// one that comes as an older one scrolls off is missed.
    package func sightings(of phrase: Phrase, after mark: Transcript.Mark) -> [Transcript.Sighting]
    {
        history.withLock { history in
            let first = max(mark.offset - history.dropped, 0)
            guard first < history.kept.count else { return [] }
            var before = first == 0 ? 0 : phrase.finds(in: history.kept[first - 1].text).count
            var sightings: [Transcript.Sighting] = []
            for (index, screen) in history.kept.enumerated().dropFirst(first) {
                let finds = phrase.finds(in: screen.text)
                defer { before = finds.count }
                guard let last = finds.last, finds.count > before else { continue }
                sightings.append(
                    Transcript.Sighting(
                        at: screen.at,
                        line: String(decoding: screen.text[last.line], as: UTF8.self),
                        mark: Transcript.Mark(offset: history.dropped + index + 1)
                    )
                )
            }
            return sightings
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
        let screen = Screen(at: .now, text: lines(of: cells[..<count], columns: columns))
        history.withLock { history in
            guard history.kept.last?.text != screen.text else { return }
            history.kept.append(screen)
            guard history.kept.count > Self.screenCountMax else { return }
            history.kept.removeFirst()
            history.dropped += 1
        }
        bell.ring()
    }
}

/// The lines of a screen, without the blanks at their ends.
///
/// A row that is full to its last column
/// goes on in the next one.
private func lines(of cells: ArraySlice<UInt8>, columns: Int) -> [UInt8] {
    let blank = UInt8(ascii: " ")
    var text: [UInt8] = []
    var rest = cells
    while !rest.isEmpty {
        let row = rest.prefix(columns)
        rest = rest.dropFirst(columns)
        let end = row.lastIndex { $0 != blank }.map { $0 + 1 } ?? row.startIndex
        text += row[..<end]
        if end < row.endIndex { text.append(UInt8(ascii: "\n")) }
    }
    return text
}

/// The width of a terminal.
///
/// The corresponding ioctl is TIOCGWINSZ, see tty_ioctl(4).
private func columnCount(of terminal: Descriptor, _ path: String) throws(StageError) -> Int {
    var size = winsize()
    // SAFETY: the kernel fills in the structure during the call alone.
    let result = withUnsafeMutablePointer(to: &size) {
        ioctl(terminal.number, UInt(TIOCGWINSZ), UnsafeMutableRawPointer($0))
    }
    try check(result, "ioctl TIOCGWINSZ", path)
    return max(Int(size.ws_col), 1)
}
