import LapseStage

/// Files on their way, by clients that need no terminal on the host.
extension VerdictTable {
    private static let comes = "what comes is the hand that sends it"
    private static let goes = "what is sent is work, up to `work-max`"

    static let transfers = VerdictGroup(
        name: "transfers",
        rows: [
            VerdictRow(
                "leaves the prompt of `sftp` alone",
                .noTerminal(.idle, "no byte comes or goes"),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                try await scene.sftp([], nil)
            },
            VerdictRow(
                "fetches a large file with `sftp`",
                .noTerminal(.active([.sent, .received]), goes),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                try await scene.sftp(["-l", "4000"], "get big /tmp/\(scene.name)")
            },
            VerdictRow(
                "brings a large file with `sftp`",
                .noTerminal(.active(.received), comes),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                let put = "put /home/alice/big \(scene.name)"
                return try await scene.sftp(["-l", "4000"], put)
            },
            VerdictRow(
                "fetches a file with `sftp` at 1 KB a second",
                .noTerminal(.active([.sent, .received]), "slow or not, it goes on"),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                let slow = ["-l", "8", "-B", "1024"]
                return try await scene.sftp(slow, "get big /tmp/\(scene.name)")
            },
            VerdictRow(
                "brings a file with `sftp` at 1 KB a second",
                .noTerminal(.active(.received), "slow or not, it goes on"),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                let put = "put /home/alice/big \(scene.name)"
                return try await scene.sftp(["-l", "8", "-B", "1024"], put)
            },
            VerdictRow(
                "fetches a large file with `scp`",
                .noTerminal(.active([.sent, .received]), goes),
                needs: ["/usr/bin/scp"]
            ) { scene in
                let scp = ["/usr/bin/scp", "-l", "4000"] + scene.source
                return try await scene.transfer(scp + ["alice@stage:big", "/tmp/\(scene.name)"])
            },
            VerdictRow(
                "brings a large file with `scp`",
                .noTerminal(.active(.received), comes),
                needs: ["/usr/bin/scp"]
            ) { scene in
                let scp = ["/usr/bin/scp", "-l", "4000"] + scene.source
                let files = ["/home/alice/big", "alice@stage:\(scene.name)"]
                return try await scene.transfer(scp + files)
            },
            VerdictRow(
                "fetches a large file with `rsync`",
                .noTerminal(.active(.sent), goes),
                needs: ["/usr/bin/rsync"]
            ) { scene in
                let files = ["alice@stage:big", "/tmp/\(scene.name)"]
                return try await scene.transfer(scene.rsync + files)
            },
            VerdictRow(
                "brings a large file with `rsync`",
                .noTerminal(.active(.received), comes),
                needs: ["/usr/bin/rsync"]
            ) { scene in
                let files = ["/home/alice/big", "alice@stage:\(scene.name)"]
                return try await scene.transfer(scene.rsync + files)
            },
            VerdictRow(
                "clones a repository with `git`",
                .noTerminal(.active(.sent), goes),
                needs: ["/usr/bin/git"]
            ) { scene in
                try await clone(scene)
            },
            VerdictRow(
                "brings a large file with paramiko",
                .noTerminal(.active(.received), comes)
            ) { scene in
                _ = try await scene.python("paramiko_client.py", ["put"])
                return .done(since: .now)
            },
            VerdictRow(
                "fetches a large file with asyncssh",
                .noTerminal(.active([.sent, .received]), goes)
            ) { scene in
                _ = try await scene.python("asyncssh_client.py", ["get"])
                return .done(since: .now)
            },
        ]
    )

    private static func clone(_ scene: VerdictScene) async throws -> VerdictAct {
        let repository = """
            cd && git init -q repository && cd repository && cp ../big . && git add big &&
            git -c user.name=alice -c user.email=alice@stage commit -q -m big
            """
        try await scene.stage.run(["/bin/bash", "-c", repository], as: .alice).checked()
        let ssh = "GIT_SSH_COMMAND=/lapse/slow-ssh \(scene.source.joined(separator: " "))"
        return try await scene.transfer(
            ["/usr/bin/env", ssh, "/usr/bin/git", "clone", "alice@stage:repository"]
                + ["/tmp/\(scene.name)"]
        )
    }
}

extension VerdictScene {
    /// rsync(1) over the scene's ssh, at 400 KB a second.
    fileprivate var rsync: [String] {
        let ssh = "ssh \(source.joined(separator: " "))"
        return ["/usr/bin/rsync", "--bwlimit=400", "-e", ssh]
    }

    /// Opens sftp(1), and gives it a command.
    fileprivate func sftp(_ options: [String], _ command: String?) async throws -> VerdictAct {
        let begun = ContinuousClock.now
        let client = try client(["/usr/bin/sftp"] + source + options + ["alice@stage"])
        _ = try await client.wait(for: "sftp> ", after: .start, within: Self.patience)
        if let command { try client.type("\(command)\r") }
        return .done(since: begun)
    }

    /// Starts a client that transfers at once and ends when it has; it must not end in time.
    fileprivate func transfer(_ words: [String]) async throws -> VerdictAct {
        let begun = ContinuousClock.now
        let client = try client(words)
        _ = try await session()
        return .done(since: begun) {
            guard let ended = client.process.ended else { return nil }
            return "the transfer \(ended.predicate): \(client.text.suffix(300))"
        }
    }
}
