import LapseStage
import Testing

@Suite(.needsStage) struct LifetimeTests {
    private static let policy = """
        [defaults]
        idle = "1h"
        lifetime = "20s"
        warn = ["10s", "5s"]
        on-idle = "end"

        """

    @Test func `a busy session ends at its lifetime, after warnings and with a reason of its own`()
        async throws
    {
        try await onStage(StageOptions(policy: Self.policy)) { stage in
            let alice = try await stage.logIn(.alice)
            // pam_unix stands before the module in the stack: the session was opened a moment later,
            // so that no age is shorter than what is reckoned from here.
            let opening = try await stage.syslog.wait(
                for: ["sshd[", "session opened for user alice"],
                after: .start,
                within: .seconds(1)
            )
            let typing = Task {
                while alice.terminal.process.ended == nil {
                    // The last key may meet a terminal that is gone.
                    _ = try? alice.terminal.type("\r")
                    try await Task.sleep(for: .milliseconds(500))
                }
            }
            let terminal = alice.terminal
            let warning: Phrase = ["Lapse:", "lifetime", "will be ended in "]
            let phrases: [(due: Double, phrase: Phrase, words: String)] = [
                (10, warning, "ended in 10s"), (15, warning, "ended in 5s"),
                (20, ["Lapse:", "session ended"], "lifetime"),
            ]
            var mark = Transcript.Mark.start
            for (due, phrase, words) in phrases {
                let shown = try await terminal.wait(for: phrase, after: mark, within: .seconds(30))
                mark = shown.mark
                #expect(shown.line.contains(words))
                let age = (shown.at - opening.at).inSeconds
                #expect(age >= due)
                #expect(age <= due + 0.5)
            }
            let exit = try await terminal.process.waitForExit(within: .seconds(5))
            typing.cancel()
            let age = (exit.at - opening.at).inSeconds
            print("lifetime of 20 s: gone \(rounded(age)) s after it was opened, busy to the end")
            #expect(age <= 20.5)
            #expect(!terminal.text.contains("goes on"))
            let ended = try await stage.waitForLog("ended", of: .alice, within: .seconds(5))
            #expect(ended.fields["reason"] == "lifetime")
        }
    }
}
