import LapsePolicy
import Testing

@testable import LapseCore

/// What a daemon that was started anew knows of activity before it.
@Suite struct FormerActivityTests {
    private func session(hand: Double, other: Double?) -> OneSession {
        var one = OneSession(idle: .after(.seconds(100)))
        _ = one.allow(at: 0) { $0.workMax = .after(.seconds(1_000)) }
        let former = FormerActivity(hand: OneSession.at(hand), other: other.map(OneSession.at))
        _ = one.engine.handle(.remembered(OneSession.id, former), at: OneSession.at(900))
        return one
    }

    @Test func `work of before counts, and does not pass for a hand`() {
        var one = session(hand: 10, other: 850)
        #expect(one.counted == 850)
        #expect(one.session?.lastSeen == OneSession.at(10))
        _ = one.told(.working(1_020), at: 1_020)
        #expect(one.counted == 1_010)
        #expect(one.session?.lastBesideHand == OneSession.at(1_010))
    }

    @Test func `a hand of before is one`() {
        let one = session(hand: 700, other: nil)
        #expect(one.counted == 700)
        #expect(one.session?.lastSeen == OneSession.at(700))
        #expect(one.session?.lastBesideHand == nil)
    }

    @Test func `a daemon that was away for longer than the limit waits for its second look`() {
        for (alone, next) in [(true, 910.0), (false, 900)] {
            var engine = Engine()
            var allowance = Allowance.builtIn
            (allowance.idle, allowance.warn) = (.after(.seconds(100)), [])
            allowance.onIdle = .end
            let event = Event.opened(OneSession.facts, allowance, .enforce, .adopted)
            _ = engine.handle(event, at: OneSession.at(900))
            let first = Event.evidence(OneSession.id, .terminal(input: 0, alone: alone))
            let effects = engine.handle(first, at: OneSession.at(900))
            #expect(effects.isEmpty == alone)
            guard alone else { continue }
            #expect(engine.nextDeadline == OneSession.at(next))
            // A look that comes by itself does not cut that short.
            #expect(engine.handle(first, at: OneSession.at(905)) == [])
            let work = Event.evidence(OneSession.id, .working(910))
            #expect(engine.handle(work, at: OneSession.at(910)) == [])
            #expect(engine.sessions[OneSession.id]?.idle(at: OneSession.at(911)) == .seconds(1))
            #expect(engine.handle(first, at: OneSession.at(1_010)).count == 3)
        }
    }

    @Test func `nothing of it lies in the future`() {
        #expect(session(hand: 5_000, other: 6_000).counted == 900)
    }
}
