import Glibc
import LapseStage
import Testing

/// The policy of a running daemon is replaced.
@Suite(.needsStage) struct ReloadTests {
    private static let hour = """
        [defaults]
        idle = "1h"
        warn = ["10s", "5s"]

        """

    @Test func `a broken policy leaves the old one in force, and a good one takes its place`()
        async throws
    {
        try await onStage(StageOptions(policy: idlePolicy)) { stage in
            let alice = try await stage.logIn(.alice)
            try stage.writePolicy("[defaults]\nidle = \"20\"\n")
            try stage.reloadDaemon()
            let refused = try await stage.waitForLog("reload-refused", within: .seconds(15))
            #expect(refused.fields["what"]?.contains("lapse.toml:2:8") == true)
            let mark = alice.terminal.mark()
            let key = try await alice.pressEnterExactly()
            let warning: Phrase = ["Lapse:", "idle", "will be ended in 10s"]
            let warned = try await alice.terminal.wait(
                for: warning,
                after: mark,
                within: .seconds(12)
            )
            #expect((warned.at - key.notBefore).inSeconds >= 10)

            // The end moves an hour away, and that is said to who was warned.
            try stage.writePolicy(Self.hour)
            try stage.reloadDaemon()
            _ = try await alice.terminal.wait(
                for: ["Lapse:", "does not come now"],
                after: warned.mark,
                within: .seconds(15)
            )
            let reloaded = stage.daemonLog.mark()
            try await Task.sleep(for: .seconds(12))
            #expect(stage.daemonLog.sightings(of: ["event=ending"], after: reloaded).isEmpty)

            // A limit that is long past gives the first warning and its whole time.
            try stage.writePolicy(idlePolicy)
            let start = ContinuousClock.now
            try stage.reloadDaemon()
            let again = try await alice.terminal.wait(
                for: warning,
                after: warned.mark,
                within: .seconds(15)
            )
            let ended = try await alice.terminal.wait(
                for: ["Lapse: session ended", "idle"],
                after: again.mark,
                within: .seconds(15)
            )
            #expect((ended.at - start).inSeconds >= 10)
            #expect((ended.at - start).inSeconds < 11)
        }
    }
}
