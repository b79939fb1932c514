import LapseStage

/// Programs that wait, or do next to nothing.
extension VerdictTable {
    static let waiting = VerdictGroup(
        name: "waiting",
        rows: [
            VerdictRow(
                "runs `sleep 800h`",
                .terminals(.idle, "it does nothing")
                    .noTerminal(.idle, "it does nothing, and no byte comes or goes")
            ) { scene in
                try await scene.job("sleep 800h").act
            },
            VerdictRow(
                "leaves `cat` waiting for a line",
                .terminals(.idle, "it does nothing")
                    .noTerminal(.idle, "it does nothing, and no byte comes or goes")
            ) { scene in
                try await scene.job("cat").act
            },
            VerdictRow(
                "has `top` open",
                .terminals(.idle, "what it uses is far too little for work, and output is no hand"),
                needs: ["/usr/bin/top"]
            ) { scene in
                try await scene.job("top", shows: "load average").act
            },
            VerdictRow(
                "runs `watch date`",
                .terminals(.idle, "what it uses is far too little for work, and output is no hand"),
                needs: ["/usr/bin/watch"]
            ) { scene in
                try await scene.job("watch date", shows: "Every 2.0s").act
            },
            VerdictRow(
                "follows a silent log with `tail -f`",
                .terminals(.idle, "it does nothing")
                    .noTerminal(.idle, "it does nothing, and no byte comes or goes")
            ) { scene in
                try await scene.job("touch \(scene.name); tail -f \(scene.name)").act
            },
            VerdictRow(
                "follows a growing log with `tail -f`",
                .terminals(.idle, "a few lines are no work, and output is no hand")
                    .noTerminal(.active([.sent, .work]), "what it sends is work, up to `work-max`")
            ) { scene in
                let log = "/home/alice/\(scene.name).log"
                try scene.writeLog(log)
                return try await scene.job("tail -f \(log)").act
            },
            VerdictRow(
                "has `vim` open and types nothing",
                .terminals(.idle, "it does nothing"),
                needs: ["/usr/bin/vim"]
            ) { scene in
                try await scene.job("vim -n -N -u NONE text", shows: "All work").act
            },
            VerdictRow(
                "types in `vim`",
                .terminals(.active(.input), "it reads each key"),
                needs: ["/usr/bin/vim"]
            ) { scene in
                let vim = try await scene.job("vim -n -N -u NONE text", shows: "All work")
                return scene.types(on: vim.terminal) { "iword \($0)\u{1B}" }
            },
            VerdictRow(
                "has `less` open",
                .terminals(.idle, "it does nothing"),
                needs: ["/usr/bin/less"]
            ) { scene in
                try await scene.job("less text", shows: "All work").act
            },
            VerdictRow(
                "has a manual page open",
                .terminals(.idle, "the pager does nothing"),
                needs: ["/usr/bin/man"]
            ) { scene in
                try await scene.job("man -l jack.1", shows: "JACK(1)").act
            },
            VerdictRow(
                "has `python3` open at its prompt",
                .terminals(.idle, "it does nothing"),
                needs: ["/usr/bin/python3"]
            ) { scene in
                try await scene.job("python3 -q", shows: ">>>").act
            },
        ]
    )
}

extension VerdictScene {
    /// A command that prints a line of any length.
    static let logLine = "printf '%*s\\n' $((RANDOM % 90 + 1)) line"

    /// Has a file grow by lines of many lengths, as a server's log does.
    func writeLog(_ path: String) throws {
        let loop = "while :; do \(Self.logLine) >>\(path); sleep 1.$((RANDOM % 10)); done"
        let writer = try stage.spawn(["/bin/bash", "-c", loop])
        keep(writer)
    }
}
