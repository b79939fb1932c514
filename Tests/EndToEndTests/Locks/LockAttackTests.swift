import LapseStage
import Testing

/// What somebody may try against a lock, at the terminal or with the rights of its user.
@Suite(.needsStage) struct LockAttackTests {
    /// Sessions from there are never locked.
    private static let policy =
        lockPolicy + """
            [[rule]]
            name = "the attacker's"
            when = { from = ["\(Stage.secondAddress)"] }
            idle = "never"

            """

    /// A locked session of alice's, at first with something in the foreground, and another of hers
    /// that is not.
    private func attack(
        foreground: String = "while :; do echo x >>~/count; sleep 0.02; done\r",
        options: StageOptions = StageOptions(),
        preparing: (ShellSession) async throws -> Void = { _ in },
        _ body: (Stage, LockedPerson, ShellSession) async throws -> Void
    ) async throws {
        var options = options
        options.policy = Self.policy
        try await onStage(options) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            let other = try await stage.logIn(.alice, from: Stage.secondAddress)
            try await preparing(other)
            try await person.emulator.type(foreground)
            try await person.waitForLock()
            try await body(stage, person, other)
        }
    }

    /// The shell of the locked session, as the stage numbers it.
    private func shell(_ stage: Stage) async throws -> String {
        try await stage.line(
            of: "ps -eo pid,tty,args | awk '$2 == \"pts/1\" && /-bash/ {print $1}'"
        )
    }

    private func expectStandingStill(_ stage: Stage) async throws {
        let first = try await stage.line(of: "wc -l </home/alice/count")
        try await Task.sleep(for: .seconds(1))
        let second = try await stage.line(of: "wc -l </home/alice/count")
        #expect(first == second && first != "0")
    }

    @Test func `signals from another session of the user set nothing going`() async throws {
        try await attack { stage, person, other in
            try await expectStandingStill(stage)
            let shell = try await shell(stage)
            for signal in ["CONT", "USR1", "WINCH", "INT", "TSTP", "CONT"] {
                try await other.run("kill -\(signal) -- -\(shell) \(shell); pkill -\(signal) sleep")
            }
            try await expectStandingStill(stage)
            try await person.waitForLock()
            try await person.emulator.type("touch opened\r")
            #expect(try await stage.run(["ls", "/home/alice"]).output == "count\n")
            try await person.unlock()
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `a debugger of the user's moves nothing`() async throws {
        try await attack { stage, person, other in
            let shell = try await shell(stage)
            // PTRACE_ATTACH, PTRACE_CONT and PTRACE_DETACH (ptrace(2)).
            let script = """
                python3 -c "import ctypes,time; p=ctypes.CDLL(None).ptrace; print([p(16,\(shell),0,0)], end=' ');
                time.sleep(0.5); print([p(7,\(shell),0,18)], end=' '); time.sleep(0.5); print([p(17,\(shell),0,18)])"
                """
            try await stage.give(.alice, "trace.sh", script.replacing("\n", with: " ") + "\n")
            try await other.run("sh trace.sh", within: .seconds(20))
            try await expectStandingStill(stage)
            try await person.waitForLock()
        }
    }

    @Test func `killing the job does not give the terminal to the shell`() async throws {
        try await attack(foreground: "sleep 1000\r") { stage, person, other in
            try await other.run("pkill -9 sleep")
            try await person.emulator.type("touch opened\rtouch opened\r")
            try await person.expectLocked()
            #expect(try await stage.run(["ls", "/home/alice"]).output == "")
            try await person.emulator.type("\u{3}")
            try await person.unlock()
            try await person.type(["echo go''es on\r"])
            #expect(try await person.emulator.screen().shows("goes on"))
        }
    }

    @Test func `killing the shell ends the session and leaves nothing`() async throws {
        try await attack(foreground: "sleep 1000\r") { stage, _, other in
            let shell = try await shell(stage)
            try await other.run("kill -9 \(shell)")
            try await stage.wait(for: "the end of the locked session") {
                try await stage.list().allSatisfy { $0.stage != "locked" }
            }
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `who reads the terminal from another session gets nothing`() async throws {
        // Before the lock: readers that have the terminal open, and no part in its session or in its
        // job control.
        let inside = "exec 3<>/dev/tty; setsid cat <&3 >stolen2 2>&1 &\r"
        try await attack(
            foreground: inside,
            preparing: { other in
                try await other.run("setsid sh -c 'exec cat </dev/pts/1 >stolen 2>&1' &")
            }
        ) { stage, person, other in
            // After it the node is root's.
            try await other.run("cat /dev/pts/1 >late 2>&1 & sleep 0.3")
            try await other.run("echo broken > /dev/pts/1")
            try await person.unlock()
            let stolen = try await stage.run([
                "sh", "-c", "cat /home/alice/stolen* /home/alice/late",
            ])
            #expect(stolen.output.contains("Permission denied"))
            #expect(!stolen.output.contains("sesame"))
        }
    }

    @Test func `resizing, a large paste and a storm of keys open nothing`() async throws {
        try await attack(foreground: "sleep 1000\r") { stage, person, _ in
            let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 % 251) }
            for size in [(20, 5), (200, 60), (2, 2), (80, 24)] {
                try await person.emulator.resize(columns: size.0, rows: size.1)
                try await person.emulator.type(bytes)
            }
            try await person.emulator.type("\r\r\u{1b}[200~touch opened\r\u{1b}[201~\r")
            try await person.emulator.wait(for: "still locked", within: .seconds(60)) {
                $0.shows("is locked")
            }
            #expect(stage.log("unlocked").isEmpty)
            #expect(try await stage.run(["ls", "/home/alice"]).output == "")
        }
    }

    @Test func `ten megabytes of pasted lines open nothing, and are few tries`() async throws {
        try await attack(foreground: "sleep 1000\r") { stage, person, _ in
            try await person.emulator.paste(
                outputOf: "yes 'touch opened' | head -c 10000000"
            )
            _ = try await person.emulator.rest(for: .seconds(3))
            try await person.expectLocked()
            #expect(stage.log("unlocked").isEmpty)
            let tries = stage.log("reauth-failed").count
            #expect((1...20).contains(tries))
            try await person.unlock()
            #expect(try await stage.run(["ls", "/home/alice"]).output == "")
        }
    }

    @Test func `a client that goes ends its locked session, and nothing is left`() async throws {
        try await attack(foreground: "sleep 1000\r") { stage, _, _ in
            try await stage.run(["sh", "-c", "kill -9 $(pidof tmux)"]).checked()
            try await stage.wait(for: "the end of the locked session") {
                try await stage.list().allSatisfy { $0.stage != "locked" }
            }
            try await stage.expectNothingLeftOfLocks()
            #expect(try await stage.line(of: "pidof sleep") == "")
        }
    }

    @Test func `a PAM module that hangs opens nothing, and root can`() async throws {
        var options = StageOptions()
        options.unlockLines = [
            "auth required pam_exec.so seteuid /bin/sleep 1000", "account required pam_permit.so",
        ]
        try await attack(foreground: "sleep 1000\r", options: options) { stage, person, _ in
            try await person.emulator.type("\r")
            try await person.emulator.type("touch opened\r\u{3}\u{4}")
            try await Task.sleep(for: .seconds(2))
            #expect(try await person.emulator.screen().shows("is locked"))
            let id = try #require(try await stage.list().first { $0.stage == "locked" }?.id)
            try await stage.lapsectl(["unlock", id, "--why", "broken PAM"]).checked()
            try await person.waitForOpening()
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `without control groups what stands still is stopped, and stopped again`()
        async throws
    {
        var options = StageOptions()
        options.hasControlGroups = false
        try await attack(options: options) { stage, person, other in
            try await expectStandingStill(stage)
            let shell = try await shell(stage)
            for _ in 1...5 { try await other.run("kill -CONT -- -\(shell) \(shell)") }
            try await Task.sleep(for: .milliseconds(300))
            try await expectStandingStill(stage)
            try await person.emulator.type("touch opened\r")
            try await person.expectLocked()
            try await person.unlock()
            let first = try await stage.line(of: "wc -l </home/alice/count")
            try await Task.sleep(for: .seconds(1))
            #expect(try await stage.line(of: "wc -l </home/alice/count") != first)
            #expect(try await stage.run(["ls", "/home/alice"]).output == "count\n")
            try await stage.expectNothingLeftOfLocks()
        }
    }
}
