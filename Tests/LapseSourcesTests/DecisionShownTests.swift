import LapseControl
import LapsePolicy
import LapseSources
import Testing

@Suite struct DecisionShownTests {
    private static let text = """
        mode = "observe"
        [defaults]
        lifetime = "8h"
        [[rule]]
        name = "old"
        reason = "was needed"
        until = 2026-01-01
        quota = "1h"
        [[rule]]
        name = "ops"
        when = { groups = "ops" }
        reason = "is needed"
        until = 2026-03-02T10:00:00
        idle = "1h"
        mode = "enforce"

        """
    private static let alice = Subject(
        user: "alice",
        uid: 1001,
        groups: ["ops"],
        service: "sshd",
        source: .unknown,
        terminal: nil,
        auth: nil
    )
    /// 2026-03-01 10:00:00 UTC, an hour later on the clocks.
    private static let moment = WallMoment(
        WallInstant(seconds: 1_772_359_200),
        in: FixedZone(secondsEast: 3_600)
    )

    private func policy() throws -> Policy {
        let source = PolicySource(name: "p.toml", bytes: Array(Self.text.utf8))
        return try #require(Policy.load([source]).policy)
    }

    @Test func `each setting is shown once, with its value and its place`() throws {
        let policy = try policy()
        let settings = policy.allowance(for: Self.alice, at: Self.moment).settings(of: policy)
        #expect(settings.map(\.name) == Setting.allCases.map(\.rawValue))
        let byName = Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0) })
        #expect(
            byName["idle"]
                == .init(
                    name: "idle",
                    value: "\"1h\"",
                    origin: .init(rule: "ops", place: "p.toml:14")
                )
        )
        #expect(byName["lifetime"]?.value == "\"8h\"")
        #expect(byName["lifetime"]?.origin == .init(rule: nil, place: "p.toml:3"))
        #expect(byName["quota"]?.origin == .builtIn)
    }

    @Test func `the mode is shown with its place`() throws {
        let policy = try policy()
        let decision = policy.allowance(for: Self.alice, at: Self.moment)
        #expect(StatusInfo.Mode(decision.mode) == .enforce)
        #expect(policy.shown(decision.modeOrigin) == .init(rule: "ops", place: "p.toml:15"))
        #expect(policy.shown(policy.modeOrigin) == .init(rule: nil, place: "p.toml:1"))
        #expect(StatusInfo.Mode(policy.mode) == .observe)
    }

    @Test func `exceptions are shown with the instant of their end`() throws {
        let policy = try policy()
        let exceptions = policy.allowance(for: Self.alice, at: Self.moment).exceptions
        let shown = exceptions.map { policy.shown($0, in: Self.moment.zone) }
        let until: Int64 = 1_772_442_000_000_000
        #expect(
            shown == [
                .init(rule: "ops", reason: "is needed", untilUs: until, place: "p.toml:13")
            ]
        )
        let over = policy.exceptionsOver(at: Self.moment)
        #expect(over.map(\.rule) == ["old"])
        #expect(over.map(\.place) == ["p.toml:7"])
    }
}
