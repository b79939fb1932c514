/// What an administrator does to accounts, by the tools that he uses.
extension Stage {
    /// The corresponding command is `usermod -L`.
    package func lockAccount(of user: StageUser) async throws(StageError) {
        try await run(["usermod", "-L", user.rawValue]).checked()
    }

    /// Gives an account a password; on a new stage nobody has one.
    ///
    /// The corresponding command is `chpasswd`.
    package func setPassword(_ password: String, of user: StageUser) async throws(StageError) {
        // With the method named, it asks no PAM service.
        let words = ["sh", "-c", "echo \"$1\" | chpasswd -c SHA256", "sh", "\(user):\(password)"]
        try await run(words).checked()
    }

    /// Gives an account a last day; days count from 1970-01-01, and it is expired from that one on.
    ///
    /// The corresponding command is `usermod -e`.
    package func expireAccount(of user: StageUser, onDay day: Int) async throws(StageError) {
        try await run(["usermod", "-e", "\(day)", user.rawValue]).checked()
    }

    /// The corresponding command is `gpasswd -d`.
    package func take(_ user: StageUser, outOf group: StageGroup) async throws(StageError) {
        try await run(["gpasswd", "-d", user.rawValue, group.rawValue]).checked()
    }

    /// Deletes an account, even of somebody who is logged in.
    ///
    /// The corresponding command is `userdel -f`.
    package func deleteAccount(of user: StageUser) async throws(StageError) {
        try await run(["userdel", "-f", user.rawValue]).checked()
    }
}
