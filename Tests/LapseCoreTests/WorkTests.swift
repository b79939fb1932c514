import LapsePolicy
import Testing

@testable import LapseCore

/// Jobs that work with nobody at the keyboard: limit 100 s, warning 40 s before, work-max 1000 s.
@Suite struct WorkTests {
    private static let idle = EndReason.idle(limit: .seconds(100))

    private func session(
        _ activity: Set<ActivityKind> = [.input, .work],
        workMax: Limit = .after(.seconds(1_000)),
        warn: [Duration] = [.seconds(40)]
    ) -> OneSession {
        var one = OneSession(idle: .after(.seconds(100)), warn: warn)
        _ = one.allow(at: 0) { ($0.activity, $0.workMax) = (activity, workMax) }
        return one
    }

    /// The job is seen at work every ten seconds.
    private func work(_ one: inout OneSession, _ seconds: ClosedRange<Int>) -> [Effect] {
        stride(from: seconds.lowerBound, through: seconds.upperBound, by: 10)
            .flatMap { one.told(.working(Double($0)), at: Double($0)) }
    }

    @Test func `a working job keeps its session, and the limit counts from its last work`() {
        var one = session()
        #expect(work(&one, 10...500) == [])
        #expect(one.counted == 500)
        #expect(one.looked(.working(500), at: 560) == OneSession.warning(Self.idle, 40, idle: 60))
        #expect(one.looked(.working(500), at: 600) == OneSession.end(Self.idle, idle: 100))
    }

    @Test func `work counts until work-max after the last hand, which is recorded once`() {
        var one = session()
        #expect(work(&one, 10...1_000) == [])
        let reached = OneSession.record(.workMaxReached(.seconds(1_000), what: "make[123]"))
        #expect(one.told(.working(1_010), at: 1_010) == [reached])
        #expect(work(&one, 1_020...1_050) == [])
        #expect(one.counted == 1_000)
        let warning = OneSession.warning(Self.idle, 40, idle: 60)
        #expect(one.looked(.working(1_060), at: 1_060) == warning)
        #expect(work(&one, 1_070...1_090) == [])
        #expect(one.looked(.working(1_100), at: 1_100) == OneSession.end(Self.idle, idle: 100))
    }

    @Test func `a hand begins work-max anew`() {
        var one = session()
        _ = work(&one, 10...1_060)
        #expect(one.session?.stage == .warned)
        #expect(one.key(at: 1_070) == OneSession.kept)
        #expect(work(&one, 1_080...2_070) == [])
        #expect(one.counted == 2_070)
        #expect(one.told(.working(2_080), at: 2_080).count == 1)
    }

    @Test func `a user's word does not begin work-max anew`() {
        var one = session()
        _ = work(&one, 10...900)
        let touch = Event.touched(OneSession.id, by: UserID(value: 1_000))
        _ = one.engine.handle(touch, at: OneSession.at(950))
        _ = work(&one, 960...1_020)
        #expect(one.counted == 1_000)
    }

    @Test func `work that goes on again voids a standing warning, after work-max it does not`() {
        var one = session()
        _ = work(&one, 10...500)
        _ = one.looked(.working(500), at: 560)
        #expect(one.told(.working(570), at: 570) == OneSession.kept)
        #expect(one.session?.stage == .active)
        #expect(one.counted == 570)

        var over = session()
        _ = work(&over, 10...1_060)
        #expect(over.told(.working(1_070), at: 1_070) == [])
        #expect(over.session?.stage == .warned)
    }

    @Test func `work-max = "never" has no end`() {
        var one = session(workMax: .never)
        #expect(work(&one, 10...100_000) == [])
        #expect(one.counted == 100_000)
    }

    @Test func `work counts only where the policy names it`() {
        var one = session([.input])
        #expect(work(&one, 10...50) == [])
        #expect(one.counted == 0)
        #expect(one.looked(.working(60), at: 60) == OneSession.warning(Self.idle, 40, idle: 60))
    }

    @Test func `a look that tells of no work takes none back`() {
        var one = session()
        _ = work(&one, 10...50)
        _ = one.told(.terminal(input: 0), at: 60)
        _ = one.told(.terminal(input: 0, work: 20), at: 61)
        #expect(one.counted == 50)
    }

    @Test func `a policy that does not count work any more gives a notice first`() {
        var one = session(warn: [.seconds(200)])
        _ = work(&one, 10...500)
        #expect(one.allow(at: 510) { $0.activity = [.input] } == [])
        #expect(one.counted == 0)
        #expect(one.next == 0)
        let evidence = Evidence.working(510)
        #expect(one.looked(evidence, at: 510) == OneSession.warning(Self.idle, 100, idle: 510))
        #expect(one.looked(evidence, at: 610) == OneSession.end(Self.idle, idle: 610))
    }

    @Test func `a longer work-max counts what went on meanwhile, and takes the warning back`() {
        var one = session()
        _ = work(&one, 10...1_060)
        let changed = one.allow(at: 1_070) { $0.workMax = .after(.seconds(5_000)) }
        #expect(changed == OneSession.eased)
        #expect(one.counted == 1_060)
    }

    @Test func `output counts only where the policy names it, and then without an end`() {
        var named = session([.input, .output], workMax: .after(.seconds(10)))
        #expect(named.told(.terminal(input: 0, output: 5_000), at: 5_000) == [])
        #expect(named.counted == 5_000)
        var plain = session()
        let warning = OneSession.warning(Self.idle, 40, idle: 60)
        #expect(plain.looked(.terminal(input: 0, output: 59), at: 60) == warning)
        #expect(plain.told(.terminal(input: 0, output: 61), at: 61) == [])
    }

    @Test func `what is said to have happened in the future counts as of now`() {
        var one = session([.input, .work, .output])
        _ = one.told(.terminal(input: 900, work: 900, output: 900), at: 10)
        #expect(one.counted == 10)
        _ = one.engine.handle(.input(OneSession.id, at: OneSession.at(800)), at: OneSession.at(11))
        #expect(one.counted == 11)
    }

    @Test func `all that was seen is told with its worth, the last that counts apart`() {
        var one = session()
        _ = one.told(
            .terminal(input: 10, work: 1_400, output: 1_500, received: 9, sent: 8),
            at: 1_500
        )
        let cap = Activity.Worth.until(OneSession.at(1_010))
        func activity(
            _ kind: Activity.Kind,
            _ at: Double,
            _ worth: Activity.Worth,
            what: String? = nil
        ) -> Activity {
            Activity(kind: kind, what: what, at: OneSession.at(at), worth: worth)
        }
        let work = activity(.work, 1_400, cap, what: "make[123]")
        #expect(
            one.session?.activities == [
                activity(.input, 10, .full), activity(.received, 9, .none),
                activity(.sent, 8, .none), activity(.output, 1_500, .none), work,
            ]
        )
        #expect(one.session?.lastActivity == work)
        #expect(work.counted == OneSession.at(1_010))
        #expect(work.isCapped)
    }

    @Test func `a session that nobody used was last seen to open`() {
        let opening = Activity(kind: .opening, what: nil, at: OneSession.at(0), worth: .full)
        #expect(session().session?.lastActivity == opening)
        #expect(session().session?.activities == [opening])
    }
}
