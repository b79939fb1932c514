import LapseStage
import Testing

/// A lock on a virtual terminal, which has no other screen to switch to: the daemon keeps what it
/// showed.
@Suite(.needsStage, .needsVirtualTerminal) struct ConsoleLockTests {
    @Test func `a console is locked and comes back as it was`() async throws {
        var options = StageOptions(policy: lockPolicy)
        options.consoleCount = 1
        try await onStage(options) { stage in
            try await stage.setPasswords()
            let number = try #require(stage.consoleNumbers.first)
            let person = try await stage.logIn(.alice, onConsole: number)
            try person.terminal.type("echo half")
            try await Task.sleep(for: .seconds(1))
            let before = try await cells(stage, number)
            let mark = person.terminal.mark()
            _ = try await person.terminal.wait(
                for: "Press Enter",
                after: mark,
                within: .seconds(25)
            )
            #expect(try await cells(stage, number) != before)
            try person.terminal.type("\rwrong\r")
            try await stage.wait(for: "a try that fails") {
                !stage.log("reauth-failed").isEmpty
            }
            try await Task.sleep(for: .seconds(3))
            try person.terminal.type(password + "\r")
            _ = try await stage.waitForLog("put-back", within: .seconds(10))
            #expect(try await cells(stage, number) == before)
            try person.terminal.type("-typed\r")
            _ = try await person.terminal.wait(
                for: "half-typed",
                after: mark,
                within: .seconds(10)
            )
            try await stage.expectNothingLeftOfLocks()
        }
    }

    /// Every cell with its attributes, and the cursor (vcs(4)).
    private func cells(_ stage: Stage, _ number: Int) async throws -> String {
        try await stage.run(["od", "-An", "-tx1", "-v", "/dev/vcsa\(number)"]).checked().output
    }
}
