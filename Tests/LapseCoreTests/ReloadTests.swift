import LapseCore
import LapsePolicy
import Testing

/// The policy changes under a living session: in each stage, in each direction.
@Suite struct ReloadTests {
    private static func idle(_ seconds: Double) -> EndReason { .idle(limit: .seconds(seconds)) }

    private static func lifetime(_ seconds: Double) -> EndReason {
        .lifetime(limit: .seconds(seconds))
    }

    /// Idle for 100 s, warned of at 60 s and 90 s.
    private func warning(_ mode: Mode = .enforce) -> OneSession {
        OneSession(idle: .after(.seconds(100)), warn: [.seconds(40), .seconds(10)], mode: mode)
    }

    // MARK: Active

    @Test(arguments: [(100.0, 60.0), (300, 260), (70, 30), (50, 10)])
    func `an active session goes by the new idle limit`(limit: Double, warned: Double) {
        var one = OneSession(idle: .after(.seconds(200)), warn: [.seconds(40)])
        #expect(one.allow(at: 5) { $0.idle = .after(.seconds(limit)) } == [])
        #expect(one.next == warned)
        let told = OneSession.warning(Self.idle(limit), 40, idle: warned)
        #expect(one.judged(at: warned) == told)
    }

    @Test func `a limit that is past gives the first warning and its whole time`() {
        var one = OneSession(idle: .after(.seconds(900)), warn: [.seconds(40), .seconds(10)])
        #expect(one.allow(at: 300) { $0.idle = .after(.seconds(100)) } == [])
        #expect(one.judged(at: 300) == OneSession.warning(Self.idle(100), 40, idle: 300))
        #expect(one.judged(at: 330) == OneSession.warning(Self.idle(100), 10, idle: 330))
        #expect(one.judged(at: 339.9) == [])
        #expect(one.judged(at: 340) == OneSession.end(Self.idle(100), idle: 340))
    }

    @Test func `a lifetime that is past does so too`() {
        var one = OneSession(idle: .never, warn: [.seconds(40)])
        #expect(one.allow(at: 300) { $0.lifetime = .after(.seconds(100)) } == [])
        #expect(one.judged(at: 300) == OneSession.warning(Self.lifetime(100), 40, idle: 300))
        #expect(one.judged(at: 340) == OneSession.end(Self.lifetime(100), idle: 340))
    }

    @Test func `an idle limit below every warning counts from the reload, with a warning`() {
        var one = OneSession(idle: .after(.seconds(900)), warn: [.seconds(40), .seconds(10)])
        _ = one.allow(at: 300) { $0.idle = .after(.seconds(5)) }
        // A second reload before the deadline changes nothing about that.
        _ = one.allow(at: 300) { $0.holdMax = .zero }
        #expect(one.judged(at: 300) == OneSession.warning(Self.idle(5), 5, idle: 300))
        #expect(one.judged(at: 304.9) == [])
        #expect(one.judged(at: 305) == OneSession.end(Self.idle(5), idle: 305))
    }

    @Test func `that warning is not repeated after the next key, nor before a key`() {
        for key in [300.0, 302] {
            var one = OneSession(idle: .after(.seconds(900)), warn: [.seconds(40)])
            _ = one.allow(at: 300) { $0.idle = .after(.seconds(5)) }
            if key > 300 { _ = one.judged(at: 300) }
            let kept = one.engine.handle(
                .input(OneSession.id, at: OneSession.at(key)),
                at: OneSession.at(key)
            )
            #expect(kept == (key > 300 ? OneSession.kept : []))
            #expect(one.judged(key, at: key) == [])
            #expect(one.judged(key, at: key + 4.5) == [])
            #expect(one.judged(key, at: key + 5) == OneSession.end(Self.idle(5), idle: 5))
        }
    }

    @Test func `a lifetime below every warning gives the shortest of them`() {
        var one = OneSession(idle: .never, warn: [.seconds(40), .seconds(30)])
        _ = one.allow(at: 300) { $0.lifetime = .after(.seconds(20)) }
        #expect(one.judged(at: 300) == OneSession.warning(Self.lifetime(20), 30, idle: 300))
        #expect(one.judged(at: 330) == OneSession.end(Self.lifetime(20), idle: 330))
    }

