/// A person at a login shell on a terminal of the stage, by ssh or on a console.
///
/// The shell is bash, and its prompt carries the time at which it was made (see `StageFiles`).
/// Bash makes a prompt after it has read the Enter key before it, and reads nothing more until the
/// next key comes. So the read(2) that took the key lies between two hard bounds: the time at which
/// the test typed it, and the time in the prompt. No clock but the kernel's is involved, and no
/// trust in how fast anything was: a slow machine widens the bounds, and a test can see that.
package struct ShellSession: Sendable {
    /// When a shell read a key.
    package struct KeyRead: Sendable {
        /// The key was typed at this time: it was not read before.
        package let notBefore: ContinuousClock.Instant
        /// The shell went on at this time: the key had been read.
        package let notAfter: ContinuousClock.Instant

        /// How far apart the bounds are.
        package var uncertainty: Duration { notAfter - notBefore }
    }

    package let user: StageUser
    package let terminal: any Terminal

    /// Waits for the first prompt of a shell that is starting.
    init(
        _ user: StageUser,
        on terminal: any Terminal,
        within limit: Duration
    ) async throws(StageError) {
        self.user = user
        self.terminal = terminal
        _ = try await terminal.wait(for: "the first prompt", within: limit, look: lastPrompt)
    }

    /// Presses the Enter key at the prompt, and says when the shell read it.
    package func pressEnter(
        within limit: Duration = .seconds(10)
    ) async throws(StageError) -> KeyRead {
        let notBefore = try terminal.type("\r")
        let prompt = try await prompt(after: notBefore, within: limit)
        return KeyRead(notBefore: notBefore, notAfter: prompt)
    }

    /// Presses the Enter key until the moment of the last reading is known exactly.
    ///
    /// On a busy machine the first try may not do.
    package func pressEnterExactly() async throws(StageError) -> KeyRead {
        var key = try await pressEnter()
        for _ in 1..<Self.exactTryCountMax where key.uncertainty >= Self.exactUncertaintyMax {
            key = try await pressEnter()
        }
        return key
    }

    /// How far apart the bounds of an exactly known reading may be.
    package static let exactUncertaintyMax = Duration.milliseconds(20)
    private static let exactTryCountMax = 10

    /// Has the shell run a command, and waits for the next prompt.
    ///
    /// - Returns: What was shown from the typed command to the next prompt, both included. It is
    ///   whole on a pseudo-terminal only.
    @discardableResult
    package func run(
        _ command: String,
        within limit: Duration = .seconds(10)
    ) async throws(StageError) -> String {
        let before = terminal.mark()
        let typed = try terminal.type("\(command)\r")
        _ = try await prompt(after: typed, within: limit)
        return terminal.text(after: before)
    }

    /// The pid of the shell as the stage numbers it.
    package func shellPid() async throws(StageError) -> Int32 {
        let shown = try await run("echo pid=$$.")
        let digits = shown.split(separator: "pid=").map { $0.prefix { $0.isNumber } }
        guard let pid = digits.compactMap({ Int32($0) }).last else { throw .garbled(shown) }
        return pid
    }

    /// Leaves the shell and waits until the program on the terminal has ended.
    @discardableResult
    package func logOut() async throws(StageError) -> StageProcess.Exit {
        try terminal.type("exit\r")
        return try await terminal.process.waitForExit(within: .seconds(10))
    }

    private func prompt(
        after instant: ContinuousClock.Instant,
        within limit: Duration
    ) async throws(StageError) -> ContinuousClock.Instant {
        try await terminal.wait(for: "a prompt after a key", within: limit) { text in
            lastPrompt(text).flatMap { $0 > instant ? $0 : nil }
        }
    }
}

/// The time in the last prompt of a text, such as `{1764000000.123456} `.
private func lastPrompt(_ text: String) -> ContinuousClock.Instant? {
    let bytes = Array(text.utf8)
    guard
        let end = bytes.lastIndex(of: UInt8(ascii: "}")),
        let start = bytes[..<end].lastIndex(of: UInt8(ascii: "{"))
    else { return nil }
    let parts = bytes[(start + 1)..<end].split(separator: UInt8(ascii: "."))
    guard
        parts.count == 2, parts[1].count == 6,
        let seconds = Int64(String(decoding: parts[0], as: UTF8.self)),
        let microseconds = Int64(String(decoding: parts[1], as: UTF8.self))
    else { return nil }
    return instant(atWallTime: .seconds(seconds) + .microseconds(microseconds))
}
