import LapseStage

/// What is made up to look like use.
extension VerdictTable {
    /// Pauses as even as a timer makes them.
    private static let even = [Duration.milliseconds(1_500)]
    /// How late the end may be where it takes thirty equal pauses to know a rhythm
    /// (`Rhythm.pausesMin`): none of its keys counts then, and all that is left is the warning.
    private static let seenThrough =
        Duration.seconds(45 + 4) - VerdictScenery.idleLimit + VerdictRow.sampled

    /// On a stage of its own: each way to outlive an end, or to keep it from coming.
    static let escapes = VerdictGroup(
        name: "escapes",
        rows: [
            VerdictRow(
                "changes the mode of the terminal again and again",
                .terminals(.idle, "a change of the node is no read")
            ) { scene in
                let modes = "chmod 600 $tty; sleep 1.7; chmod 620 $tty; sleep 0.9"
                return try await scene.job("tty=$(tty); (while :; do \(modes); done) &").act
            },
            VerdictRow(
                "has a background job write to the terminal again and again",
                .terminals(.idle, "output is no hand")
            ) { scene in
                try await scene.job("(while sleep 1.3; do echo busy; done) &").act
            },
            VerdictRow(
                "has a background job try to read the terminal again and again",
                .terminals(.idle, "the kernel stops it before it reads (SIGTTIN)")
            ) { scene in
                let read = "timeout 1 dd bs=1 count=1 of=/dev/null 2>/dev/null"
                return try await scene.job("(while sleep 0.7; do \(read); done) &").act
            },
            VerdictRow(
                "feeds a shell in `script` from a pipe",
                .terminals(.idle, "what a program types into its own terminal is no hand"),
                needs: ["/usr/bin/script"]
            ) { scene in
                let feed = "(while sleep 1.$((RANDOM % 9)); do echo date; done)"
                let script = "script -q -c 'bash --norc' /dev/null >/dev/null"
                return try await scene.job("\(feed) | \(script)").act
            },
            VerdictRow(
                "stops the sshd that speaks for him with SIGSTOP",
                .pty(.idle, "the end does not need it")
            ) { scene in
                let relay = "$(ps -o ppid= -p $$)"
                return try await scene.job("(sleep 1; kill -STOP \(relay)) &").act
            },
            VerdictRow(
                "starts anew what is killed, deaf to HUP and TERM, where `detached` is \"end\"",
                .terminals(.idle, "nobody of the session outlives SIGKILL")
            ) { scene in
                try await respawn(scene)
            },
        ],
        scenery: VerdictScenery(
            rules: """

                [[rule]]
                name = "nobody is left"
                when = { users = "dave" }
                detached = "end"

                """
        )
    )

