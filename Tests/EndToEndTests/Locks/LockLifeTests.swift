import Glibc
import LapseStage
import Testing

/// What becomes of a locked session, other than that its user unlocks it at once.
@Suite(.needsStage) struct LockLifeTests {
    @Test func `a wrong password, an empty one and other keys open nothing`() async throws {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            try await person.waitForLock()
            try await person.answer("sesame")
            try await person.emulator.wait(for: "the refusal") { $0.shows("not right") }
            try await person.emulator.wait(for: "another prompt") { $0.shows("Password:") }
            try await person.emulator.type("\u{3}\u{1a}\u{1c}\u{4}\u{11}\u{13}\u{1b}[A\u{15}")
            try await person.emulator.wait(for: "still locked") { $0.shows("is locked") }
            let failed = stage.log("reauth-failed", of: .alice)
            #expect(failed.count >= 1)
            #expect(failed.first?.fields["terminal"]?.hasPrefix("/dev/pts/") == true)
            try await person.unlock()
            try await person.type(["echo go''es on\r"])
            #expect(try await person.emulator.screen().shows("goes on"))
            let unlocked = try #require(stage.log("unlocked", of: .alice).first)
            #expect(unlocked.fields["how"] == "reauthenticated")
            #expect(unlocked.fields["failed-tries"] == "\(failed.count)")
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `who has no password is ended, and so is what has no terminal`() async throws {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPassword(password, of: .bob)
            let alice = try await stage.logIn(.alice)
            let bob = try stage.ssh(.bob, command: ["exec cat"])
            _ = try await alice.terminal.wait(
                for: "session ended",
                after: .start,
                within: .seconds(15)
            )
            _ = try await bob.process.waitForExit(within: .seconds(15))
            #expect(stage.log("locked").isEmpty)
            #expect(stage.log("ended", of: .alice).first?.fields["reason"] == "idle")
        }
    }

    @Test func `a session that nobody unlocks is ended after lock-for`() async throws {
        let policy = lockPolicy + "lock-for = \"10s\"\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            try await person.type(["sleep 1000\r"])
            try await person.waitForLock()
            try await person.emulator.wait(for: "the end", within: .seconds(25)) {
                $0.shows("locked for 10s")
            }
            try await stage.waitForEmptyList(within: .seconds(15))
            let end = try #require(stage.log("ended", of: .alice).first)
            #expect(end.fields["reason"] == "locked")
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a daemon that goes leaves everything locked, and the next one takes it up`(
        signal: Int32
    ) async throws {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            try await person.type(["echo before; python3 -q\r", "a = 40 + "])
            let before = try await person.emulator.rest()
            try await person.waitForLock()
            try await stage.stopDaemon(by: signal)
            try await person.emulator.type("\rprint('opened')\rimport os; os.system('touch x')\r")
            try await Task.sleep(for: .seconds(1))
            #expect(try await stage.run(["ls", "/home/alice"]).output.contains("x") == false)
            try await stage.startDaemon()
            try await person.waitForLock()
            try await person.unlock()
            #expect(try await person.emulator.rest() == before)
            try await person.type(["2\r", "print('is', a)\r"])
            #expect(try await person.emulator.screen().shows("is 42"))
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `a locker that is killed is followed by another, and nothing opens`() async throws {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            try await person.type(["echo half"])
            let before = try await person.emulator.rest()
            try await person.waitForLock()
            for round in 1...6 {
                try await stage.run(["sh", "-c", "kill -9 $(pidof lapse-lock)"]).checked()
                try await person.emulator.type("\rtouch opened\r")
                try await stage.wait(forLog: "has died", count: round)
                try await stage.waitForLocker()
            }
            try await person.emulator.wait(for: "the lock") { $0.shows("is locked") }
            try await person.unlock()
            #expect(try await person.emulator.rest() == before)
            #expect(try await stage.run(["ls", "/home/alice"]).output == "")
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test
    func `all terminals of a connection lock, also one that comes later, and one answer opens all`()
        async throws
    {
        try await onStage(StageOptions(policy: lockPolicy)) { stage in
            try await stage.setPasswords()
            let shared = ["-o", "ControlPath=/tmp/control", "-o", "ControlMaster=auto"]
            let first = try await LockedPerson(.alice, on: stage, name: "one", options: shared)
            let second = try await LockedPerson(.alice, on: stage, name: "two", options: shared)
            try await first.waitForLock()
            try await second.waitForLock()
            let third = try await Emulator(
                ["ssh"] + shared + ["alice@stage"],
                on: stage,
                name: "three"
            )
            try await third.wait(for: "a lock screen of its own") { $0.shows("is locked") }
            try await second.unlock()
            try await first.waitForOpening()
            try await third.wait(for: "the prompt") { $0.shows("}") && !$0.shows("is locked") }
            for person in [first, second] {
                try await person.type(["echo go''es on\r"])
                #expect(try await person.emulator.screen().shows("goes on"))
            }
            #expect(stage.log("unlocked").count == 1)
            try await stage.expectNothingLeftOfLocks()
        }
    }

    @Test func `re-authentication renews the lifetime`() async throws {
        let policy = """
            [defaults]
            idle = "never"
            lifetime = "10s"
            warn = []
            on-lifetime = "reauth"

            """
        try await onStage(StageOptions(policy: policy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            let screen = try await person.waitForLock()
            #expect(screen.shows("its lifetime"))
            try await person.unlock()
            try await Task.sleep(for: .seconds(8))
            #expect(try await person.emulator.screen().shows("is locked") == false)
            try await person.waitForLock()
            #expect(stage.log("locked").count == 2)
        }
    }

    @Test func `a user locks his own session, and root unlocks it with a reason`() async throws {
        let policy = "[defaults]\nidle = \"never\"\nlifetime = \"never\"\n"
        try await onStage(StageOptions(policy: policy)) { stage in
            try await stage.setPasswords()
            let person = try await LockedPerson(.alice, on: stage, name: "one")
            try await person.emulator.type("lapsectl lock --why lunch\r")
            let screen = try await person.waitForLock()
            #expect(screen.shows("by yourself: lunch"))
            let id = try #require(try await stage.list().first?.id)
            #expect(try await stage.list().first?.stage == "locked")
            let own = try await stage.lapsectl(["unlock", id, "--why", "x"], as: .alice)
            #expect(!own.exit.succeeded)
            try await person.waitForLock()
            try await stage.lapsectl(["unlock", id, "--why", "forgot it"]).checked()
            try await person.waitForOpening()
            let unlocked = try #require(stage.log("unlocked").first)
            #expect(unlocked.fields["how"] == "ordered")
            #expect(unlocked.fields["why"] == "forgot it")
            let refused = try await stage.lapsectl(["lock", id], as: .bob)
            #expect(!refused.exit.succeeded)
            try await stage.lapsectl(["lock", id]).checked()
            try await person.waitForLock()
        }
    }
}
