import LapseStage

/// Programs that show terminals in a terminal.
extension VerdictTable {
    private static let tmux = "tmux -L $$ -f /dev/null new 'echo in\"\"side; exec bash -l'"
    private static let screen = "screen -c /dev/null bash -c 'echo in\"\"side; exec bash -l'"

    static let multiplexers = VerdictGroup(
        name: "multiplexers",
        rows: [
            VerdictRow(
                "has `tmux` attached and types nothing",
                .terminals(.idle, "its own terminals bring no input"),
                needs: ["/usr/bin/tmux"]
            ) { scene in
                try await scene.job(tmux, shows: "inside").act
            },
            VerdictRow(
                "types in `tmux`",
                .terminals(.active(.input), "the keys pass through the session's own terminal"),
                needs: ["/usr/bin/tmux"]
            ) { scene in
                let (terminal, _) = try await scene.job(tmux, shows: "inside")
                return scene.types(on: terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "has `make` run in an attached `tmux`",
                .terminals(.active(.work), "what its panes run belongs to who looks at them"),
                needs: ["/usr/bin/tmux", "/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                let (terminal, _) = try await scene.job(tmux, shows: "inside")
                return .done(since: try terminal.type("\(make)\r"))
            },
            VerdictRow(
                "detaches `tmux` with `make` in it and leaves the prompt alone",
                .terminals(.idle, "nobody looks at what runs in it"),
                needs: ["/usr/bin/tmux", "/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                .done(since: try await detached(scene).since)
            },
            VerdictRow(
                "detaches `tmux` with `make` in it and logs out",
                .terminals(.over, "what runs on keeps no session"),
                needs: ["/usr/bin/tmux", "/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                let (terminal, since) = try await detached(scene)
                try terminal.type("exit\r")
                return .done(since: since) {
                    let isLeft = try scene.stage.residents(titled: "make").isEmpty == false
                    return isLeft ? nil : "nothing of it was left"
                }
            },
            VerdictRow(
                "has `screen` attached and types nothing",
                .terminals(.idle, "its own terminals bring no input"),
                needs: ["/usr/bin/screen"]
            ) { scene in
                try await scene.job(screen, shows: "inside").act
            },
            VerdictRow(
                "types in `screen`",
                .terminals(.active(.input), "the keys pass through the session's own terminal"),
                needs: ["/usr/bin/screen"]
            ) { scene in
                let (terminal, _) = try await scene.job(screen, shows: "inside")
                return scene.types(on: terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "has `make` run in an attached `screen`",
                .terminals(.active(.work), "what its windows run belongs to who looks at them"),
                needs: ["/usr/bin/screen", "/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                let (terminal, _) = try await scene.job(screen, shows: "inside")
                return .done(since: try terminal.type("\(make)\r"))
            },
        ],
        isHungry: true
    )

    /// Starts a build in tmux and detaches it; `since` is when the key for that was typed.
    private static func detached(
        _ scene: VerdictScene
    ) async throws -> (terminal: any Terminal, since: ContinuousClock.Instant) {
        let (terminal, _) = try await scene.job(tmux, shows: "inside")
        let begun = terminal.mark()
        try terminal.type("echo bui''lds; \(make)\r")
        _ = try await terminal.wait(for: "builds", after: begun, within: VerdictScene.patience)
        let mark = terminal.mark()
        let typed = try terminal.type("\u{2}d")
        _ = try await terminal.wait(for: "[detached", after: mark, within: VerdictScene.patience)
        // What the client used on its last way may be too little to be seen.
        return (terminal, typed - .milliseconds(100))
    }
}
