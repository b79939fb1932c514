extension Stage {
    /// Logs a user in by ssh, with options of ssh(1), and waits for the shell's first prompt.
    package func logIn(
        _ user: StageUser,
        options: [String] = []
    ) async throws(StageError) -> ShellSession {
        try await ShellSession(user, on: ssh(user, options: options), within: Self.startLimit)
    }

    /// Logs a user in on a console and waits for the shell's first prompt.
    package func logIn(
        _ user: StageUser,
        onConsole number: Int
    ) async throws(StageError) -> ShellSession {
        try await ShellSession(user, on: console(user, on: number), within: Self.startLimit)
    }
}
