import LapsePolicy
import Testing

@testable import LapseCore

/// What a meter takes back, once it knows keep-alives; limit 100 s, work-max 1000 s.
@Suite struct MeteredTrafficTests {
    private func session(
        _ activity: Set<ActivityKind> = [.input, .work],
        warn: [Duration] = []
    ) -> OneSession {
        var one = OneSession(idle: .after(.seconds(100)), warn: warn)
        _ = one.allow(at: 0) {
            ($0.activity, $0.workMax) = (activity, .after(.seconds(1_000)))
        }
        return one
    }

    private static let reason = EndReason.idle(limit: .seconds(100))

    @Test func `bytes that were keep-alives were no hand, and no use`() {
        var one = session()
        _ = one.told(.connection(received: 10, sent: 10, meter: 0), at: 15)
        _ = one.told(.connection(received: 40, sent: 40, meter: 0), at: 45)
        #expect(one.session?.lastSeen == OneSession.at(40))
        _ = one.told(.connection(received: 10, sent: 10, meter: 0), at: 60)
        #expect(one.session?.lastSeen == OneSession.at(10))
        #expect(one.counted == 10)
        let known = one.looked(.connection(received: 10, sent: 10, meter: 0), at: 110)
        #expect(known == OneSession.end(Self.reason, idle: 100))
    }

    @Test func `a session of nothing but keep-alives was never used`() {
        var one = session()
        _ = one.told(.connection(received: 40, sent: 40, meter: 0), at: 45)
        _ = one.told(.connection(meter: 0), at: 60)
        #expect(one.counted == 0)
        #expect(one.session?.lastActivity.kind == .opening)
    }

    @Test func `the end that comes nearer is told of`() {
        var one = session(warn: [.seconds(30)])
        _ = one.told(.connection(received: 90, meter: 0), at: 95)
        let told = one.told(.connection(received: 5, meter: 0), at: 99)
        #expect(told == OneSession.warning(Self.reason, 30, idle: 94))
        #expect(one.looked(.connection(received: 5, meter: 0), at: 128.9) == [])
        let ended = one.looked(.connection(received: 5, meter: 0), at: 129)
        #expect(ended == OneSession.end(Self.reason, idle: 124))
    }

    @Test func `what an earlier meter told stays, whatever the next one knows`() {
        var one = session()
        _ = one.told(.connection(received: 50, sent: 60, meter: 0), at: 65)
        _ = one.told(.connection(meter: 70), at: 75)
        #expect(one.counted == 60)
        #expect(one.session?.lastSeen == OneSession.at(50))
        _ = one.told(.connection(received: 80, sent: 85, meter: 70), at: 86)
        #expect(one.counted == 85)
        _ = one.told(.connection(meter: 70), at: 90)
        #expect(one.counted == 60)
        #expect(one.session?.lastSeen == OneSession.at(50))
    }

    @Test func `what an earlier daemon told stays`() {
        var one = session()
        let former = FormerActivity(hand: OneSession.at(30), other: OneSession.at(35))
        _ = one.engine.handle(.remembered(OneSession.id, former), at: OneSession.at(40))
        _ = one.told(.connection(received: 60, sent: 60, meter: 40), at: 60)
        _ = one.told(.connection(meter: 40), at: 70)
        #expect(one.session?.lastSeen == OneSession.at(30))
        #expect(one.counted == 35)
    }

    @Test func `a look that measures nothing takes back nothing`() {
        var one = session()
        _ = one.told(.connection(received: 50, sent: 60, meter: 0), at: 65)
        _ = one.told(.unmeasurable(.noConnection("gone")), at: 70)
        _ = one.told(.connection(), at: 75)
        #expect(one.counted == 60)
        #expect(one.session?.lastSeen == OneSession.at(50))
    }

    @Test func `a key on a terminal stays one`() {
        var one = session()
        _ = one.told(.terminal(input: 20), at: 25)
        _ = one.told(.connection(received: 60, meter: 0), at: 65)
        _ = one.told(.connection(received: 10, meter: 0), at: 70)
        #expect(one.session?.lastSeen == OneSession.at(20))
        #expect(one.session?.lastActivity.kind == .input)
    }

    @Test func `bytes of before a terminal came are taken back too, never raised`() {
        var one = session()
        _ = one.told(.connection(received: 60, meter: 0), at: 65)
        var evidence = Evidence.terminal(input: 5, received: 40)
        evidence.meterBegan = OneSession.at(0)
        _ = one.told(evidence, at: 70)
        #expect(one.session?.lastSeen == OneSession.at(40))
        evidence.received = OneSession.at(90)
        _ = one.told(evidence, at: 95)
        #expect(one.session?.lastSeen == OneSession.at(40))
    }

    @Test func `where the policy counts the network, both directions fall back at a terminal`() {
        var one = session([.input, .network])
        var evidence = Evidence.terminal(input: 5, received: 60, sent: 70)
        evidence.meterBegan = OneSession.at(0)
        _ = one.told(evidence, at: 75)
        #expect(one.counted == 70)
        (evidence.received, evidence.sent) = (OneSession.at(8), nil)
        _ = one.told(evidence, at: 80)
        #expect(one.counted == 8)
    }
}
