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
    private let start = ContinuousClock.now

    func tell() async throws(StageError) {
        let options = StageOptions(.all, policy: Self.policy)
        try StageRequirements.check(for: options)
        say("A private machine comes up: sshd, pam_lapse.so and lapsed. /etc here is left alone.")
        say("Its policy:\n\n" + indented(Self.policy) + "\n")
        let stage = try await Stage.start(options)
        let alice = try await stage.logIn(.alice)
        let bob = try await stage.logIn(.bob)
        say("Alice and bob log in with ssh. Bob types every 4 s; alice has gone for coffee.")
        let typing = Task { await type(for: bob) }
        for line in stage.log("opened") { quote("log", line) }
        try await seen("is idle and will be ended in 6s", by: alice)
        say("Alice presses a key.")
        _ = try await alice.pressEnter()
        try await seen("activity seen", by: alice)
        say("What root sees:\n\n" + indented(try await stage.lapsectl(["list"]).checked().output))
        say("Alice goes for another coffee.")
        try await seen("is idle and will be ended in 6s", by: alice, after: alice.terminal.mark())
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
