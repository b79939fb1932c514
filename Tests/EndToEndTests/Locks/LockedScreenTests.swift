import LapseStage
import Testing

/// What somebody was doing when his terminal was locked, and how he goes on.
struct Doing: Sendable, CustomTestStringConvertible {
    let name: String
    /// What of the host it takes.
    var program: String?
    var user = StageUser.alice
    /// Typed before the lock, each when the screen is at rest.
    let before: [String]
    /// Typed after it.
    let after: [String]
    /// What is seen then, if nothing was lost.
    let seen: String
    /// It paints its figures anew whenever it paints: only that it goes on is looked at.
    var changesByItself = false
    /// It uses the other screen of the terminal, which this emulator does not tell of.
    var isFullScreen = false

    var testDescription: String { name }

    static let all = [
        Doing(
            name: "half a line at the prompt",
            before: ["echo hi\r", "echo half"],
            after: ["-typed\r"],
            seen: "half-typed"
        ),
        Doing(
            name: "vim in insert mode with unsaved text",
            program: "/usr/bin/vim",
            before: ["vim -u NONE -N f.txt\r", "ihello unsaved\rline two", " mid"],
            after: ["DLE\u{1b}:w\r", ":q\r", "cat f.txt\r"],
            seen: "line two midDLE",
            isFullScreen: true
        ),
        Doing(
            name: "less in the middle of a file",
            program: "/usr/bin/less",
            before: ["seq 500 > numbers; less numbers\r", "20j", "j"],
            after: ["q", "echo back\r"],
            seen: "back",
            isFullScreen: true
        ),
        Doing(
            name: "top",
            program: "/usr/bin/top",
            before: ["top -d 900\r", "1"],
            after: ["q", "echo back\r"],
            seen: "back",
            changesByItself: true
        ),
        Doing(
            name: "htop",
            program: "/usr/bin/htop",
            user: .bob,
            before: ["htop -d 100\r", "t"],
            after: ["q", "echo back\r"],
            seen: "back",
            changesByItself: true
        ),
        Doing(
            name: "a python REPL in the middle of a line",
            program: "/usr/bin/python3",
            before: ["python3 -q\r", "a = 40 + "],
            after: ["2\r", "print('is', a)\r"],
            seen: "is 42"
        ),
        Doing(
            name: "tmux",
            program: "/usr/bin/tmux",
            // Its clock would make another screen of it.
            before: [
                "tmux -f /dev/null new \\; set status-right ''\r", "echo inside\r", "echo ha",
            ],
            after: ["lf\r", "exit\r", "echo back\r"],
            seen: "back",
            isFullScreen: true
        ),
        Doing(
            name: "sudo",
            user: .dave,
            before: ["sudo -i\r", "echo ro"],
            after: ["ot\r"],
            seen: "root"
        ),
        Doing(
            name: "a pipeline that was stopped",
            user: .bob,
            before: ["sleep 1000 | cat\r", "\u{1a}", "jobs\r"],
            after: ["jobs\r"],
            seen: "Stopped"
        ),
        Doing(
            name: "read -s in a script, half answered",
            user: .carol,
            before: ["bash -c 'read -s -p \"secret: \" x; echo got $x'\r", "abc"],
            after: ["def\r"],
            seen: "got abcdef"
        ),
        Doing(
            name: "cat in the middle of a line",
            user: .carol,
            before: ["cat\r", "one\r", "tw"],
            after: ["o\r", "\u{4}"],
            seen: "two"
        ),
        Doing(
            name: "a dialog of whiptail",
            program: "/usr/bin/whiptail",
            user: .erin,
            before: ["whiptail --inputbox question 10 40\r", "answ"],
            after: ["er\r", "\r"],
            seen: "answer",
            isFullScreen: true
        ),
        Doing(
            name: "a dialog of dialog",
            program: "/usr/bin/dialog",
            user: .erin,
            before: ["dialog --inputbox question 10 40\r", "answ"],
            after: ["er\r", "\r"],
            seen: "answer",
            isFullScreen: true
        ),
        Doing(
            name: "a job in the background that writes",
            user: .erin,
            before: ["(sleep 9; echo NOISE; touch been) &\r"],
            after: ["wait; ls\r"],
            seen: "been"
        ),
    ]
}

