import LapsePolicy
import Testing

@testable import LapseCore

/// Sessions without a terminal: limit 100 s, work-max 1000 s.
@Suite struct ConnectionTests {
    private func session(
        _ activity: Set<ActivityKind> = [.input, .work],
        _ traffic: TrafficDirection = .both
    ) -> OneSession {
        var one = OneSession(idle: .after(.seconds(100)))
        _ = one.allow(at: 0) {
            ($0.activity, $0.traffic, $0.workMax) = (activity, traffic, .after(.seconds(1_000)))
        }
        return one
    }

    @Test func `bytes from the client are a hand`() {
        var one = session()
        _ = one.told(.connection(received: 500), at: 510)
        #expect(one.counted == 500)
        #expect(one.session?.lastSeen == OneSession.at(500))
        let hand = Activity(kind: .received, what: nil, at: OneSession.at(500), worth: .full)
        #expect(one.session?.activities == [hand])
    }

    @Test func `bytes to the client count like work, until work-max after the last hand`() {
        var one = session()
        _ = one.told(.connection(received: 50, sent: 700), at: 700)
        #expect(one.counted == 700)
        let reached = OneSession.record(.workMaxReached(.seconds(1_000), what: nil))
        #expect(one.told(.connection(received: 50, sent: 1_060), at: 1_060) == [reached])
        #expect(one.counted == 1_050)
    }

    @Test(
        arguments: [
            ([.input], .both, 900), ([.input, .work], .received, 50), ([.input], .sent, 900),
            ([.input, .network], .both, 3_000), ([.network], .received, 50),
            ([.network], .sent, 3_000),
        ] as [(Set<ActivityKind>, TrafficDirection, Double)]
    )
    func `the policy says which direction counts, and by "network" that it counts without end`(
        activity: Set<ActivityKind>,
        traffic: TrafficDirection,
        counted: Double
    ) {
        var one = session(activity, traffic)
        _ = one.told(.connection(received: 50, sent: 900), at: 900)
        #expect(one.counted == (traffic == .received ? 50 : 900))
        _ = one.told(.connection(received: 50, sent: 3_000), at: 3_000)
        let hand = traffic == .sent ? 0.0 : 50
        #expect(one.counted == (counted == 900 ? hand + 1_000 : counted))
    }

    @Test func `at a terminal the bytes count only where the policy names the network`() {
        var plain = session()
        _ = plain.told(.terminal(input: 5, received: 60, sent: 70), at: 80)
        #expect(plain.counted == 5)
        for (traffic, counted) in [
            (.both, 70), (.received, 60), (.sent, 70),
        ] as [(TrafficDirection, Double)] {
            var one = session([.input, .network], traffic)
            _ = one.told(.terminal(input: 5, received: 60, sent: 70), at: 80)
            #expect(one.counted == counted)
            #expect(one.session?.lastSeen == OneSession.at(5))
        }
    }

    @Test func `a terminal that comes takes over, and the hand of before it stays seen`() {
        var one = session()
        _ = one.told(.connection(received: 50, sent: 90), at: 90)
        _ = one.told(.terminal(input: 80, received: 99, sent: 99), at: 100)
        #expect(one.counted == 80)
        #expect(one.session?.hasTerminal == true)
    }

    @Test func `the last terminal goes and the bytes are the hand again`() {
        var one = session()
        _ = one.told(.terminal(input: 20, received: 60), at: 70)
        #expect(one.counted == 20)
        _ = one.told(.connection(received: 65), at: 80)
        #expect(one.counted == 65)
    }

    @Test func `a connection that cannot be measured is told with its reason`() {
        var one = session()
        _ = one.told(.unmeasurable(.noConnection("a socket of inetd")), at: 5)
        #expect(one.session?.unmeasurable == .noConnection("a socket of inetd"))
        #expect(one.session?.upcoming == [])
    }

    @Test func `half a keep-alive at the end is looked at again, once, before it is believed`() {
        var one = session()
        _ = one.told(.connection(received: 10), at: 10)
        var doubtful = Evidence.connection(received: 10)
        doubtful.isUndecided = true
        #expect(one.looked(doubtful, at: 109) == [])
        #expect(one.looked(doubtful, at: 110) == [])
        #expect(one.next == 110.5)
        var used = one
        #expect(used.looked(.connection(received: 110), at: 110.5) == [])
        #expect(used.counted == 110)
        let reason = EndReason.idle(limit: .seconds(100))
        #expect(one.looked(doubtful, at: 110.5) == OneSession.end(reason, idle: 100.5))
    }

    @Test func `bytes that turn out to be keep-alives were no hand`() {
        var one = session()
        _ = one.told(.connection(received: 90), at: 95)
        var evidence = Evidence.connection(received: 60)
        evidence.noInputSince = OneSession.at(60)
        #expect(one.told(evidence, at: 99) == [])
        #expect(one.counted == 60)
    }
}
