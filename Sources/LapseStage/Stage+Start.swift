import Glibc

extension Stage {
    /// Writes the stage's /etc and copies what of Lapse it needs.
    func writeFiles() throws(StageError) {
        let folders = [
            "/etc/ssh", "/etc/pam.d", "/etc/lapse", StageFiles.dropIns, "/run/sshd", "/root/.ssh",
        ]
        for folder in folders {
            try check(mkdir(path(folder), 0o755), "mkdir", folder)
        }
        for user in StageUser.allCases where user != .root {
            try check(mkdir(path(user.home), 0o750), "mkdir", user.home)
            try check(chown(path(user.home), user.uid, user.uid), "chown", user.home)
        }
        for (path, text, mode) in StageFiles(options: options).all {
            try writeFile(self.path(path), Array(text.utf8), mode: mode)
        }
        for artefact in StageRequirements.artefacts(for: options) {
            let name = artefact.split(separator: "/").last.map(String.init) ?? artefact
            let target = name.hasSuffix(".so") ? StageFiles.module : "/lapse/\(name)"
            try writeFile(path(target), try readFile(artefact), mode: 0o755)
        }
    }

    /// Makes a key for the host, one for the client that opens every account, one that opens none
    /// without a certificate, and the authority's.
    func makeKeys() async throws(StageError) {
        let hostKey = "/etc/ssh/ssh_host_ed25519_key"
        let clientKey = "/root/.ssh/id_ed25519"
        for key in [hostKey, clientKey, Self.certifiedKey, StageFiles.authority] {
            let keygen = ["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]
            try await run(keygen).checked()
        }
        try writeFile(path("/etc/ssh/authorized_keys"), try readFile(path("\(clientKey).pub")))
        let hostKeyText = String(decoding: try readFile(path("\(hostKey).pub")), as: UTF8.self)
        try writeFile(path("/etc/ssh/known_hosts"), Array("* \(hostKeyText)".utf8))
    }

    /// Starts sshd and waits until it listens.
    func startSshd() async throws(StageError) {
        _ = try spawn(["/usr/sbin/sshd", "-D"], error: nil)
        _ = try await syslog.wait(for: "Server listening", after: .start, within: Self.startLimit)
    }
}