@Suite(.needsStage) struct LockedScreenTests {
    @Test func `after an unlock every screen is as it was, cell by cell, and typing goes on`()
        async throws
    {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, doing) in Doing.all.enumerated() {
                    group.addTask { try await play(doing, on: stage, name: "p\(index)") }
                }
                try await group.waitForAll()
            }
            #expect(try await !stage.remainsOfLocks().contains("lapse-"))
        }
    }

    private func play(_ doing: Doing, on stage: Stage, name: String) async throws {
        if let obstacle = doing.program.flatMap({ StageRequirements.obstacle(toUsing: $0) }) {
            guard !StageRequirements.isDemanded else { throw StageError.unsuitable(obstacle) }
            return print("NOT TRIED: \(doing.name): \(obstacle)")
        }
        let person = try await LockedPerson(doing.user, on: stage, name: name)
        try await person.type(doing.before)
        let before = try await person.emulator.rest()
        let locked = try await person.waitForLock()
        for row in before.rows.filter({ $0.count > 3 }) {
            #expect(!locked.shows(row), "\(doing.name): the lock screen shows \(row)")
        }
        try await person.unlock()
        let after = try await person.emulator.rest()
        if !doing.changesByItself {
            #expect(after.rows == before.rows, "\(doing.name): \(before)\n\(after)")
            let (old, new) = (modes(before, doing), modes(after, doing))
            #expect(new == old, "\(doing.name)")
        }
        try await person.type(doing.after)
        let end = try await person.emulator.rest()
        #expect(end.shows(doing.seen), "\(doing.name): \(end)")
    }

    /// vim's own terminal tells a program which of its two screens it shows (DECRQM), unlike tmux.
    @Test(arguments: [
        (start: "seq 500 >n; less n\r", keys: "20j", end: "q"),
        (start: "vim -u NONE -N f.txt\r", keys: "ihello\rworld", end: "\u{1b}:q!\r"),
        (start: "whiptail --msgbox hello 10 40\r", keys: "\t", end: "\r"),
    ])
    func `where the terminal tells its screens, the shell's own is as it was when a program ends`(
        program: (start: String, keys: String, end: String)
    ) async throws {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(
                .alice,
                on: stage,
                name: "vim",
                inside: ["vim", "-u", "NONE", "-N", "-c", "set ttimeout ttimeoutlen=10"]
                    + ["-c", "terminal ++curwin ssh alice@stage"]
            )
            try await person.type(["echo older\r"])
            let shell = try await person.emulator.rest().plainRows
            try await person.type([program.start, program.keys])
            let before = try await person.emulator.rest().plainRows
            try #require(before != shell)
            try await person.waitForLock()
            try await person.unlock()
            #expect(try await person.emulator.rest().plainRows == before)
            try await person.type([program.end])
            let after = try await person.emulator.rest().plainRows
            let lines = shell.prefix { !$0.isEmpty }.dropLast()
            #expect(lines.count > 1)
            // vim keeps one cursor for both screens, so the prompt may come right behind one of them.
            #expect(zip(after, lines).allSatisfy { $0.hasPrefix($1) }, "\(after)")
            let command = String(program.start.dropLast())
            #expect(after.contains { $0.contains(command) }, "\(after)")
        }
    }

    /// tmux 3.3 does not tell which of its screens a program has, so after an unlock a full-screen
    /// program paints on the main one.
    private func modes(_ screen: Emulator.Screen, _ doing: Doing) -> [Substring] {
        screen.modes.split(separator: " ").filter {
            !doing.isFullScreen || !$0.hasPrefix("alternate_on")
        }
    }
}
