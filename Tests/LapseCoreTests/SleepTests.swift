import LapseCore
import LapsePolicy
import Testing

/// A machine that slept: what is typed when it wakes must not open what the idle limit had shut.
@Suite struct SleepTests {
    @Test func `a sleep as long as the idle limit locks at once, without a warning`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        #expect(one.slept(20, at: 22) == [.lock(OneSession.id, OneSession.idleLock)])
        #expect(one.session?.lock?.since == OneSession.at(22))
    }

    @Test func `a key in the moment of the waking comes too late`() {
        var one = OneSession.lockable()
        _ = one.key(at: 22)
        #expect(one.slept(20, at: 22) == [.lock(OneSession.id, OneSession.idleLock)])
        #expect(one.key(at: 22.01).isEmpty)
    }

    @Test func `a shorter sleep leaves it to the look at the limit`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        #expect(one.slept(19.999, at: 25).isEmpty)
        let warning = OneSession.lockWarning(.idle(limit: .seconds(20)), 10, idle: 25)
        #expect(one.judged(at: 25) == warning)
    }

    @Test func `a warned user who has slept over the limit is locked`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.judged(at: 10)
        #expect(one.slept(20, at: 31) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `an end, a report and what is only observed wait for the look`() {
        var one = OneSession.lockable { $0.onIdle = .end }
        #expect(one.slept(20, at: 22).isEmpty)
        one = OneSession.lockable { $0.onIdle = .report }
        #expect(one.slept(20, at: 22).isEmpty)
        one = OneSession.lockable(mode: .observe)
        #expect(one.slept(20, at: 22).isEmpty)
        one = OneSession.lockable()
        one.password(false, at: 1)
        #expect(one.slept(20, at: 22).isEmpty)
    }

    @Test func `where no lock can be made, a look decides, and a key that is there keeps it`() {
        var one = OneSession.lockable()
        _ = one.slept(20, at: 22)
        #expect(
            one.lockAnswered(.failed("no locker"), at: 22) == [
                OneSession.lockFailed(OneSession.idleLock), .look(OneSession.id),
            ]
        )
        #expect(one.measured(22, at: 22).isEmpty)
        #expect(one.judged(22, at: 41.999).isEmpty)
    }

    @Test func `a hold keeps it over a sleep`() {
        var one = OneSession.lockable()
        _ = one.hold(until: 60, at: 1)
        #expect(one.slept(20, at: 22).isEmpty)
        #expect(one.slept(40, at: 61) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `what was opened meanwhile has not slept`() {
        var one = OneSession.lockable()
        #expect(one.slept(20, at: 19).isEmpty)
    }

    @Test func `a locked session stays as it is`() {
        var one = OneSession.locked()
        #expect(one.slept(20, at: 45).isEmpty)
        #expect(one.session?.lock?.since == OneSession.at(20))
    }
}
