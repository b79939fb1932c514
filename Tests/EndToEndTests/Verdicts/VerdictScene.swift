import LapseStage
import Synchronization

/// Where one cell of the table is played: a session of its own on a stage that others share.
///
/// Each cell's clients come from an address of their own, by which the daemon's log tells whose a
/// session is.
final class VerdictScene: Sendable {
    /// How long anything may take that is not measured, on a machine busy with many scenes.
    static let patience = Duration.seconds(40)

    let stage: Stage
    let column: VerdictColumn
    /// Where its clients come from.
    let address: String
    /// The virtual terminal, for a console.
    let console: Int?

    private struct State {
        var session: String?
        var props: [any Sendable] = []
        var guests: [StageProcess] = []
    }

    private let state = Mutex(State())

    init(on stage: Stage, _ column: VerdictColumn, address: String, console: Int? = nil) {
        self.stage = stage
        self.column = column
        self.address = address
        self.console = console
    }

    /// Options of ssh(1) and its kin that let the client come from the scene's address.
    var source: [String] { ["-o", "BindAddress=\(address)"] }

    /// A name that no other scene of the stage has, for files and sockets.
    var name: String { "scene-\(console.map { "tty\($0)" } ?? address)" }

    /// Keeps a client or its terminal until the scene is over.
    func keep(_ prop: any Sendable) { state.withLock { $0.props.append(prop) } }

    /// Ends what the end of the stage would not.
    func clear() {
        let guests = state.withLock { state in
            defer { state.props = [] }
            return state.guests
        }
        // One that has ended meanwhile cannot be signalled, and need not be.
        for guest in guests { try? guest.signal(9) }
    }

    // MARK: Logging in

    /// Logs in at the column's kind of terminal.
    func logIn(
        _ user: StageUser = .alice,
        options: [String] = []
    ) async throws -> ShellSession {
        let session =
            if let console {
                try await stage.logIn(user, onConsole: console)
            } else {
                try await stage.logIn(user, options: options, from: address)
            }
        keep(session.terminal)
        if console != nil { try await learnSession(from: session) }
        return session
    }

    /// Logs in on a serial line.
    func logInOnSerialLine(_ user: StageUser = .alice) async throws -> ShellSession {
        let session = try await stage.logInOnSerialLine(user)
        keep(session.terminal)
        try await learnSession(from: session)
        return session
    }

    /// Starts ssh(1) with a command, or with options that need none.
    func ssh(
        _ user: StageUser = .alice,
        options: [String] = [],
        command: [String] = []
    ) throws -> TerminalProgram {
        let client = try stage.ssh(user, options: source + options, command: command)
        keep(client)
        return client
    }

    /// Starts a client of the stage on a terminal.
    func client(_ words: [String]) throws -> TerminalProgram {
        let client = try stage.onTerminal(words)
        keep(client)
        return client
    }

    /// Starts a client in the Python that has paramiko and asyncssh, and waits for its login.
    func python(_ script: String, _ words: [String]) async throws -> TerminalProgram {
        guard let python = StageRequirements.python else {
            throw StageError.unsuitable("LAPSE_PYTHON names no Python with paramiko and asyncssh")
        }
        let key = stage.path(Stage.clientKey)
        let file = StageRequirements.script(script)
        let client = try stage.outside([python, file, key, address] + words)
        keep(client)
        state.withLock { $0.guests.append(client.process) }
        _ = try await client.wait(for: "ready", after: .start, within: Self.patience)
        return client
    }

    // MARK: The session

    /// The id of the scene's session, once the daemon knows it.
    func session() async throws -> String {
        if let known = state.withLock({ $0.session }) { return known }
        let line = try await stage.daemonLog.wait(
            for: Phrase(["event=opened ", " from=\(address)"]),
            after: .start,
            within: Self.patience
        )
        let id = line.line.split(separator: "session=").last?.prefix { $0 != " " }
        guard let id else { throw StageError.garbled(line.line) }
        state.withLock { $0.session = String(id) }
        return String(id)
    }

    private func learnSession(from session: ShellSession) async throws {
        let shown = try await session.run("echo id=$LAPSE_SESSION.")
        let ids = shown.split(separator: "id=").map { $0.prefix { $0.isLetter || $0.isNumber } }
        guard let id = ids.last(where: { !$0.isEmpty }) else { throw StageError.garbled(shown) }
        state.withLock { $0.session = String(id) }
    }
}

// MARK: - What many rows do

extension VerdictScene {
    /// Has a command run: typed at a prompt, or as the command of an ssh without a terminal.
    ///
    /// - Parameters:
    ///   - command: Words for the shell.
    ///   - phrase: What tells on the terminal that the command is there; where the command itself
    ///     shows nothing, a word is shown before it.
    ///   - user: Whose session it is.
    /// - Returns: The terminal, and what was done.
    /// - Throws: What kept the command from being there.
    func job(
        _ command: String,
        shows phrase: Phrase? = nil,
        as user: StageUser = .alice
    ) async throws -> (terminal: any Terminal, act: VerdictAct) {
        let line = phrase == nil ? "echo rea''dy; \(command)" : command
        let terminal: any Terminal
        let begun: ContinuousClock.Instant
        let mark: Transcript.Mark
        switch column {
        case .pty, .console:
            terminal = try await logIn(user).terminal
            mark = terminal.mark()
            begun = try terminal.type("\(line)\r")
        case .noTerminal:
            begun = .now
            terminal = try ssh(user, options: ["-T"], command: [line])
            mark = .start
        }
        _ = try await terminal.wait(for: phrase ?? "ready", after: mark, within: Self.patience)
        return (terminal, .done(since: begun))
    }

    /// Types at the terminal in uneven pauses; `text` gets the number of the turn.
    func types(
        on terminal: any Terminal,
        _ text: @escaping @Sendable (Int) -> String
    ) -> VerdictAct {
        .goesOn { turn in try terminal.type(text(turn)) }
    }
}
