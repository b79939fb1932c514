import LapseStage

/// What a hand does, and the want of one.
extension VerdictTable {
    static let hands = VerdictGroup(
        name: "hands",
        rows: [
            VerdictRow(
                "leaves the prompt of the shell alone",
                .terminals(.idle, "no key is read"),
                lateMax: VerdictRow.exact
            ) { scene in
                let key = try await scene.logIn().pressEnterExactly()
                return VerdictAct(key)
            },
            VerdictRow(
                "types now and then",
                .terminals(.active(.input), "the shell reads each key")
                    .noTerminal(.active(.received), "what is typed comes over the connection")
            ) { scene in
                if scene.column == .noTerminal {
                    let (terminal, _) = try await scene.job("cat >/dev/null")
                    return scene.types(on: terminal) { "line \($0 * 1_001)\r" }
                }
                let session = try await scene.logIn()
                return scene.types(on: session.terminal) { "echo \($0)\r" }
            },
            VerdictRow(
                "pastes a page of text",
                .terminals(.active(.input), "it is typing, and fast")
            ) { scene in
                let session = try await scene.logIn()
                let page = String(repeating: "# All work and no play\r", count: 24)
                return scene.types(on: session.terminal) { _ in page }
            },
            VerdictRow(
                "holds a key down",
                .terminals(.active(.input), "each repetition is read")
            ) { scene in
                let terminal = try await scene.logIn().terminal
                // As often as a keyboard repeats, see kbdrate(8).
                return .goesOn(pauses: [.milliseconds(92)]) { _ in try terminal.type("a") }
            },
            VerdictRow(
                "types whole lines that nobody reads, under `sleep`",
                .terminals(.active(.input), "the kernel shows that more lines wait")
            ) { scene in
                let (terminal, _) = try await scene.job("sleep 800h")
                return scene.types(on: terminal) { "line \($0)\r" }
            },
            VerdictRow(
                "leaves a typed line unread, under `sleep`",
                .terminals(.idle, "it counts from when it was typed")
            ) { scene in
                let (terminal, _) = try await scene.job("sleep 800h")
                return .done(since: try terminal.type("date\r"))
            },
            VerdictRow(
                "types without Enter where nobody reads, under `sleep`",
                .terminals(.idle, "the kernel does not show half a line")
            ) { scene in
                let (terminal, act) = try await scene.job("sleep 800h")
                return act.with(scene.types(on: terminal) { _ in "word " })
            },
            VerdictRow(
                "stops the screen with Ctrl-S and goes",
                .terminals(.idle, "no key is read"),
                lateMax: VerdictRow.exact
            ) { scene in
                let session = try await scene.logIn()
                let key = try await session.pressEnter()
                try session.terminal.type("\u{13}")
                return .done(since: key.notBefore)
            },
            VerdictRow(
                "says `lapsectl hold`",
                .terminals(.active(.held), "the hold, within `hold-max`")
            ) { scene in
                let session = try await scene.logIn()
                try await session.run("lapsectl hold 10m --why restore")
                return .done(since: .now)
            },
            VerdictRow(
                "has a script say `lapsectl touch`",
                .terminals(.active(.word), "his word, until `hold-max` after the last key")
            ) { scene in
                let (_, act) = try await scene.job("(while sleep 5; do lapsectl touch; done) &")
                return act
            },
        ]
    )
}

extension VerdictAct {
    /// A key was read, and nothing more is done.
    init(_ key: ShellSession.KeyRead) {
        self.init(notBefore: key.notBefore, notAfter: key.notAfter, habit: nil, check: nil)
    }

    /// What was done, and then a habit that is not to count.
    func with(_ other: VerdictAct) -> VerdictAct {
        VerdictAct(notBefore: notBefore, notAfter: notAfter, habit: other.habit, check: check)
    }

    /// The same, and something has to be true when the verdict is known; a sentence where it is not.
    func checking(_ check: @escaping @Sendable () async throws -> String?) -> VerdictAct {
        VerdictAct(notBefore: notBefore, notAfter: notAfter, habit: habit, check: check)
    }
}
