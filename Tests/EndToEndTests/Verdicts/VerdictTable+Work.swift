import LapseStage

/// Jobs that work, in the foreground and elsewhere.
extension VerdictTable {
    /// A build that does not come to an end.
    static let make = "make -s -C ~alice/work forever"

    static let work = VerdictGroup(
        name: "work",
        rows: [
            VerdictRow(
                "runs `make`",
                .terminals(.active(.work), "the compilers work, up to `work-max`")
                    .noTerminal(.active(.work), "the compilers work, up to `work-max`"),
                needs: ["/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                try await scene.job(make).act
            },
            VerdictRow(
                "runs `make` under `sudo` with `use_pty`",
                .terminals(.active(.work), "the compilers work, up to `work-max`"),
                needs: ["/usr/bin/sudo", "/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                try await scene.job("sudo \(make)", as: .carol).act
            },
            VerdictRow(
                "packs and unpacks packages with `dpkg-deb`",
                .terminals(.active(.work), "each of the programs works")
                    .noTerminal(.active(.work), "each of the programs works"),
                needs: ["/usr/bin/dpkg-deb"]
            ) { scene in
                let file = "/tmp/\(scene.name)"
                let pack = "dpkg-deb -Zgzip -b package \(file).deb >/dev/null"
                let both = "\(pack) && dpkg-deb -x \(file).deb \(file)"
                let loop = "while \(both); do sleep 0.1; done"
                return try await scene.job("\(loop)").act
            },
            VerdictRow(
                "packs a large tree with `tar`",
                .terminals(.active(.work), "it reads and packs, up to `work-max`")
                    .noTerminal(.active(.work), "it reads and packs, up to `work-max`")
            ) { scene in
                let tar = "tar cz /usr/lib 2>/dev/null"
                return try await scene.job("\(tar) | cat >/dev/null").act
            },
            VerdictRow(
                "runs `make &` and leaves the prompt alone",
                .terminals(.idle, "only the foreground counts"),
                needs: ["/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                try await scene.job("\(make) &").act
            },
            VerdictRow(
                "stops `make` with Ctrl-Z",
                .terminals(.idle, "from the stop on: it does not work any more"),
                needs: ["/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                let (terminal, _) = try await scene.job(make)
                try await Task.sleep(for: .seconds(2))
                return try await scene.leaveJob(on: terminal, by: "\u{1A}", showing: "Stopped")
            },
            VerdictRow(
                "interrupts `tail -f` with Ctrl-C",
                .terminals(.idle, "from then on: no program reads that key, but the job is over")
            ) { scene in
                let tail = "touch \(scene.name); tail -f \(scene.name)"
                let (terminal, _) = try await scene.job(tail)
                try await Task.sleep(for: .seconds(5))
                return try await scene.leaveJob(on: terminal, by: "\u{3}", showing: "^C")
            },
        ],
        isHungry: true
    )

    static let loops = VerdictGroup(
        name: "loops",
        rows: [
            VerdictRow(
                "runs `yes >/dev/null`",
                .terminals(.active(.work), "it works, senseless or not, up to `work-max`")
                    .noTerminal(.active(.work), "it works, senseless or not, up to `work-max`")
            ) { scene in
                try await scene.job("yes >/dev/null").act
            },
            VerdictRow(
                "runs a script that computes",
                .terminals(.active(.work), "its shell is a job, not the login's shell")
                    .noTerminal(.active(.work), "it works, up to `work-max`")
            ) { scene in
                try await scene.job("./compute").act
            },
            VerdictRow(
                "types a loop at the prompt that only the shell itself works at",
                .terminals(.idle, "there is no job beyond the shell")
            ) { scene in
                try await scene.job("while :; do :; done").act
            },
        ],
        isHungry: true
    )

    /// On a stage of its own: it fills a connection.
    static let flood = VerdictGroup(
        name: "flood",
        rows: [
            VerdictRow(
                "has `yes` fill the screen",
                .pty(.active(.work), "it works, senseless or not, up to `work-max`")
                    .noTerminal(.active([.sent, .work]), "what it sends is work, up to `work-max`")
            ) { scene in
                // A terminal that is a slow reader, as most are: 400 KB a second.
                let tty = scene.column == .pty ? "-tt" : "-T"
                let command = ["/lapse/slow-ssh", tty] + scene.source
                let begun = ContinuousClock.now
                let client = try scene.client(command + ["alice@stage", "yes"])
                _ = try await client.wait(for: "y", after: .start, within: VerdictScene.patience)
                return .done(since: begun)
            }
        ]
    )
}

extension VerdictScene {
    /// Types a key that the terminal takes for itself, and does nothing more.
    fileprivate func leaveJob(
        on terminal: any Terminal,
        by key: String,
        showing phrase: Phrase
    ) async throws -> VerdictAct {
        let mark = terminal.mark()
        let left = try terminal.type(key)
        _ = try await terminal.wait(for: phrase, after: mark, within: Self.patience)
        return .done(since: left)
    }
}
