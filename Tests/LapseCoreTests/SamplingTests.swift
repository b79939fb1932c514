import LapsePolicy
import Testing

@testable import LapseCore

/// Looks between the deadlines: limit 100 s, so each 10 s.
@Suite struct SamplingTests {
    private func session(
        idle: Limit = .after(.seconds(100)),
        _ activity: Set<ActivityKind> = [.input, .work]
    ) -> OneSession {
        var one = OneSession(idle: idle)
        _ = one.allow(at: 0) { $0.activity = activity }
        return one
    }

    @Test func `a session at its prompt is not looked at before its limit`() {
        var one = session()
        #expect(one.next == 100)
        _ = one.told(.terminal(input: 30), at: 40)
        #expect(one.next == 130)
    }

    @Test func `a session that may act alone is looked at each tenth of its limit`() {
        var one = session()
        _ = one.told(.working(5), at: 5)
        for second in [15.0, 25, 35, 45] {
            #expect(one.next == second)
            #expect(one.looked(.working(5), at: second) == [])
        }
        _ = one.looked(.terminal(input: 0), at: 55)
        #expect(one.next == 105)
    }

    @Test(
        arguments: [
            (0.5, 1.0), (1, 1), (9.9, 1), (10, 1), (25, 2.5), (599, 59.9), (600, 60), (86_400, 60),
        ] as [(Double, Double)]
    )
    func `the interval has a least and a most`(limit: Double, interval: Double) {
        var one = session(idle: .after(.seconds(limit)))
        _ = one.told(.working(0), at: 0)
        #expect(one.session?.sampleAt == OneSession.at(interval))
    }

    @Test func `a key asks for one look, an interval after the first`() {
        var one = session()
        for second in stride(from: 20.0, to: 30, by: 0.5) { #expect(one.key(at: second) == []) }
        #expect(one.next == 30)
        #expect(one.looked(.terminal(input: 29.5), at: 30) == [])
        #expect(one.next == 129.5)
    }

    @Test(arguments: [Limit.after(.seconds(100)), .never])
    func `where nothing but input counts, or no limit is, there are none`(idle: Limit) {
        var one = session(idle: idle, idle == .never ? [.input, .work, .network] : [.input])
        _ = one.key(at: 20)
        _ = one.told(.working(25), at: 25)
        #expect(one.session?.sampleAt == nil)
        #expect(one.session?.nextDeadline == (idle == .never ? nil : OneSession.at(120)))
    }

    @Test func `a session without a terminal is looked at whatever the policy counts`() {
        var one = session([.input])
        _ = one.told(.connection(received: 4), at: 5)
        #expect(one.next == 15)
    }

    @Test func `a look between deadlines does nothing but what is due`() {
        var one = OneSession(idle: .after(.seconds(100)), warn: [.seconds(40)])
        _ = one.told(.working(0), at: 0)
        for second in stride(from: 10.0, to: 60, by: 10) {
            #expect(one.looked(.terminal(input: 0, alone: true), at: second) == [])
        }
        let idle = EndReason.idle(limit: .seconds(100))
        let due = one.looked(.terminal(input: 0, alone: true), at: 60)
        #expect(due == OneSession.warning(idle, 40, idle: 60))
        for second in stride(from: 70.0, to: 100, by: 10) {
            #expect(one.looked(.terminal(input: 0, alone: true), at: second) == [])
        }
        let end = one.looked(.terminal(input: 0, alone: true), at: 100)
        #expect(end == OneSession.end(idle, idle: 100))
    }

    @Test func `after work-max only a hand brings looks back`() {
        var one = session()
        _ = one.allow(at: 0) { $0.workMax = .after(.seconds(50)) }
        _ = one.told(.working(45), at: 45)
        #expect(one.next == 55)
        _ = one.looked(.working(55), at: 55)
        #expect(one.session?.sampleAt == nil)
        #expect(one.next == 150)
        _ = one.key(at: 60)
        #expect(one.next == 70)
    }

    @Test func `a new limit brings the next look nearer, and never takes it away`() {
        var one = session(idle: .after(.seconds(600)))
        _ = one.told(.working(10), at: 10)
        #expect(one.next == 70)
        _ = one.allow(at: 20) { $0.idle = .after(.seconds(100)) }
        #expect(one.next == 30)
        _ = one.allow(at: 25) { $0.idle = .after(.seconds(600)) }
        #expect(one.next == 30)
        _ = one.allow(at: 26) { $0.activity = [.input] }
        #expect(one.session?.sampleAt == nil)
        _ = one.allow(at: 27) { $0.activity = [.input, .work] }
        #expect(one.next == 87)
    }

    @Test func `a session that is ending is looked at no more`() {
        var one = session()
        _ = one.told(.working(10), at: 10)
        _ = one.requestEnd(at: 15)
        #expect(one.deadline(at: 16).contains(.look(OneSession.id)) == false)
        #expect(one.told(.working(17), at: 17) == [])
        #expect(one.key(at: 18) == [])
    }
}
