import LapseStage

/// Connections: commands, forwarding, several sessions over one, keep-alives.
extension VerdictTable {
    /// A command that prints as a build does.
    static let log = "while :; do \(VerdictScene.logLine); sleep 1.$((RANDOM % 10)); done"
    private static let keepAlive = "keep-alives are no use of a connection"

    static let connections = VerdictGroup(
        name: "connections",
        rows: [
            VerdictRow(
                "has a command print a build's log",
                .noTerminal(.active([.sent, .work]), "what it sends is work, up to `work-max`")
            ) { scene in
                try await scene.job(log).act
            },
            VerdictRow(
                "opens a connection with `ssh -N` and does nothing",
                .noTerminal(.idle, "no byte comes or goes")
            ) { scene in
                try await scene.bareConnection([])
            },
            VerdictRow(
                "forwards a port with `ssh -N -L`, and uses it",
                .noTerminal(.active([.received, .sent]), "what is forwarded comes and goes")
            ) { scene in
                try await scene.bareConnection(["-L", "\(port):127.0.0.1:22"]).with(
                    visits(to: port, in: scene)
                )
            },
            VerdictRow(
                "forwards a port beside a shell, and uses the port alone",
                .pty(.idle, "there is a terminal, and no key is read on it")
            ) { scene in
                let forward = ["-L", "\(port + 1):127.0.0.1:22"]
                let key = try await scene.logIn(options: forward).pressEnterExactly()
                return VerdictAct(key).with(visits(to: port + 1, in: scene))
            },
            VerdictRow(
                "has three shells and `sftp` over one connection, and types in one",
                .pty(.active(.input), "one hand is enough for all of them"),
                needs: ["/usr/bin/sftp"]
            ) { scene in
                let session = try await scene.threeShells()
                return scene.types(on: session.terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "has three shells and `sftp` over one connection, and types nothing",
                .pty(.idle, "none of them is used"),
                needs: ["/usr/bin/sftp"],
                lateMax: VerdictRow.exact
            ) { scene in
                VerdictAct(try await scene.threeShells().pressEnterExactly())
            },
            VerdictRow(
                "has `ServerAliveInterval 1` and does nothing",
                .pty(.idle, keepAlive).noTerminal(.idle, keepAlive)
            ) { scene in
                let options = ["-o", "ServerAliveInterval=1"]
                guard scene.column == .pty else { return try await scene.bareConnection(options) }
                return VerdictAct(try await scene.logIn(options: options).pressEnterExactly())
            },
            VerdictRow(
                "has paramiko send keep-alives each second and does nothing",
                .pty(.idle, keepAlive).noTerminal(.idle, keepAlive)
            ) { scene in
                let deed = scene.column == .pty ? "shell" : "hold"
                let begun = ContinuousClock.now
                _ = try await scene.python("paramiko_client.py", [deed, "1"])
                return .done(since: begun)
            },
            VerdictRow(
                "has asyncssh send keep-alives each second and does nothing",
                .pty(.idle, keepAlive).noTerminal(.idle, keepAlive)
            ) { scene in
                let deed = scene.column == .pty ? "shell" : "hold"
                let begun = ContinuousClock.now
                _ = try await scene.python("asyncssh_client.py", [deed, "1"])
                return .done(since: begun)
            },
            VerdictRow(
                "types in a shell of paramiko",
                .pty(.active(.input), "the shell reads each key")
            ) { scene in
                let client = try await scene.python("paramiko_client.py", ["shell", "0"])
                return scene.types(on: client) { "echo \($0)\r" }
            },
        ]
    )

    /// On a stage of its own, whose sshd asks each client each second.
    static let alive = VerdictGroup(
        name: "alive",
        rows: [
            VerdictRow(
                "does nothing where sshd has `ClientAliveInterval 1`",
                .pty(.idle, keepAlive).noTerminal(.idle, keepAlive)
            ) { scene in
                guard scene.column == .pty else { return try await scene.bareConnection([]) }
                return VerdictAct(try await scene.logIn().pressEnterExactly())
            },
            VerdictRow(
                "types where sshd has `ClientAliveInterval 1`",
                .pty(.active(.input), "the shell reads each key")
            ) { scene in
                let session = try await scene.logIn()
                return scene.types(on: session.terminal) { "echo \($0)\r" }
            },
        ],
        scenery: VerdictScenery(sshdLines: ["ClientAliveInterval 1"])
    )

    /// The first of the ports that are forwarded on a stage.
    static let port = 7_000

    /// Somebody uses a forwarded port: each visit opens a channel and reads sshd's first line.
    static func visits(to port: Int, in scene: VerdictScene) -> VerdictAct {
        let visit = "exec 3<>/dev/tcp/127.0.0.1/\(port); read -t 5 -u 3 line; echo \"$line\""
        return .goesOn { _ in
            let answer = try await scene.stage.run(["/bin/bash", "-c", visit])
            // The session that forwards may have ended meanwhile.
            guard answer.output.contains("SSH-2.0") else {
                throw StageError.ended("an answer of port \(port)", instead: answer.error)
            }
        }
    }
}

extension VerdictScene {
    /// Opens a connection without a session channel.
    func bareConnection(_ options: [String]) async throws -> VerdictAct {
        let begun = ContinuousClock.now
        _ = try ssh(options: ["-N"] + options)
        _ = try await session()
        // The client still asks for what it forwards.
        try await Task.sleep(for: .milliseconds(500))
        return .done(since: begun)
    }

    /// Opens three shells and sftp over one connection; the last of the shells.
    fileprivate func threeShells() async throws -> ShellSession {
        let path = ["-o", "ControlPath=/root/\(name)"]
        _ = try await logIn(options: ["-M"] + path)
        _ = try await logIn(options: path)
        let last = try await logIn(options: path)
        let sftp = try client(["/usr/bin/sftp"] + path + ["alice@stage"])
        _ = try await sftp.wait(for: "sftp> ", after: .start, within: Self.patience)
        return last
    }
}
