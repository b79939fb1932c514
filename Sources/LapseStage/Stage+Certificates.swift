/// Logins with a certificate of the stage's authority, see ssh-keygen(1), CERTIFICATES.
extension Stage {
    /// The client's key that no account takes without a certificate.
    static let certifiedKey = "/root/.ssh/certified"

    /// Makes a certificate for a user.
    ///
    /// - Parameters:
    ///   - user: The account that it opens.
    ///   - validity: As the option -V has it: `+1m`, `always:forever`.
    /// - Returns: The options of ssh(1) that log in with it and nothing else.
    /// - Throws: What ssh-keygen said.
    package func certificate(
        for user: StageUser,
        validity: String
    ) async throws(StageError) -> [String] {
        // One copy of the key for each certificate: ssh-keygen names it after the key.
        let key = "\(Self.certifiedKey)-\(user)-\(certificates.next())"
        try writeFile(path(key), try readFile(path(Self.certifiedKey)), mode: 0o600)
        try writeFile(path("\(key).pub"), try readFile(path("\(Self.certifiedKey).pub")))
        let words = ["-q", "-s", StageFiles.authority, "-I", "\(user) of the stage"]
        try await run(
            ["/usr/bin/ssh-keygen"] + words + ["-n", user.rawValue, "-V", validity, "\(key).pub"]
        ).checked()
        let client = [
            "IdentitiesOnly=yes", "UserKnownHostsFile=/etc/ssh/known_hosts",
            "StrictHostKeyChecking=yes", "EscapeChar=none", "HostName=127.0.0.1",
            "CertificateFile=\(key)-cert.pub",
        ]
        // Without the stage's configuration, whose key opens every account.
        return ["-F", "none", "-i", key] + client.flatMap { ["-o", $0] }
    }
}