    @Test func `who wants no warnings gets none`() {
        var one = OneSession(idle: .after(.seconds(900)))
        _ = one.allow(at: 300) { $0.idle = .after(.seconds(5)) }
        #expect(one.judged(at: 300) == OneSession.end(Self.idle(5), idle: 300))
    }

    @Test func `an unchanged short limit gets no warning from a reload of something else`() {
        var one = OneSession(idle: .after(.seconds(5)), warn: [.seconds(40)])
        _ = one.allow(at: 3) { $0.holdMax = .zero }
        #expect(one.next == 5)
        #expect(one.judged(at: 5) == OneSession.end(Self.idle(5), idle: 5))
    }

    @Test func `what has not changed changes nothing`() {
        var one = warning()
        _ = one.judged(at: 60)
        let before = one.session
        #expect(one.allow(at: 61) == [])
        #expect(one.session == before)
    }

    // MARK: Warned

    @Test(arguments: [100.0, 90, 30, 5])
    func `a standing warning is kept where the limit comes nearer`(limit: Double) {
        var one = warning()
        _ = one.judged(at: 60)
        #expect(one.allow(at: 70) { $0.idle = .after(.seconds(limit)) } == [])
        #expect(one.session?.stage == .warned)
        // A limit shorter than the second warning has none; else that comes 10 s before the end.
        let second = OneSession.warning(Self.idle(limit), 10, idle: 90)
        #expect(one.judged(at: 90) == (limit > 10 ? second : []))
        #expect(one.judged(at: 99.5) == [])
        #expect(one.judged(at: 100) == OneSession.end(Self.idle(limit), idle: 100))
    }

    @Test func `a warning that was given is not given again, one in between is`() {
        var one = warning()
        _ = one.judged(at: 60)
        _ = one.allow(at: 61) { $0.warn = [.seconds(90), .seconds(50), .seconds(20), .seconds(3)] }
        #expect(one.judged(at: 61) == [])
        #expect(one.judged(at: 80) == OneSession.warning(Self.idle(100), 20, idle: 80))
        // The policy drops all warnings and brings them back: what was told stays told.
        _ = one.allow(at: 81) { $0.warn = [] }
        _ = one.allow(at: 82) { $0.warn = [.seconds(40), .seconds(20), .seconds(5)] }
        #expect(one.next == 95)
    }

    @Test func `a limit that has moved away is said to be eased, and warned of anew`() {
        var one = warning()
        _ = one.judged(at: 60)
        #expect(one.allow(at: 70) { $0.idle = .after(.seconds(200)) } == OneSession.eased)
        #expect(one.session?.stage == .active)
        #expect(one.judged(at: 160) == OneSession.warning(Self.idle(200), 40, idle: 160))
        #expect(one.judged(at: 190) == OneSession.warning(Self.idle(200), 10, idle: 190))
        #expect(one.judged(at: 200) == OneSession.end(Self.idle(200), idle: 200))
    }

    @Test(
        arguments: [
            { (allowance: inout Allowance) in allowance.idle = .never },
            { (allowance: inout Allowance) in allowance.onIdle = .report },
        ] as [@Sendable (inout Allowance) -> Void]
    )
    func `a limit that no end follows any more takes its warning back`(
        change: @Sendable (inout Allowance) -> Void
    ) {
        var one = warning()
        _ = one.judged(at: 60)
        #expect(one.allow(at: 70, change) == OneSession.eased)
        #expect(one.session?.stage == .active)
    }

    @Test func `observe mode takes standing warnings back, of the lifetime too`() {
        var one = OneSession(
            idle: .never,
            lifetime: .after(.seconds(100)),
            warn: [.seconds(40)]
        )
        _ = one.judged(at: 60)
        #expect(one.allow(at: 70, mode: .observe) == OneSession.eased)
        let overdue = Record.What.overdue(Self.lifetime(100), idle: .seconds(100))
        #expect(one.judged(at: 100) == [OneSession.record(overdue)])
    }

