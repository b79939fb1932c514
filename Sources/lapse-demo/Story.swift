import Glibc
import LapseStage

/// The main job, told as it happens: a step that does not happen fails the demo.
struct Story {
    private static let policy = """
        [defaults]
        idle = "12s"
        lifetime = "1h"
        warn = ["6s", "3s"]
        """
    /// Longer than any wait of the story.
    private static let limit = Duration.seconds(20)
    private static let password = "open sesame"
    private let start = ContinuousClock.now

    func tell() async throws(StageError) {
        let options = StageOptions(.all, policy: Self.policy)
        try StageRequirements.check(for: options)
        say("A private machine comes up: sshd, pam_lapse.so and lapsed. /etc here is left alone.")
        say("Its policy:\n\n" + indented(Self.policy) + "\n")
        let stage = try await Stage.start(options)
        try await stage.setPassword(Self.password, of: .carol)
        let alice = try await stage.logIn(.alice)
        let bob = try await stage.logIn(.bob)
        let carol = try await stage.logIn(.carol)
        _ = try carol.terminal.type("echo I am ")
        say("Alice, bob and carol log in with ssh. Bob types every 4 s; alice has gone for coffee,")
        say("carol too, with half a command typed; she alone has a password, so she can come back.")
        let typing = Task { await type(for: bob) }
        for line in stage.log("opened") { quote("log", line) }
        try await seen("is idle and will be ended in 6s", by: alice)
        say("Alice presses a key.")
        _ = try await alice.pressEnter()
        try await seen("activity seen", by: alice)
        say("What root sees:\n\n" + indented(try await stage.lapsectl(["list"]).checked().output))
        say("Alice goes for another coffee.")
        let mark = alice.terminal.mark()
        try await comeBack(carol, on: stage)
        try await seen("is idle and will be ended in 6s", by: alice, after: mark)
        try await seen("is idle and will be ended in 3s", by: alice)
        try await seen("session ended", by: alice)
        _ = try await alice.terminal.process.waitForExit(within: Self.limit)
        say("Alice's ssh client has ended. The reason stands in the log:")
        quote("log", try await stage.waitForLog("ended", of: .alice, within: Self.limit))
        try await expectBobAlone(on: stage)
        typing.cancel()
        await typing.value
        try await stage.stop()
        say("The private machine is gone, with everything that ran in it.")
    }

    /// Her terminal is locked at her limit; after her password her line is as it was.
    private func comeBack(_ carol: ShellSession, on stage: Stage) async throws(StageError) {
        let mark = carol.terminal.mark()
        _ = try await stage.waitForLog("locked", of: .carol, within: Self.limit)
        _ = try await carol.terminal.wait(for: "Press Enter", after: mark, within: Self.limit)
        say("Carol's terminal is locked where it stands; nothing that runs in it is lost:")
        for line in stage.log("locked") { quote("log", line) }
        _ = try carol.terminal.type("\r")
        _ = try await carol.terminal.wait(for: "Password:", after: mark, within: Self.limit)
        _ = try carol.terminal.type(Self.password + "\r")
        say("Carol comes back and types her password, and then the rest of her command:")
        quote("log", try await stage.waitForLog("unlocked", of: .carol, within: Self.limit))
        _ = try await stage.waitForLog("put-back", within: Self.limit)
        _ = try carol.terminal.type("back\r")
        try await seen("I am back", by: carol, after: mark)
        _ = try carol.terminal.type("exit\r")
    }

    /// The list holds bob, who was never warned, and nobody else.
    private func expectBobAlone(on stage: Stage) async throws(StageError) {
        // Alice stays in it until her last process is gone.
        try await stage.waitForSessions(of: [.bob], within: Self.limit)
        guard stage.log("warned", of: .bob).isEmpty else {
            throw .garbled("bob was warned although he typed: \(stage.daemonLog.text)")
        }
        let list = try await stage.lapsectl(["list"]).checked().output
        say("Bob typed all the time, was never warned and is still there:\n\n" + indented(list))
    }

    /// Presses a key every 4 s until it is cancelled.
    private func type(for person: ShellSession) async {
        while !Task.isCancelled {
            // Should the session be gone, the last `lapsectl list` of the story shows it.
            _ = try? await person.pressEnter()
            try? await Task.sleep(for: .seconds(4))
        }
    }

    private func seen(
        _ phrase: Phrase,
        by person: ShellSession,
        after mark: Transcript.Mark = .start
    ) async throws(StageError) {
        let found = try await person.terminal.wait(for: phrase, after: mark, within: Self.limit)
        quote("\(person.user)'s terminal", found.line)
    }

    private func quote(_ who: String, _ line: LogLine) {
        quote(who, line.text)
    }

    private func quote(_ who: String, _ line: String) {
        say("  \(who): \(line)")
    }

    private func say(_ text: String) {
        let seconds = (ContinuousClock.now - start).components.seconds
        print("\(seconds < 10 ? " " : "")\(seconds)s  \(text)")
        fflush(nil)
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "        \($0)" }.joined(separator: "\n")
    }
}
