import LapsePolicy
import Testing

@testable import LapseCore

/// What was made up to look like activity: limit 100 s, warning 40 s before.
@Suite struct SuspicionTests {
    private static let idle = EndReason.idle(limit: .seconds(100))
    private static let rhythm = Suspicion.rhythm(
        terminal: "/dev/pts/3",
        period: .seconds(7),
        times: 9
    )
    private static let stamp = Suspicion.stampSet(terminal: "/dev/pts/3")

    private func session(warn: [Duration] = [.seconds(40)]) -> OneSession {
        OneSession(idle: .after(.seconds(100)), warn: warn)
    }

    /// A look that found a rhythm in what was read after this moment.
    private func found(_ seconds: Double) -> Evidence {
        .terminal(input: seconds, noInputSince: seconds, suspicions: [Self.rhythm])
    }

    private func recorded(_ suspicion: Suspicion) -> Effect {
        OneSession.record(.suspicious(suspicion))
    }

    @Test func `each kind is recorded once, until a hand is seen that is above suspicion`() {
        var one = session()
        let stamped = Evidence.terminal(input: 0, suspicions: [Self.stamp, Self.rhythm])
        #expect(one.told(stamped, at: 5) == [recorded(Self.stamp), recorded(Self.rhythm)])
        let other = Suspicion.stampSet(terminal: "/dev/pts/4")
        #expect(one.told(.terminal(input: 0, suspicions: [other]), at: 6) == [])
        #expect(one.told(.terminal(input: 0), at: 7) == [])
        #expect(one.told(stamped, at: 8) == [])
        // A hand beside what is suspicious: no reason to tell of it again.
        #expect(one.told(.terminal(input: 9, suspicions: [Self.stamp]), at: 9) == [])
        #expect(one.told(.terminal(input: 10), at: 10) == [])
        #expect(one.told(stamped, at: 11) == [recorded(Self.stamp), recorded(Self.rhythm)])
    }

    @Test func `a key that an event told of ends the stretch at the next look`() {
        var one = session()
        let stamped = Evidence.terminal(suspicions: [Self.stamp])
        #expect(one.told(stamped, at: 5) == [recorded(Self.stamp)])
        _ = one.key(at: 6)
        #expect(one.told(.terminal(input: 6), at: 7) == [])
        #expect(one.told(stamped, at: 8) == [recorded(Self.stamp)])
    }

    @Test func `a forged stamp alone moves nothing`() {
        var one = session()
        _ = one.told(.terminal(input: 10, suspicions: [Self.stamp]), at: 50)
        #expect(one.counted == 10)
        #expect(one.next == 70)
    }

    @Test func `what was counted as input goes back, and the first warning has its full time`() {
        var one = session()
        for second in stride(from: 7.0, through: 700, by: 7) { _ = one.key(at: second) }
        #expect(one.counted == 700)
        let warning = OneSession.warning(Self.idle, 40, idle: 690)
        #expect(one.told(found(10), at: 700) == [recorded(Self.rhythm)] + warning)
        #expect(one.counted == 10)
        #expect(one.looked(found(10), at: 740) == OneSession.end(Self.idle, idle: 730))
    }

    @Test func `it never goes back to before the opening`() {
        var one = session()
        _ = one.key(at: 50)
        _ = one.told(found(-30), at: 51)
        #expect(one.counted == 0)
        #expect(one.session?.lastActivity.kind == .opening)
    }

    @Test func `a limit that no warning fits into gives a notice before it ends by a finding`() {
        var one = session(warn: [.seconds(120)])
        _ = one.key(at: 90)
        _ = one.key(at: 180)
        let warning = OneSession.warning(Self.idle, 100, idle: 180)
        #expect(one.told(found(0), at: 180) == [recorded(Self.rhythm)] + warning)
        #expect(one.looked(found(0), at: 280) == OneSession.end(Self.idle, idle: 280))
    }

    @Test func `forged input does not void the warning that follows its finding`() {
        var one = session()
        _ = one.key(at: 150)
        _ = one.told(found(10), at: 151)
        #expect(one.session?.stage == .warned)
        for second in stride(from: 152.0, to: 191, by: 1) {
            #expect(one.key(at: second) == [.look(OneSession.id)])
            #expect(one.told(found(10), at: second) == [])
        }
        #expect(one.looked(found(10), at: 191) == OneSession.end(Self.idle, idle: 181))
    }

    @Test func `a real key after a finding is believed when a look confirms it`() {
        var one = session()
        _ = one.key(at: 150)
        _ = one.told(found(10), at: 151)
        #expect(one.key(at: 160) == [.look(OneSession.id)])
        #expect(one.key(at: 160) == [])
        #expect(one.told(.terminal(input: 160), at: 160) == OneSession.kept)
        #expect(one.session?.isInputDoubted == false)
        #expect(one.key(at: 170) == [])
        #expect(one.counted == 170)
    }

    @Test func `real input on another terminal counts beside the forged`() {
        var one = session()
        _ = one.key(at: 90)
        let beside = Evidence.terminal(input: 60, noInputSince: 10, suspicions: [Self.rhythm])
        #expect(one.told(beside, at: 95) == [recorded(Self.rhythm)])
        #expect(one.counted == 60)
    }

    @Test func `a look that fails is asked for again, and no key is believed meanwhile`() {
        var one = session()
        _ = one.key(at: 150)
        _ = one.told(found(10), at: 151)
        #expect(one.key(at: 160) == [.look(OneSession.id)])
        #expect(one.next == 161)
        #expect(one.key(at: 160.5) == [])
        #expect(one.deadline(at: 161) == [.look(OneSession.id)])
        #expect(one.counted == 10)
    }

    @Test func `the user's own words that were built on forged input shrink with it`() {
        for (by, counted, until) in [(1_000, 60.0, 60.0), (0, 90, 500)]
            as [(UInt32, Double, Double)]
        {
            var one = session()
            _ = one.allow(at: 0) { $0.holdMax = .seconds(50) }
            _ = one.key(at: 80)
            let user = UserID(value: by)
            let hold = Hold(until: OneSession.at(500), by: user, why: "x")
            _ = one.engine.handle(.touched(OneSession.id, by: user), at: OneSession.at(90))
            _ = one.engine.handle(.held(OneSession.id, hold), at: OneSession.at(91))
            _ = one.told(found(10), at: 95)
            #expect(one.counted == counted)
            #expect(one.session?.hold?.until == OneSession.at(until))
        }
    }

    @Test func `work is capped from the hand that was real`() {
        var one = session()
        _ = one.allow(at: 0) { $0.workMax = .after(.seconds(200)) }
        _ = one.key(at: 300)
        _ = one.told(.working(400, input: 300), at: 400)
        #expect(one.counted == 400)
        var evidence = Evidence.working(410, input: 10)
        evidence.noInputSince = OneSession.at(10)
        _ = one.told(evidence, at: 410)
        #expect(one.counted == 210)
    }

    @Test func `in observe mode it is recorded, and an overdue session is so once`() {
        var one = OneSession(idle: .after(.seconds(100)), mode: .observe)
        let overdue = OneSession.record(.overdue(Self.idle, idle: .seconds(140)))
        _ = one.key(at: 150)
        #expect(one.told(found(10), at: 150) == [recorded(Self.rhythm), overdue])
        for second in stride(from: 160.0, to: 400, by: 10) {
            #expect(one.key(at: second) == [.look(OneSession.id)])
            #expect(one.told(found(10), at: second) == [])
        }
    }
}
