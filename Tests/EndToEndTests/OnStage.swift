import LapseStage
import Testing

/// The policy of most tests: warned at 10 s and at 15 s of idleness, ended at 20 s.
let idlePolicy = """
    [defaults]
    idle = "20s"
    lifetime = "never"
    warn = ["10s", "5s"]
    on-idle = "end"

    """

extension Trait where Self == ConditionTrait {
    /// Skips a test, with the reason, where the machine cannot carry a stage.
    static var needsStage: Self {
        let obstacle = StageRequirements.obstacle(to: StageOptions())
        return .enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? ""))
    }

    /// Skips a test, loudly, where the machine has no virtual terminal.
    static var needsVirtualTerminal: Self {
        let obstacle = StageRequirements.consoleObstacle
        return .enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? ""))
    }
}

/// Runs a test on a stage of its own, and stops the stage whatever comes of it.
///
/// - Parameters:
///   - options: What the stage holds.
///   - body: The test.
/// - Returns: What the test returns.
/// - Throws: What the test throws, after the daemon's log was printed.
@discardableResult
func onStage<Result: Sendable>(
    _ options: StageOptions,
    _ body: (Stage) async throws -> Result
) async throws -> Result {
    let stage = try await Stage.start(options)
    do {
        let result = try await body(stage)
        try await stage.stop()
        return result
    } catch {
        print("The daemon said:\n\(stage.daemonLog.text)\nSyslog said:\n\(stage.syslog.text)")
        try await stage.stop()
        throw error
    }
}

/// Waits for a time to come.
func sleep(until instant: ContinuousClock.Instant) async throws {
    try await Task.sleep(until: instant, tolerance: .zero, clock: .continuous)
}

extension Duration {
    /// The span in seconds, for figures that are printed and compared.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
