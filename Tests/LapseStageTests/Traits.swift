import LapseStage
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips a test, with the reason, where the machine cannot carry a stage without Lapse.
    static var needsBareStage: Self {
        let obstacle = StageRequirements.obstacle(to: StageOptions(.absent))
        return .enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? ""))
    }

    /// Skips a test, loudly, where the machine has no virtual terminal.
    static var needsVirtualTerminal: Self {
        let obstacle = StageRequirements.consoleObstacle
        return .enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? ""))
    }
}
