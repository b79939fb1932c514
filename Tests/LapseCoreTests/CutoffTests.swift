import LapseCore
import LapsePolicy
import Testing

/// Moments at which a session ends, used or not: they come, move and go.
@Suite struct CutoffTests {
    private func session(_ mode: Mode = .enforce, warn: [Duration] = []) -> OneSession {
        OneSession(
            idle: .never,
            warn: warn.isEmpty ? [.seconds(40), .seconds(10)] : warn,
            mode: mode
        )
    }

    @Test func `a cutoff is warned of and ends a session that is in use`() {
        var one = session()
        #expect(one.hours(end: 100, at: 5) == [])
        #expect(one.next == 60)
        #expect(one.judged(60, at: 60) == OneSession.warning(.hours, 40, idle: 0))
        #expect(one.judged(90, at: 90) == OneSession.warning(.hours, 10, idle: 0))
        #expect(one.judged(99, at: 99) == [])
        #expect(one.judged(100, at: 100) == OneSession.end(.hours, idle: 0))
    }

    @Test(arguments: [
        EndReason.hours, .quota(limit: .seconds(3600)), .certificate, .account(.expired),
    ])
    func `every kind of cutoff does`(reason: EndReason) {
        var one = session()
        _ = one.cutoffs([Cutoff(reason, at: OneSession.at(100))], at: 5)
        #expect(one.session?.next?.limit == reason.kind)
        #expect(one.session?.next?.what == .warn)
        #expect(one.next == 60)
        #expect(one.judged(60, at: 60) == OneSession.warning(reason, 40, idle: 0))
        #expect(one.session?.warnedFor == reason.kind)
        _ = one.judged(90, at: 90)
        #expect(one.judged(100, at: 100) == OneSession.end(reason, idle: 0))
    }

