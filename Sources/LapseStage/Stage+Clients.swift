import Glibc

/// Clients other than ssh(1) with a shell.
extension Stage {
    /// Where the key that opens every account lies on the stage.
    package static let clientKey = "/root/.ssh/id_ed25519"

    /// Starts a program of the stage on a terminal of the test, and does not wait for anything.
    package func onTerminal(
        _ words: [String],
        as user: StageUser = .root
    ) throws(StageError) -> TerminalProgram {
        let program = try TerminalProgram(
            entering(words, as: user),
            environment: Self.environment(for: user),
            loop: loop
        )
        remember(program.process)
        return program
    }

    /// Starts a program of the host on a terminal of the test, with the stage's network for its
    /// own: a client on another machine, which has files and processes that no stage has.
    ///
    /// It is not ended with the stage: it has to end when its connection does.
    package func outside(_ words: [String]) throws(StageError) -> TerminalProgram {
        let program = try TerminalProgram(
            ["/usr/bin/nsenter", "--net=/proc/\(initPid)/ns/net", "--"] + words,
            environment: ["PATH=\(Self.searchPath)", "LC_ALL=C.UTF-8", "TERM=xterm"],
            loop: loop
        )
        remember(program.process)
        return program
    }

    /// Starts login(1) on a new pseudo-terminal of the stage, as agetty(8) does on a serial line:
    /// it gets the line's name for its PAM_TTY.
    package func serialLine(_ user: StageUser) throws(StageError) -> TerminalProgram {
        // script(1) is the modem: what the test types goes through it to the line.
        try onTerminal(["/usr/bin/script", "-q", "-e", "-c", "exec login -f \(user)", "/dev/null"])
    }

    /// Logs a user in on a serial line and waits for the shell's first prompt.
    package func logInOnSerialLine(_ user: StageUser) async throws(StageError) -> ShellSession {
        try await ShellSession(user, on: serialLine(user), within: Self.startLimit)
    }

    /// Writes a file of a user, with the folders above it.
    package func give(
        _ user: StageUser,
        _ name: String,
        _ text: String,
        mode: UInt32 = 0o644
    ) async throws(StageError) {
        let file = "\(user.home)/\(name)"
        let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
        try await run(["mkdir", "-p", String(folder)], as: user).checked()
        try writeFile(path(file), Array(text.utf8), mode: mode)
        try check(chown(path(file), user.uid, user.uid), "chown", file)
    }
}
