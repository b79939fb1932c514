import LapseCore
import LapsePolicy
import Testing

/// What people order for a session: touch, hold, release, extend.
@Suite struct OrdersTests {
    private static let user = UserID(value: 1000)
    private static let idle = EndReason.idle(limit: .seconds(100))

    private func session(
        lifetime: Limit = .never,
        onIdle: IdleAction = .end,
        mode: Mode = .enforce
    ) -> OneSession {
        OneSession(
            idle: .after(.seconds(100)),
            lifetime: lifetime,
            warn: [.seconds(40), .seconds(10)],
            onIdle: onIdle,
            mode: mode
        )
    }

    private func touch(_ one: inout OneSession, at seconds: Double) -> [Effect] {
        one.engine.handle(.touched(OneSession.id, by: Self.user), at: OneSession.at(seconds))
    }

    private static func held(until: Double, for duration: Double) -> Effect {
        OneSession.record(.held(OneSession.hold(until: until), for: .seconds(duration)))
    }

    // MARK: Touch

    @Test func `words keep a session for hold-max after its last key, and no longer`() {
        var one = OneSession(idle: .after(.seconds(60)))
        let holdMax = Allowance.builtIn.holdMax
        let until = { (one: OneSession) in one.engine.sessions[OneSession.id]?.wordHoldsUntil }
        #expect(until(one) == OneSession.at(0) + holdMax)
        _ = touch(&one, at: 30)
        #expect(until(one) == OneSession.at(0) + holdMax)
        // A look finds the key that was pressed before the touch.
        _ = one.measured(20, at: 40)
        #expect(until(one) == OneSession.at(20) + holdMax)
        _ = one.engine.handle(.input(OneSession.id, at: OneSession.at(50)), at: OneSession.at(50))
        #expect(until(one) == OneSession.at(50) + holdMax)
    }

    @Test func `a touch is as good as a key`() {
        var one = session()
        #expect(touch(&one, at: 30) == [OneSession.record(.touched(by: Self.user))])
        #expect(one.judged(at: 60) == [])
        #expect(one.judged(at: 90) == OneSession.warning(Self.idle, 40, idle: 60))
        let kept = [OneSession.record(.touched(by: Self.user))] + OneSession.kept
        #expect(touch(&one, at: 95) == kept)
        #expect(one.session?.idle(at: OneSession.at(96)) == .seconds(1))
    }

    // MARK: Hold

    @Test func `a hold keeps from the idle limit to its very end, warnings come within it`() {
        var one = session()
        #expect(one.hold(until: 500, at: 20) == [Self.held(until: 500, for: 480)])
        #expect(one.judged(at: 60) == [])
        #expect(one.judged(at: 460) == OneSession.warning(Self.idle, 40, idle: 460))
        #expect(one.judged(at: 490) == OneSession.warning(Self.idle, 10, idle: 490))
        #expect(one.judged(at: 499.5) == [])
        #expect(one.judged(at: 500) == OneSession.end(Self.idle, idle: 500))
    }

    @Test func `a hold during a countdown cancels it`() {
        var one = session()
        _ = one.judged(at: 60)
        #expect(one.hold(until: 300, at: 70) == [Self.held(until: 300, for: 230)] + OneSession.kept)
        #expect(one.session?.stage == .active)
        #expect(one.judged(at: 260) == OneSession.warning(Self.idle, 40, idle: 260))
    }

    @Test func `a hold that is over does nothing, and cannot be released`() {
        var one = session()
        _ = one.hold(until: 30, at: 20)
        #expect(one.release(at: 30) == [])
        #expect(one.judged(at: 60) == OneSession.warning(Self.idle, 40, idle: 60))
        _ = one.judged(at: 90)
        #expect(one.judged(at: 100) == OneSession.end(Self.idle, idle: 100))
    }

    @Test func `keys under a hold count after it`() {
        var one = session()
        _ = one.hold(until: 200, at: 20)
        _ = one.engine.handle(.input(OneSession.id, at: OneSession.at(180)), at: OneSession.at(180))
        #expect(one.judged(180, at: 200) == [])
        #expect(one.judged(180, at: 240) == OneSession.warning(Self.idle, 40, idle: 60))
    }

    @Test func `a newer hold takes the place of the older`() {
        var one = session()
        _ = one.hold(until: 1000, at: 20)
        #expect(one.hold(until: 300, at: 30) == [Self.held(until: 300, for: 270)])
        #expect(one.next == 260)
    }