    static let deceit = VerdictGroup(
        name: "deceit",
        rows: [
            VerdictRow(
                "sets the access time of the terminal again and again with `touch`",
                .terminals(.idle, "the stamp was set, not moved by a read; it is logged"),
                suspicion: "stamp-set"
            ) { scene in
                let touch = "tty=$(tty); (while sleep 2.3; do touch -a \"$tty\"; done) &"
                return try await scene.job(touch).act
            },
            VerdictRow(
                "sets the access time of the terminal to tomorrow",
                .terminals(.idle, "the stamp was set, not moved by a read; it is logged"),
                suspicion: "stamp-set"
            ) { scene in
                // On a quiet machine the first command runs before the daemon has found the terminal
                // (`TerminalSearch`), and would have set a stamp that nobody saw otherwise.
                try await scene.job("sleep 1; touch -a -d tomorrow \"$(tty)\"").act
            },
            VerdictRow(
                "puts keys into the terminal's queue with TIOCSTI",
                .pty(.idle, "no byte came over the connection; it is logged"),
                needs: ["/usr/bin/perl"],
                suspicion: "unbacked-input"
            ) { scene in
                guard try await !scene.stage.refusesTIOCSTI() else {
                    let reason = "this kernel takes no keys by TIOCSTI (legacy_tiocsti is 0)"
                    throw VerdictImpossible(description: reason)
                }
                let push = "ioctl STDIN, 0x5412, my $key = qq(\\n); select undef, undef, undef"
                let perl = "perl -e 'while (1) { \(push), 1 + rand 3 }'"
                return try await scene.job("\(perl) &").act
            },
            VerdictRow(
                "has a loop ask the terminal for its cursor, which the terminal answers",
                .pty(.idle, "the answers come in a rhythm; it is logged"),
                lateMax: seenThrough,
                suspicion: "rhythm"
            ) { scene in
                let ask = "printf '\\e[6n'; IFS= read -rs -t 1 -d R answer"
                let (terminal, act) = try await scene.job("while sleep 1.5; do \(ask); done")
                return act.with(answers(on: terminal))
            },
            VerdictRow(
                "has the client type a key in even pauses",
                .terminals(.idle, "no hand keeps such time; it is logged"),
                lateMax: seenThrough,
                suspicion: "rhythm"
            ) { scene in
                let session = try await scene.logIn()
                let key = try await session.pressEnterExactly()
                return VerdictAct(key).with(
                    .goesOn(pauses: even) { _ in try session.terminal.type(" ") }
                )
            },
            VerdictRow(
                "has the client send the same few bytes in even pauses",
                .noTerminal(.idle, "that is a keep-alive, by whatever name; it is logged"),
                lateMax: seenThrough,
                suspicion: "keep-alives"
            ) { scene in
                let (terminal, act) = try await scene.job("cat >/dev/null")
                return act.with(.goesOn(pauses: even) { _ in try terminal.type("\r") })
            },
            VerdictRow(
                "has an editor's server answer a heartbeat each 2 seconds",
                .noTerminal(.idle, "that is a keep-alive, by whatever name; it is logged"),
                lateMax: seenThrough,
                suspicion: "keep-alives"
            ) { scene in
                let begun = ContinuousClock.now
                _ = try await scene.python("asyncssh_client.py", ["heartbeat"])
                return .done(since: begun)
            },
            VerdictRow(
                "leaves jobs behind with `setsid`, `nohup` and a double fork",
                .terminals(.idle, "they keep nothing; what is spared at the end is named")
            ) { scene in
                try await escape(scene)
            },
        ]
    )

    /// A terminal that answers each question for its cursor at once.
    private static func answers(on terminal: any Terminal) -> VerdictAct {
        .goesOn(pauses: [.zero]) { turn in
            _ = try await terminal.wait(for: "the next question", within: .seconds(60)) { text in
                let parts = text.split(separator: "\u{1B}[6n", omittingEmptySubsequences: false)
                return parts.count - 1 > turn ? true : nil
            }
            try terminal.type("\u{1B}[24;1R")
        }
    }

    private static func respawn(_ scene: VerdictScene) async throws -> VerdictAct {
        let span = "8\(scene.name.filter(\.isNumber))"
        let loop = "while :; do (sleep \(span)); done"
        let deaf = "trap '' HUP TERM; (\(loop)) & (\(loop)) &"
        return try await scene.job(deaf, as: .dave).act.checking {
            try await scene.waitForClosing()
            let left = try scene.stage.residents().filter { $0.title == "sleep \(span)" }
            return left.isEmpty ? nil : "\(left) live on"
        }
    }

    private static func escape(_ scene: VerdictScene) async throws -> VerdictAct {
        let span = "7\(scene.name.filter(\.isNumber))"
        let job = "sleep \(span) &"
        let jobs = "setsid \(job) nohup \(job) ((setsid \(job)) &)"
        let act = try await scene.job("(\(jobs)) >/dev/null 2>&1 </dev/null").act
        return act.checking {
            let spared = Phrase(["event=spared ", "session=\(try await scene.session()) "])
            let line = try await scene.stage.nextLog(spared, after: .start, within: .seconds(20))
            let named = line.fields["processes"] ?? ""
            let left = try scene.stage.residents().filter { $0.title == "sleep \(span)" }
            let unnamed = left.filter { !named.contains("sleep[\($0.pid)]") }
            return unnamed.isEmpty ? nil : "\(unnamed) run on, and only \(named) is named"
        }
    }
}

extension VerdictScene {
    /// Waits until the daemon has let go of the session.
    fileprivate func waitForClosing() async throws {
        let id = try await session()
        let end = ContinuousClock.now + Self.patience
        while try await stage.list().contains(where: { $0.id == id }) {
            guard ContinuousClock.now < end else { throw StageError.garbled("\(id) is not closed") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension Stage {
    /// Whether the kernel takes no keys by TIOCSTI; before 6.2 each did, and could not be told.
    fileprivate func refusesTIOCSTI() async throws -> Bool {
        let setting = try await run(["cat", "/proc/sys/dev/tty/legacy_tiocsti"])
        return setting.exit.succeeded && setting.output == "0\n"
    }
}
