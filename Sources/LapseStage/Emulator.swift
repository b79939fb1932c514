/// A person's terminal, whose screen can be read cell by cell: tmux(1) on the stage, with ssh or
/// whatever else in its one window.
package struct Emulator: Sendable {
    /// What it shows at one moment.
    package struct Screen: Equatable, Sendable, CustomStringConvertible {
        /// The rows, with the attributes of their cells as escape sequences.
        package let rows: [String]
        /// The cursor's place, the size, which of the two screens, and the modes that programs set.
        package let modes: String

        package var description: String { rows.joined(separator: "\n") + "\n" + modes }

        /// The rows without attributes.
        package var plainRows: [String] {
            rows.map { row in
                let parts = row.split(separator: "\u{1b}", omittingEmptySubsequences: false)
                let rest = parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }
                return (parts.prefix(1) + rest).joined()
            }
        }

        /// Whether a text stands in one of the rows.
        package func shows(_ text: String) -> Bool { rows.contains { $0.contains(text) } }
    }

    /// What of tmux's formats is the terminal's state.
    private static let modes =
        [
            "cursor_x", "cursor_y", "pane_width", "pane_height", "alternate_on", "cursor_flag",
            "insert_flag", "keypad_flag", "keypad_cursor_flag", "mouse_any_flag", "mouse_sgr_flag",
            "origin_flag", "wrap_flag", "scroll_region_upper", "scroll_region_lower",
        ]
        .map { "\($0)=#{\($0)}" }.joined(separator: " ")

    private let stage: Stage
    private let name: String

    /// Starts a program in a window of 80 columns and 24 rows, as root.
    package init(_ words: [String], on stage: Stage, name: String) async throws(StageError) {
        self.stage = stage
        self.name = name
        let options = ["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24"]
        _ = try await tmux(options + words)
        _ = try await tmux([
            "set-option", "-g", "status", "off", ";", "set-option", "-g", "remain-on-exit", "on",
        ])
    }

    @discardableResult
    private func tmux(_ words: [String]) async throws(StageError) -> String {
        try await stage.run(["tmux", "-L", name] + words).checked().output
    }

    /// Types bytes, whatever they are.
    package func type(_ bytes: [UInt8]) async throws(StageError) {
        for part in stride(from: 0, to: bytes.count, by: 500) {
            let digits = bytes[part..<min(part + 500, bytes.count)].map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }
            try await tmux(["send-keys", "-H"] + digits)
        }
    }

    package func type(_ text: String) async throws(StageError) { try await type(Array(text.utf8)) }

    /// Pastes what a shell command prints, however much that is.
    package func paste(outputOf command: String) async throws(StageError) {
        let tmux = "tmux -L \(name)"
        let script = "\(command) | \(tmux) load-buffer - && \(tmux) paste-buffer -d"
        try await stage.run(["sh", "-c", script]).checked()
    }

    /// Changes the size of the window.
    package func resize(columns: Int, rows: Int) async throws(StageError) {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What it shows now.
    package func screen() async throws(StageError) -> Screen {
        let text = try await tmux(
            ["capture-pane", "-p", "-e", ";", "display-message", "-p", Self.modes]
        )
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return Screen(
            rows: lines.dropLast(2).map(Self.withoutBlankEnd),
            modes: lines.dropLast().last ?? ""
        )
    }

    /// A cell that was cleared and one that never was look alike; tmux tells them apart.
    private static func withoutBlankEnd(_ row: String) -> String {
        var row = row[...]
        while let end = [" ", "\u{1b}[0m", "\u{1b}[39m", "\u{1b}[49m"].first(where: row.hasSuffix) {
            row = row.dropLast(end.count)
        }
        return String(row)
    }

    /// Waits until the screen is as asked.
    @discardableResult
    package func wait(
        for what: String,
        within limit: Duration = .seconds(10),
        until isThere: (Screen) -> Bool
    ) async throws(StageError) -> Screen {
        let deadline = ContinuousClock.now + limit
        var last = try await screen()
        while !isThere(last) {
            guard ContinuousClock.now < deadline else {
                throw .timeout(what, within: limit, instead: "\(last)")
            }
            // A cancelled sleep only shortens the wait.
            _ = try? await Task.sleep(for: .milliseconds(20))
            last = try await screen()
        }
        return last
    }

    /// Waits until the screen has been the same for a while, and gives it.
    package func rest(for time: Duration = .milliseconds(300)) async throws(StageError) -> Screen {
        var last = try await screen()
        var since = ContinuousClock.now
        while ContinuousClock.now < since + time {
            _ = try? await Task.sleep(for: .milliseconds(50))
            let next = try await screen()
            if next != last { (last, since) = (next, ContinuousClock.now) }
        }
        return last
    }
}
