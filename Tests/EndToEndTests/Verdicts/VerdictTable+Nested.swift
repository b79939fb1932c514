import LapseStage

/// Shells in shells: other users, other hosts, other terminals.
extension VerdictTable {
    private static let shell = "'echo in\"\"side; exec bash -l'"
    private static let onward = "ssh -t -i .ssh/id_ed25519 bob@stage \(shell)"

    static let nested = VerdictGroup(
        name: "nested",
        rows: [
            VerdictRow(
                "leaves the password prompt of `sudo -i` open",
                .terminals(.idle, "nobody answers it"),
                needs: ["/usr/bin/sudo"],
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.job("sudo -i", shows: "password for erin", as: .erin).act
            },
            VerdictRow(
                "leaves a root shell of `sudo -i` alone",
                .terminals(.idle, "no key is read; root's limit holds"),
                needs: ["/usr/bin/sudo"],
                limit: VerdictScenery.rootIdleLimit,
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.rootShell("sudo -i", as: .dave).act
            },
            VerdictRow(
                "leaves a root shell of `su -` alone",
                .terminals(.idle, "no key is read; root's limit holds"),
                limit: VerdictScenery.rootIdleLimit,
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.rootShell("su -", as: .dave).act
            },
            VerdictRow(
                "leaves a root shell of `sudo` with `use_pty` alone",
                .terminals(.idle, "sudo's own terminal brings no input; root's limit holds"),
                needs: ["/usr/bin/sudo"],
                limit: VerdictScenery.rootIdleLimit,
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.rootShell("sudo -i", as: .carol).act
            },
            VerdictRow(
                "types in a root shell of `sudo` with `use_pty`",
                .terminals(.active(.input), "the keys pass through the session's own terminal"),
                needs: ["/usr/bin/sudo"]
            ) { scene in
                let root = try await scene.rootShell("sudo -i", as: .carol)
                return scene.types(on: root.terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "goes on to another host by `ssh` and types nothing",
                .terminals(.idle, "here as there no key is read"),
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.job(onward, shows: "inside").act
            },
            VerdictRow(
                "goes on to another host by `ssh` and types there",
                .terminals(.active(.input), "the keys pass through the session's own terminal")
            ) { scene in
                let (terminal, _) = try await scene.job(onward, shows: "inside")
                return scene.types(on: terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "records a shell with `script` and types nothing",
                .terminals(.idle, "script's own terminal brings no input"),
                needs: ["/usr/bin/script"],
                lateMax: VerdictRow.blurred
            ) { scene in
                try await scene.job("script -q -c \(shell) /dev/null", shows: "inside").act
            },
            VerdictRow(
                "records a shell with `script` and types in it",
                .terminals(.active(.input), "the keys pass through the session's own terminal"),
                needs: ["/usr/bin/script"]
            ) { scene in
                let script = "script -q -c \(shell) /dev/null"
                let (terminal, _) = try await scene.job(script, shows: "inside")
                return scene.types(on: terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "has `expect` type into a shell",
                .terminals(.idle, "what a program types into its own terminal is no hand"),
                needs: ["/usr/bin/expect"],
                lateMax: VerdictRow.blurred
            ) { scene in
                let file = "\(scene.name).exp"
                try await scene.stage.give(.alice, file, expectScript)
                return try await scene.job("expect \(file)", shows: "feeding").act
            },
            VerdictRow(
                "types on a serial line",
                .console(.active(.input), "the shell reads each key"),
                needs: ["/usr/bin/script"]
            ) { scene in
                let session = try await scene.logInOnSerialLine()
                return scene.types(on: session.terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "leaves a serial line alone",
                .console(.idle, "no key is read"),
                needs: ["/usr/bin/script"],
                lateMax: VerdictRow.exact
            ) { scene in
                let session = try await scene.logInOnSerialLine()
                return VerdictAct(try await session.pressEnterExactly())
            },
            VerdictRow(
                "uses `mosh`",
                .pty(.over, "its ssh is gone at once; the server that it leaves is no session"),
                needs: ["/usr/bin/mosh"]
            ) { scene in
                try await mosh(scene)
            },
        ],
        scenery: VerdictScenery(
            rules: """

                [[rule]]
                name = "the end of a login that came on from here would end a job here"
                when = { users = "bob" }
                idle = "never"

                """
        )
    )

    private static let expectScript = """
        log_user 0
        spawn bash --norc
        puts feeding
        while 1 {
            send "date\\r"
            expect "20"
            sleep [expr 1 + rand() * 3]
        }
        """

    private static func mosh(_ scene: VerdictScene) async throws -> VerdictAct {
        let begun = ContinuousClock.now
        let ssh = "ssh \(scene.source.joined(separator: " "))"
        // Else ssh would not be the one who connects, but a proxy from another address.
        let ways = ["--experimental-remote-ip=remote", "--ssh=\(ssh)"]
        let client = try scene.client(
            ["/usr/bin/env", "LC_ALL=C.UTF-8", "/usr/bin/mosh"] + ways + ["alice@stage"]
        )
        let isIn = { (text: String) in text.contains("} ") ? true : nil }
        _ = try await client.wait(for: "a prompt", within: VerdictScene.patience, look: isIn)
        return .done(since: begun) {
            let mark = client.mark()
            try client.type("echo in''side\r")
            _ = try await client.wait(for: "inside", after: mark, within: VerdictScene.patience)
            return nil
        }
    }
}

extension VerdictScene {
    /// Opens root's shell in a session and waits until the daemon knows of it.
    func rootShell(
        _ command: String,
        as user: StageUser
    ) async throws -> (terminal: any Terminal, act: VerdictAct) {
        let session = try await logIn(user)
        let id = try await self.session()
        let begun = ContinuousClock.now
        try await session.run(command)
        _ = try await stage.nextLog(
            ["event=privileged ", "session=\(id) "],
            after: .start,
            within: Self.patience
        )
        return (session.terminal, .done(since: begun))
    }
}