    @Test func `a key does not take back the warning of a cutoff`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(60, at: 60)
        let input = one.engine.handle(
            .input(OneSession.id, at: OneSession.at(70)),
            at: OneSession.at(70)
        )
        #expect(input == [])
        #expect(one.session?.stage == .warned)
    }

    @Test func `the earliest of several ends the session`() {
        var one = session()
        let all = [EndReason.certificate, .hours, .account(.expired)]
        let cutoffs = zip(all, [300.0, 100, 200]).map { Cutoff($0, at: OneSession.at($1)) }
        _ = one.cutoffs(cutoffs, at: 0)
        #expect(one.session?.upcoming.map(\.limit) == [.hours, .account, .certificate])
        _ = one.judged(at: 60)
        _ = one.judged(at: 90)
        #expect(one.judged(at: 100) == OneSession.end(.hours, idle: 100))
    }

    @Test func `one that is past when it is first heard of gives the first warning and its time`() {
        var one = session()
        _ = one.hours(end: 300, at: 500)
        #expect(one.judged(at: 500) == OneSession.warning(.hours, 40, idle: 500))
        #expect(one.judged(at: 530) == OneSession.warning(.hours, 10, idle: 530))
        #expect(one.judged(at: 540) == OneSession.end(.hours, idle: 540))
    }

    @Test(arguments: [2.0, 0, -500])
    func `before every warning of a young session it gives the shortest`(end: Double) {
        var one = session()
        _ = one.hours(end: end, at: 3)
        #expect(one.judged(at: 3) == OneSession.warning(.hours, 10, idle: 3))
        #expect(one.judged(at: 13) == OneSession.end(.hours, idle: 13))
    }

    @Test func `whatever warnings a reload brings, one of them is given`() {
        var one = session()
        _ = one.hours(end: 50, at: 0)
        _ = one.allow(at: 1) { $0.warn = [.seconds(200), .seconds(100)] }
        #expect(one.judged(at: 1) == OneSession.warning(.hours, 100, idle: 1))
        #expect(one.judged(at: 101) == OneSession.end(.hours, idle: 101))
    }

    // MARK: It moves

    @Test func `one that comes nearer keeps what was promised`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 60)
        #expect(one.hours(end: 75, at: 70) == [])
        #expect(one.judged(at: 90) == OneSession.warning(.hours, 10, idle: 90))
        #expect(one.judged(at: 100) == OneSession.end(.hours, idle: 100))
    }

    @Test func `one that comes nearer with no warning standing has its first warning whole`() {
        var one = session()
        _ = one.hours(end: 1000, at: 5)
        #expect(one.hours(end: 80, at: 70) == [])
        #expect(one.judged(at: 70) == OneSession.warning(.hours, 40, idle: 70))
        _ = one.judged(at: 100)
        #expect(one.judged(at: 110) == OneSession.end(.hours, idle: 110))
    }

    @Test func `one that moves away is eased and warned of anew`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 60)
        #expect(one.hours(end: 200, at: 70) == OneSession.eased)
        #expect(one.judged(at: 160) == OneSession.warning(.hours, 40, idle: 160))
        #expect(one.judged(at: 190) == OneSession.warning(.hours, 10, idle: 190))
        #expect(one.judged(at: 200) == OneSession.end(.hours, idle: 200))
    }

    @Test func `one that goes is eased, and nothing is due any more`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 60)
        #expect(one.hours(end: nil, at: 70) == OneSession.eased)
        #expect(one.next == nil)
        #expect(one.session?.stage == .active)
    }

    /// The daemon does not tell them twice.
    @Test(arguments: [Mode.enforce, .observe], [[], [Duration.seconds(40)], [.seconds(300)]])
    func `what is told twice changes nothing the second time`(mode: Mode, warn: [Duration]) {
        let cutoffs = zip(
            [EndReason.hours, .quota(limit: .seconds(3600)), .certificate, .account(.expired)],
            [100.0, 90, 3, 500]
        ).map { Cutoff($0, at: OneSession.at($1)) }
        for told in [1.0, 5, 70, 95, 200] {
            for newMode in [nil, Mode.enforce, .observe] {
                var once = session(mode, warn: warn)
                _ = once.cutoffs([Cutoff(.hours, at: OneSession.at(60))], at: 0)
                _ = once.judged(at: 30)
                _ = once.cutoffs(cutoffs, at: told)
                _ = once.judged(at: told)
                if let newMode {
                    _ = once.allow(at: told, mode: newMode) { $0.warn = [.seconds(20)] }
                }
                var twice = once
                for moment in stride(from: told, to: 900, by: 4) {
                    #expect(twice.cutoffs(cutoffs, at: moment) == [])
                    #expect(twice.next == once.next, "told at \(told), again at \(moment)")
                    #expect(twice.session?.upcoming == once.session?.upcoming)
                    #expect(twice.judged(at: moment) == once.judged(at: moment))
                    // Changes that ask what was promised before them.
                    guard Int(moment) % 100 < 4 else { continue }
                    let warn = [Duration.seconds(moment / 10)]
                    let first = once.allow(at: moment) { $0.warn = warn }
                    #expect(twice.allow(at: moment) { $0.warn = warn } == first)
                }
            }
        }
    }

    @Test(arguments: [-0.01, -0.000_001, 0.000_001, 0.01])
    func `the clocks read anew move nothing`(reading: Double) {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 60)
        let before = one.session
        #expect(one.hours(end: 100 + reading, at: 61) == [])
        #expect(one.session == before)
        // Nor do many such readings one after the other.
        #expect(one.hours(end: 100 + 2 * reading, at: 62).isEmpty == (reading <= 0.001))
    }

    @Test func `a moment that was past stays where it was`() {
        // The hours were over at 300 s while the machine slept, and again at each later look.
        var one = session()
        _ = one.hours(end: 300, at: 500)
        _ = one.judged(at: 500)
        _ = one.judged(at: 530)
        #expect(one.hours(end: 541, at: 541) == [])
        #expect(one.judged(at: 541) == OneSession.end(.hours, idle: 541))
    }

    // MARK: Observe mode, endings

    @Test func `in observe mode it is recorded once, however often it is heard of`() {
        var one = session(.observe)
        _ = one.hours(end: 100, at: 5)
        let overdue = OneSession.record(.overdue(.hours, idle: .seconds(100)))
        #expect(one.judged(at: 100) == [overdue])
        for second in [100.0, 110, 120] {
            #expect(one.hours(end: second, at: second) == [])
            #expect(one.judged(at: second) == [])
        }
        #expect(one.next == nil)
    }

    @Test func `in observe mode it is recorded again once it has moved away and come`() {
        var one = session(.observe)
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 100)
        #expect(one.hours(end: 200, at: 110) == [])
        let overdue = OneSession.record(.overdue(.hours, idle: .seconds(200)))
        #expect(one.judged(at: 200) == [overdue])
    }

    @Test func `a session that is ending has no cutoffs`() {
        var one = session()
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 60)
        _ = one.requestEnd(at: 61)
        #expect(one.hours(end: nil, at: 62) == [])
        #expect(one.session?.upcoming == [])
        #expect(one.session?.next == nil)
    }

    @Test func `a reload that enforces what was overdue gives a warning first`() {
        var one = session(.observe)
        _ = one.hours(end: 100, at: 5)
        _ = one.judged(at: 100)
        _ = one.allow(at: 200, mode: .enforce)
        #expect(one.judged(at: 200) == OneSession.warning(.hours, 40, idle: 200))
        _ = one.judged(at: 230)
        #expect(one.judged(at: 240) == OneSession.end(.hours, idle: 240))
    }
}
