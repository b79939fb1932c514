import LapseCore
import Testing

@Suite struct CountdownTests {
    private let limitAt = BootInstant(nanoseconds: 100_000_000_000)

    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    private func countdown(_ warnings: Int...) -> Countdown {
        Countdown(limit: .seconds(100), warnings: warnings.map { .seconds($0) })
    }

    @Test func `a warning that is not shorter than the limit is passed over`() {
        let countdown = countdown(101, 100, 99)
        #expect(countdown.next(limitAt: limitAt) == (.warn, at(1)))
        #expect(countdown.step(at: at(1), limitAt: limitAt) == .warn(remaining: .seconds(99)))
    }

    @Test(arguments: [
        (99.0, Countdown.Step.wait(until: OneSession.at(100))), (100, .end), (1e6, .end),
    ])
    func `without warnings the limit is the end`(now: Double, step: Countdown.Step) {
        #expect(countdown().step(at: at(now), limitAt: limitAt) == step)
    }

    @Test(arguments: [
        (69.999_999_999, Countdown.Step.wait(until: OneSession.at(70))),
        (70, .warn(remaining: .seconds(30))),
        // Late, it still gives its whole time.
        (95, .warn(remaining: .seconds(30))),
        (500, .warn(remaining: .seconds(30))),
    ])
    func `the first warning comes on its moment or late, never shortened`(
        now: Double,
        step: Countdown.Step
    ) {
        #expect(countdown(30, 10).step(at: at(now), limitAt: limitAt) == step)
    }

    @Test func `a late first warning moves the end, and the next warning with it`() {
        var countdown = countdown(30, 10)
        countdown.warned(at: at(95), limitAt: limitAt)
        #expect(countdown.end(limitAt: limitAt) == at(125))
        #expect(countdown.step(at: at(114), limitAt: limitAt) == .wait(until: at(115)))
        #expect(countdown.step(at: at(116), limitAt: limitAt) == .warn(remaining: .seconds(9)))
        countdown.warned(at: at(116), limitAt: limitAt)
        #expect(countdown.step(at: at(124.9), limitAt: limitAt) == .wait(until: at(125)))
        #expect(countdown.step(at: at(125), limitAt: limitAt) == .end)
    }

    @Test func `of several warnings that are due at once, one is given`() {
        var countdown = countdown(30, 20, 10, 5)
        countdown.warned(at: at(70), limitAt: limitAt)
        #expect(countdown.step(at: at(92), limitAt: limitAt) == .warn(remaining: .seconds(8)))
        countdown.warned(at: at(92), limitAt: limitAt)
        #expect(countdown.next(limitAt: limitAt) == (.warn, at(95)))
    }

    @Test func `warnings that were slept through do not delay the end`() {
        var countdown = countdown(30, 10)
        countdown.warned(at: at(70), limitAt: limitAt)
        #expect(countdown.step(at: at(900), limitAt: limitAt) == .end)
    }

    @Test func `a cancelled countdown promises nothing and begins anew`() {
        var countdown = countdown(30, 10)
        countdown.warned(at: at(95), limitAt: limitAt)
        #expect(countdown.isRunning)
        countdown.cancel()
        #expect(!countdown.isRunning)
        #expect(countdown.end(limitAt: limitAt) == limitAt)
        #expect(countdown.step(at: at(99), limitAt: limitAt) == .warn(remaining: .seconds(30)))
    }

    @Test func `a limit beyond the end of time is never reached`() {
        let never = BootInstant(nanoseconds: .max)
        let countdown = Countdown(limit: .seconds(Int64.max), warnings: [.seconds(30)])
        #expect(countdown.step(at: at(1e9), limitAt: never) == .wait(until: never - .seconds(30)))
    }
}
