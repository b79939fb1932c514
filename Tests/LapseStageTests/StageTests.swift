import LapseStage
import Testing

@Suite(.needsBareStage) struct StageTests {
    @Test func `a shell by ssh shows what a typed command says and ends with exit`() async throws {
        let stage = try await Stage.start(StageOptions(.absent))
        let alice = try await stage.logIn(.alice)
        let shown = try await alice.run("id -un; tty; cat /proc/self/loginuid; echo; hostname")
        #expect(shown.contains("\r\nalice\r\n/dev/pts/0\r\n1001\r\nstage\r\n"))
        #expect(try await alice.logOut().status == 0)
        _ = try await stage.syslog.wait(
            for: ["sshd[", "session closed for user alice"],
            within: .seconds(5)
        )
        try await stage.stop()
    }

    @Test(.needsVirtualTerminal)
    func `login on a virtual terminal gives a shell that can be typed to and read`()
        async throws
    {
        var options = StageOptions(.absent)
        options.consoleCount = 1
        let stage = try await Stage.start(options)
        let number = try #require(stage.consoleNumbers.first)
        let alice = try await stage.logIn(.alice, onConsole: number)
        let shown = try await alice.run("id -un; tty; cat /proc/self/loginuid; echo")
        for words in ["alice", "/dev/tty\(number)", "1001"] { #expect(shown.contains(words)) }
        #expect(try await alice.logOut().status == 0)
        try await stage.stop()
    }

    @Test(.needsVirtualTerminal)
    func `when a shell read a key is known to 20 milliseconds`() async throws {
        var options = StageOptions(.absent)
        options.consoleCount = 1
        let stage = try await Stage.start(options)
        let number = try #require(stage.consoleNumbers.first)
        for session in [
            try await stage.logIn(.alice), try await stage.logIn(.bob, onConsole: number),
        ] {
            var least = Duration.seconds(1)
            for _ in 1...10 {
                let read = try await session.pressEnter()
                #expect(read.notAfter > read.notBefore)
                least = min(least, read.uncertainty)
            }
            print("a key of \(session.user) was read within \(least)")
            #expect(least < .milliseconds(20))
        }
        try await stage.stop()
    }

    @Test func `twenty clients are logged in at once`() async throws {
        let stage = try await Stage.start(StageOptions(.absent))
        let sessions = try await withThrowingTaskGroup(of: ShellSession.self) { group in
            for _ in 1...20 { group.addTask { try await stage.logIn(.alice) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try stage.residents(titled: "-bash").count == 20)
        for session in sessions { #expect(try await session.logOut().status == 0) }
        try await stage.stop()
    }

    @Test func `a command without a terminal, and sftp, run over ssh`() async throws {
        let stage = try await Stage.start(StageOptions(.absent))
        let command = try stage.ssh(.bob, options: ["-T"], command: ["echo $((6*7)); exit 3"])
        _ = try await command.wait(for: "42", after: .start, within: .seconds(10))
        #expect(try await command.process.waitForExit(within: .seconds(10)).status == 3)
        let batch = "echo put /etc/hostname copied | sftp -q -b - bob@stage"
        try await stage.run(["sh", "-c", batch]).checked()
        #expect(try await stage.run(["cat", "/home/bob/copied"]).output == "stage\n")
        try await stage.stop()
    }

    @Test func `two shells share one connection`() async throws {
        let stage = try await Stage.start(StageOptions(.absent))
        let path = ["-o", "ControlPath=/root/mux"]
        let first = try await stage.logIn(.alice, options: ["-M"] + path)
        let second = try await stage.logIn(.alice, options: path)
        #expect(try stage.residents(titled: "sshd: alice [priv]").count == 1)
        #expect(try stage.residents(titled: "-bash").count == 2)
        try await second.logOut()
        try await first.logOut()
        try await stage.stop()
    }

    @Test func `the end of a killed client is seen at once, with its signal`() async throws {
        let stage = try await Stage.start(StageOptions(.absent))
        let alice = try await stage.logIn(.alice)
        let killed = ContinuousClock.now
        let client = try #require(try stage.residents(titled: "/usr/bin/ssh").first)
        try stage.signal(client, 9)
        let exit = try await alice.terminal.process.waitForExit(within: .seconds(5))
        #expect(exit.signal == 9)
        #expect(exit.at - killed < .seconds(5))
        try await stage.stop()
    }
}
