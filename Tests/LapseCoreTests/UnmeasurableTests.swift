import LapseCore
import LapsePolicy
import Testing

/// Sessions of which nobody can say whether they are idle.
@Suite struct UnmeasurableTests {
    private static let idle = EndReason.idle(limit: .seconds(100))

    private func session(
        _ action: UnmeasurableAction,
        lifetime: Limit = .never
    ) -> OneSession {
        OneSession(
            idle: .after(.seconds(100)),
            lifetime: lifetime,
            warn: [.seconds(40)],
            unmeasurable: action
        )
    }

    /// The deadline comes, and there is no terminal.
    private func blind(_ one: inout OneSession, at seconds: Double) -> [Effect] {
        guard one.deadline(at: seconds) == [.look(OneSession.id)] else { return [] }
        return one.unmeasurable(at: seconds)
    }

    @Test func `"report" knows no idle limit, and looks again each 30 s`() {
        var one = session(.report)
        #expect(one.unmeasurable(at: 1) == [])
        for second in [31.0, 61, 91, 121, 151] {
            #expect(one.next == second)
            #expect(blind(&one, at: second) == [])
        }
        #expect(one.session?.upcoming == [])
    }

    @Test func `"end" goes on from the last known input, warns and ends`() {
        var one = session(.end)
        #expect(one.measured(10, at: 20) == [])
        #expect(one.unmeasurable(at: 21) == [])
        #expect(one.next == 51)
        #expect(blind(&one, at: 51) == [])
        #expect(blind(&one, at: 70) == OneSession.warning(Self.idle, 40, idle: nil))
        #expect(blind(&one, at: 100) == [])
        #expect(blind(&one, at: 110) == OneSession.end(Self.idle, idle: nil))
    }

    @Test func `"end" counts from the opening where there was never a terminal`() {
        var one = session(.end)
        _ = one.unmeasurable(at: 0)
        #expect(blind(&one, at: 30) == [])
        #expect(blind(&one, at: 60) == OneSession.warning(Self.idle, 40, idle: nil))
        _ = blind(&one, at: 90)
        #expect(blind(&one, at: 100) == OneSession.end(Self.idle, idle: nil))
    }

    @Test(arguments: [UnmeasurableAction.end, .report])
    func `a terminal that comes later is found, and what was read of it counts`(
        action: UnmeasurableAction
    ) {
        var one = session(action)
        _ = one.unmeasurable(at: 1)
        #expect(one.deadline(at: 31) == [.look(OneSession.id)])
        #expect(one.measured(25, at: 31) == [])
        #expect(one.next == 85)
        #expect(one.session?.unmeasurable == nil)
        #expect(one.judged(25, at: 85) == OneSession.warning(Self.idle, 40, idle: 60))
    }

    @Test func `a key on a terminal that comes in the countdown of "end" cancels it`() {
        var one = session(.end)
        _ = one.unmeasurable(at: 1)
        _ = blind(&one, at: 60)
        #expect(one.session?.stage == .warned)
        #expect(one.measured(70, at: 71) == OneSession.kept)
        #expect(one.next == 130)
    }

    @Test func `a touch keeps such a session`() {
        var one = session(.end)
        _ = one.unmeasurable(at: 1)
        let user = UserID(value: 1000)
        _ = one.engine.handle(.touched(OneSession.id, by: user), at: OneSession.at(50))
        #expect(blind(&one, at: 60) == [])
        #expect(blind(&one, at: 110) == OneSession.warning(Self.idle, 40, idle: nil))
    }

    @Test(arguments: [UnmeasurableAction.end, .report])
    func `the lifetime holds in any case`(action: UnmeasurableAction) {
        var one = session(action, lifetime: .after(.seconds(90)))
        _ = one.allow(at: 0) { $0.idle = .after(.seconds(200)) }
        let lifetime = EndReason.lifetime(limit: .seconds(90))
        _ = one.unmeasurable(at: 1)
        #expect(blind(&one, at: 50) == OneSession.warning(lifetime, 40, idle: nil))
        #expect(blind(&one, at: 90) == OneSession.end(lifetime, idle: nil))
    }

    @Test func `a reload to "end" gives the first warning and its time`() {
        var one = session(.report)
        _ = one.unmeasurable(at: 1)
        _ = one.allow(at: 500) { $0.unmeasurable = .end }
        #expect(blind(&one, at: 500) == OneSession.warning(Self.idle, 40, idle: nil))
        _ = blind(&one, at: 530)
        #expect(blind(&one, at: 540) == OneSession.end(Self.idle, idle: nil))
    }

    @Test func `a reload to "report" takes the warning back`() {
        var one = session(.end)
        _ = one.unmeasurable(at: 1)
        _ = blind(&one, at: 60)
        #expect(one.allow(at: 70) { $0.unmeasurable = .report } == OneSession.eased)
        #expect(blind(&one, at: 100) == [])
    }
}
