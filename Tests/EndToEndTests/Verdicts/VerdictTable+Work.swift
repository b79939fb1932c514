import LapseStage

/// Jobs that work, in the foreground and elsewhere.
extension VerdictTable {
    /// A build that does not come to an end.
    static let make = "/lapse/gently make -s -C ~alice/work forever"

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
                "packs and unpacks packages with `dpkg-deb`",
                .terminals(.active(.work), "each of the programs works")
                    .noTerminal(.active(.work), "each of the programs works"),
                needs: ["/usr/bin/dpkg-deb"]
            ) { scene in
                let file = "/tmp/\(scene.name)"
                let pack = "/lapse/gently dpkg-deb -Zgzip -b package \(file).deb"
                let unpack = "/lapse/gently dpkg-deb -x \(file).deb \(file)"
                return try await scene.job("while \(pack) >/dev/null && \(unpack); do :; done").act
            },
            VerdictRow(
                "packs a large tree with `tar`",
                .terminals(.active(.work), "both ends of the pipe work")
                    .noTerminal(.active(.work), "both ends of the pipe work")
            ) { scene in
                let tar = "/lapse/gently tar cz /usr/lib 2>/dev/null | cat >/dev/null"
                return try await scene.job(tar).act
            },
            VerdictRow(
                "runs `yes >/dev/null`",
                .terminals(.active(.work), "it works, senseless or not, up to `work-max`")
                    .noTerminal(.active(.work), "it works, senseless or not, up to `work-max`")
            ) { scene in
                try await scene.job("/lapse/gently yes >/dev/null").act
            },
            VerdictRow(
                "runs a script that computes",
                .terminals(.active(.work), "its shell is a job, not the login's shell")
                    .noTerminal(.active(.work), "it works, up to `work-max`")
            ) { scene in
                try await scene.job("/lapse/gently ./compute").act
            },
            VerdictRow(
                "types a loop at the prompt that only the shell itself works at",
                .terminals(.idle, "there is no job beyond the shell")
            ) { scene in
                try await scene.job("echo 10 >/proc/self/autogroup; while :; do :; done").act
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
                .terminals(.idle, "it does not work any more"),
                needs: ["/usr/bin/make", "/usr/bin/gcc"]
            ) { scene in
                let (terminal, _) = try await scene.job(make)
                try await Task.sleep(for: .seconds(2))
                let mark = terminal.mark()
                // What it did between the last look and the key may be too little to be seen.
                let stopped = try terminal.type("\u{1A}") - .milliseconds(100)
                _ = try await terminal.wait(
                    for: "Stopped",
                    after: mark,
                    within: VerdictScene.patience
                )
                return .done(since: stopped)
            },
        ]
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
                let client = try scene.client(command + ["alice@stage", "/lapse/gently yes"])
                _ = try await client.wait(for: "y", after: .start, within: VerdictScene.patience)
                return .done(since: begun)
            }
        ]
    )
}