    @Test func `while another warning stands nothing is said to be eased`() {
        var one = OneSession(
            idle: .after(.seconds(100)),
            lifetime: .after(.seconds(100)),
            warn: [.seconds(40)]
        )
        #expect(one.judged(at: 60).count == 4)
        #expect(one.allow(at: 70) { $0.lifetime = .never } == [])
        #expect(one.session?.stage == .warned)
        #expect(one.session?.warnedFor == .idle)
    }

    @Test func `what was eased does not end without a word, be every warning too long`() {
        var one = OneSession(idle: .after(.seconds(100)), warn: [.seconds(40)])
        _ = one.allow(at: 90) { $0.idle = .after(.seconds(20)) }
        #expect(one.judged(at: 90) == OneSession.warning(Self.idle(20), 20, idle: 90))
        let eased = one.allow(at: 100) {
            $0.idle = .after(.seconds(120))
            $0.warn = [.seconds(300), .seconds(200)]
        }
        #expect(eased == OneSession.eased)
        #expect(one.judged(at: 100) == OneSession.warning(Self.idle(120), 120, idle: 100))
        #expect(one.judged(at: 220) == OneSession.end(Self.idle(120), idle: 220))
    }

    // MARK: Overdue

    @Test func `a mode that begins to enforce gives the first warning and its time`() {
        var one = warning(.observe)
        _ = one.judged(at: 100)
        #expect(one.allow(at: 500, mode: .enforce) == [])
        #expect(one.judged(at: 500) == OneSession.warning(Self.idle(100), 40, idle: 500))
        #expect(one.judged(at: 540) == OneSession.end(Self.idle(100), idle: 540))
    }

    @Test func `and the shortest of those that do not fit`() {
        var one = OneSession(
            idle: .never,
            lifetime: .after(.seconds(20)),
            warn: [.seconds(40), .seconds(30)],
            mode: .observe
        )
        _ = one.judged(at: 20)
        _ = one.allow(at: 500, mode: .enforce)
        #expect(one.judged(at: 500) == OneSession.warning(Self.lifetime(20), 30, idle: 500))
    }

    @Test func `an idle limit that was only reported is warned of once it ends sessions`() {
        var one = OneSession(
            idle: .after(.seconds(100)),
            warn: [.seconds(40)],
            onIdle: .report
        )
        _ = one.judged(at: 100)
        _ = one.allow(at: 500) { $0.onIdle = .end }
        #expect(one.judged(at: 500) == OneSession.warning(Self.idle(100), 40, idle: 500))
    }

    @Test func `in observe mode a new idle limit is recorded anew, the same limit is not`() {
        var one = warning(.observe)
        _ = one.judged(at: 100)
        _ = one.allow(at: 200) { $0.holdMax = .zero }
        #expect(one.judged(at: 200) == [])
        _ = one.allow(at: 300) { $0.idle = .after(.seconds(150)) }
        let overdue = Record.What.overdue(Self.idle(150), idle: .seconds(300))
        #expect(one.judged(at: 300) == [OneSession.record(overdue)])
    }

    // MARK: Ending

    @Test func `an end that is under way goes on as it began`() {
        var one = OneSession(detached: .after(.seconds(60)))
        _ = one.requestEnd(at: 1)
        let changed = one.allow(at: 1, mode: .observe) {
            $0.detached = .spare
            $0.end = Array(EndStep.builtIn.suffix(2))
            $0.idle = .never
        }
        #expect(changed == [])
        #expect(one.reached(1, at: 1, spared: ["tmux[9]"]) == [])
        #expect(one.deadline(at: 1.3) == [OneSession.signal(.terminate, .leader)])
        _ = one.leaderExits(at: 2)
        let spared = one.reached(0, at: 2)
        #expect(spared == [OneSession.record(.spared(["tmux[9]"], endIn: .seconds(60)))])
    }
}