    @Test func `a hold does not keep from the lifetime`() {
        let lifetime = EndReason.lifetime(limit: .seconds(250))
        var one = session(lifetime: .after(.seconds(250)))
        _ = one.hold(until: 1000, at: 20)
        #expect(one.judged(at: 150) == [])
        #expect(one.judged(at: 210) == OneSession.warning(lifetime, 40, idle: 210))
        #expect(one.judged(at: 240) == OneSession.warning(lifetime, 10, idle: 240))
        #expect(one.judged(at: 250) == OneSession.end(lifetime, idle: 250))
    }

    @Test func `a hold does not keep from a cutoff, nor take its warning back`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        #expect(one.judged(50, at: 60) == OneSession.warning(.hours, 40, idle: 10))
        #expect(one.hold(until: 1000, at: 70) == [Self.held(until: 1000, for: 930)])
        #expect(one.session?.stage == .warned)
        _ = one.judged(50, at: 90)
        #expect(one.judged(50, at: 100) == OneSession.end(.hours, idle: 50))
    }

    // MARK: Release

    @Test func `a release lets idleness count from the last input, with the first warning`() {
        var one = session()
        _ = one.hold(until: 1000, at: 20)
        #expect(one.release(at: 300) == [OneSession.record(.released(by: Self.user))])
        #expect(one.release(at: 300) == [])
        #expect(one.judged(at: 300) == OneSession.warning(Self.idle, 40, idle: 300))
        _ = one.judged(at: 330)
        #expect(one.judged(at: 340) == OneSession.end(Self.idle, idle: 340))
    }

    @Test func `a release when the hold's end was promised keeps that promise`() {
        var one = session()
        _ = one.hold(until: 500, at: 20)
        _ = one.judged(at: 460)
        _ = one.release(at: 465)
        #expect(one.judged(at: 490) == OneSession.warning(Self.idle, 10, idle: 490))
        #expect(one.judged(at: 500) == OneSession.end(Self.idle, idle: 500))
    }

    @Test func `with an idle limit below every warning a release still gives a warning`() {
        var one = OneSession(idle: .after(.seconds(5)), warn: [.seconds(40)])
        _ = one.hold(until: 1000, at: 2)
        _ = one.release(at: 300)
        let reason = EndReason.idle(limit: .seconds(5))
        #expect(one.judged(at: 300) == OneSession.warning(reason, 5, idle: 300))
        #expect(one.judged(at: 305) == OneSession.end(reason, idle: 305))
    }

    // MARK: Extend

    @Test func `an extension moves the lifetime, and eases a warning of it`() {
        var one = OneSession(idle: .never, lifetime: .after(.seconds(100)), warn: [.seconds(40)])
        let lifetime = EndReason.lifetime(limit: .seconds(100))
        #expect(one.judged(at: 60) == OneSession.warning(lifetime, 40, idle: 60))
        let extended = OneSession.record(.extended(OneSession.extension(by: 100)))
        #expect(one.extend(by: 100, at: 70) == [extended] + OneSession.eased)
        #expect(one.judged(at: 160) == OneSession.warning(lifetime, 40, idle: 160))
        #expect(one.judged(at: 200) == OneSession.end(lifetime, idle: 200))
    }

    @Test func `extensions add up, and outlast a reload of the lifetime`() {
        var one = OneSession(idle: .never, lifetime: .after(.seconds(100)))
        _ = one.extend(by: 50, at: 10)
        _ = one.extend(by: 50, at: 20)
        #expect(one.next == 200)
        _ = one.allow(at: 30) { $0.lifetime = .after(.seconds(300)) }
        #expect(one.next == 400)
    }

    @Test func `an extension moves no other cutoff`() {
        var one = OneSession(idle: .never, lifetime: .after(.seconds(100)))
        _ = one.hours(end: 90, at: 5)
        _ = one.extend(by: 1000, at: 10)
        #expect(one.next == 90)
        #expect(one.judged(at: 90) == OneSession.end(.hours, idle: 90))
    }

    // MARK: Too late

    @Test func `no order changes a session that is ending`() {
        var one = session(lifetime: .after(.seconds(1000)))
        _ = one.requestEnd(at: 10)
        let before = one.session
        #expect(touch(&one, at: 11) == [])
        #expect(one.hold(until: 100, at: 11) == [])
        #expect(one.release(at: 11) == [])
        #expect(one.extend(by: 100, at: 11) == [])
        #expect(one.session == before)
    }
}
