extension Stage {
    /// A second address that the stage's clients may come from; the first is 127.0.0.1.
    package static let secondAddress = "127.0.0.2"

    /// Logs a user in by ssh, with options of ssh(1), and waits for the shell's first prompt.
    ///
    /// `address` is where the client comes from, one of 127.0.0.0/8.
    package func logIn(
        _ user: StageUser,
        options: [String] = [],
        from address: String? = nil
    ) async throws(StageError) -> ShellSession {
        let source = address.map { ["-b", $0] } ?? []
        let client = try ssh(user, options: source + options)
        return try await ShellSession(user, on: client, within: Self.startLimit)
    }

    /// Logs a user in on a console and waits for the shell's first prompt.
    package func logIn(
        _ user: StageUser,
        onConsole number: Int
    ) async throws(StageError) -> ShellSession {
        try await ShellSession(user, on: console(user, on: number), within: Self.startLimit)
    }
}
