import Glibc

/// What a program did that ran to its end.
package struct RunResult: Sendable {
    package let words: [String]
    package let exit: StageProcess.Exit
    /// When it was started.
    package let started: ContinuousClock.Instant
    package let output: String
    package let error: String

    /// How long it ran.
    package var duration: Duration { exit.at - started }

    /// Throws where the program failed, with what it said.
    @discardableResult
    package func checked() throws(StageError) -> RunResult {
        guard exit.succeeded else {
            throw .program(words, status: exit.predicate, said: error + output)
        }
        return self
    }
}

extension Stage {
    /// Runs a program on the stage to its end.
    ///
    /// - Parameters:
    ///   - words: The program and its arguments; it is searched for in the stage's PATH.
    ///   - user: Who runs it.
    ///   - limit: How long it may run.
    /// - Returns: What it said, and how it ended, well or not.
    /// - Throws: `StageError.timeout` where it runs on; it is not ended then.
    package func run(
        _ words: [String],
        as user: StageUser = .root,
        within limit: Duration = .seconds(30)
    ) async throws(StageError) -> RunResult {
        let started = ContinuousClock.now
        let output = Transcript()
        let error = Transcript()
        let process = try spawn(words, as: user, output: output, error: error)
        let exit = try await process.waitForExit(within: limit)
        // A program's child may keep the streams open beyond its end: then the text so far counts.
        for transcript in [output, error] {
            _ = try? await transcript.waitForEnd(within: .seconds(1))
        }
        return RunResult(
            words: words,
            exit: exit,
            started: started,
            output: output.text,
            error: error.text
        )
    }

    /// Starts a program on the stage, with its output going into transcripts.
    package func spawn(
        _ words: [String],
        as user: StageUser = .root,
        output: Transcript? = nil,
        error: Transcript? = nil
    ) throws(StageError) -> StageProcess {
        let null = try Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC), from: "open", on: "null")
        let outputEnd = try output.map { transcript throws(StageError) in try feed(transcript) }
        let errorEnd = try error.map { transcript throws(StageError) in try feed(transcript) }
        let process = try StageProcess(
            entering(words, as: user),
            environment: Self.environment(for: user),
            streams: .descriptors(
                null.number,
                (outputEnd ?? null).number,
                (errorEnd ?? null).number
            ),
            loop: loop
        )
        remember(process)
        return process
    }

    /// Starts the ssh client on a terminal of the test, and does not wait for anything.
    ///
    /// The options of ssh(1) go before the host; a command runs instead of the login shell.
    package func ssh(
        _ user: StageUser,
        options: [String] = [],
        command: [String] = []
    ) throws(StageError) -> TerminalProgram {
        let client = try TerminalProgram(
            entering(["/usr/bin/ssh"] + options + ["\(user)@\(StageFiles.hostName)"] + command),
            environment: Self.environment(for: .root),
            loop: loop
        )
        remember(client.process)
        return client
    }

    /// Starts login(1) on one of `consoleNumbers`, as a getty does once it has the name.
    package func console(_ user: StageUser, on number: Int) throws(StageError) -> ConsoleTerminal {
        // The shell is the first process of a kernel session (setsid), so that its opening of the
        // terminal makes it the controlling one; login(1) then takes the shell's place.
        let login = "exec login -f \(user) <>/dev/tty\(number) >&0 2>&0"
        let console = try ConsoleTerminal(
            entering(["/usr/bin/setsid", "--wait", "/bin/sh", "-c", login]),
            number: number,
            devices: path("/dev"),
            environment: ["PATH=\(Self.searchPath)", "TERM=linux", "LC_ALL=C"],
            loop: loop
        )
        remember(console.process)
        return console
    }

    /// The write end of a new pipe whose other end is read into a transcript.
    private func feed(_ transcript: Transcript) throws(StageError) -> Descriptor {
        let pipe = try makePipe()
        try transcript.follow(pipe.read, on: loop)
        return pipe.write
    }
}
