import LapseStage
import Testing

@Suite(.needsStage) struct BadPolicyTests {
    /// A policy, where it is wrong, and a word of what to do about it.
    struct Case: CustomTestStringConvertible, Sendable {
        let policy: String
        let place: String
        let hint: String

        var testDescription: String { policy }
    }

    private static let cases = [
        Case(policy: "[defaults]\nidle = 20\n", place: "2:8", hint: "\"20s\""),
        Case(policy: "[defaults]\nidel = \"20s\"\n", place: "2:1", hint: "idle"),
        Case(policy: "[defaults\nidle = \"20s\"\n", place: "1:10", hint: "]"),
    ]

    @Test(arguments: cases)
    func `the daemon refuses a bad policy and says where it is wrong and what to do`(_ bad: Case)
        async throws
    {
        try await onStage(StageOptions(.module, policy: bad.policy)) { stage in
            let refused = try await stage.run(["lapsed", "--log", "stderr"], within: .seconds(10))
            #expect(!refused.exit.succeeded)
            #expect(refused.error.contains("/etc/lapse/lapse.toml:\(bad.place)"))
            #expect(refused.error.contains(bad.hint))
            // It has not half started.
            #expect(try await !stage.run(["test", "-e", "/run/lapse/report"]).exit.succeeded)
        }
    }
}
