import LapseCore
import LapsePolicy
import Testing

/// Locking in place of ending: when it comes, what counts meanwhile, and what ends it.
@Suite struct LockTests {
    private static let reason = EndReason.idle(limit: .seconds(20))

    // MARK: When it comes

    @Test func `the idle limit locks where the user can re-authenticate`() {
        var one = OneSession.lockable()
        #expect(one.judged(at: 19.999).isEmpty)
        #expect(one.judged(at: 20) == [.lock(OneSession.id, OneSession.idleLock)])
        #expect(
            one.lockAnswered(.stands, at: 20) == [
                OneSession.record(
                    .locked(OneSession.idleLock, idle: .seconds(20), endsIn: .seconds(100))
                )
            ]
        )
        #expect(one.session?.lock?.since == OneSession.at(20))
        #expect(one.next == 120)
        // A lock that was recorded is not recorded again.
        #expect(one.lockAnswered(.stands, at: 21).isEmpty)
    }

    @Test func `a warning says that a lock comes, and is kept`() {
        var one = OneSession.lockable(warn: [.seconds(10), .seconds(5)])
        #expect(one.judged(at: 10) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.judged(at: 15) == OneSession.lockWarning(Self.reason, 5, idle: 15))
        #expect(one.session?.next?.what == .lock)
        #expect(one.judged(at: 20) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `activity in the countdown to a lock cancels it`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.judged(at: 10)
        #expect(one.key(at: 15) == OneSession.kept)
        #expect(one.judged(15, at: 20).isEmpty)
        #expect(one.judged(15, at: 25) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.judged(15, at: 35) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `whoever has no password is ended, and warned of that`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        one.password(false, at: 5)
        #expect(one.judged(at: 10) == OneSession.warning(Self.reason, 10, idle: 10))
        #expect(one.session?.next?.what == .end)
        #expect(one.judged(at: 20) == OneSession.end(Self.reason, idle: 20))
    }

    @Test func `a password that comes in time is enough`() {
        var one = OneSession.lockable()
        one.password(false, at: 5)
        one.password(true, at: 15)
        #expect(one.judged(at: 20) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `a password that goes in the countdown makes an end of the lock`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.judged(at: 10)
        one.password(false, at: 15)
        #expect(one.judged(at: 19.999).isEmpty)
        #expect(one.judged(at: 20) == OneSession.end(Self.reason, idle: 20))
    }

    @Test func `unlock = "pam" needs no password`() {
        var one = OneSession.lockable { $0.unlock = .pam }
        one.password(false, at: 5)
        #expect(one.judged(at: 20) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `where there is no terminal to ask on, the end comes`() {
        var one = OneSession.lockable { $0.unlock = .pam }
        let evidence = Evidence(received: OneSession.at(1), hasTerminal: false)
        #expect(one.told(evidence, at: 1).isEmpty)
        #expect(one.looked(evidence, at: 20).isEmpty)
        #expect(one.looked(evidence, at: 21) == OneSession.end(Self.reason, idle: 20))
    }

    @Test func `a hold keeps from the lock as from the end`() {
        var one = OneSession.lockable()
        _ = one.hold(until: 50, at: 10)
        #expect(one.judged(at: 20).isEmpty)
        #expect(one.judged(at: 50) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `in observe mode it is only recorded`() {
        var one = OneSession.lockable(lifetime: .after(.seconds(30)), mode: .observe) {
            $0.onLifetime = .reauth
        }
        #expect(
            one.judged(at: 20) == [OneSession.record(.overdue(Self.reason, idle: .seconds(20)))]
        )
        let lifetime = EndReason.lifetime(limit: .seconds(30))
        #expect(
            one.judged(at: 30) == [OneSession.record(.overdue(lifetime, idle: .seconds(30)))]
        )
        #expect(one.session?.lock == nil)
    }

    // MARK: On request

    @Test func `somebody who may asks for the lock`() {
        var one = OneSession.lockable()
        #expect(one.requestLock(at: 5) == [.lock(OneSession.id, OneSession.lunch)])
        #expect(
            one.lockAnswered(.stands, at: 5) == [
                OneSession.record(
                    .locked(OneSession.lunch, idle: .seconds(5), endsIn: .seconds(100))
                )
            ]
        )
        #expect(one.next == 105)
    }

    @Test func `a second request changes nothing`() {
        var one = OneSession.locked()
        let before = one.session
        #expect(one.requestLock(at: 30).isEmpty)
        #expect(one.session == before)
    }

    @Test func `a session that is ending is not locked`() {
        var one = OneSession.lockable()
        _ = one.requestEnd(at: 5)
        #expect(one.requestLock(at: 6).isEmpty)
        let lock = Lock(reason: OneSession.idleLock, since: OneSession.at(1), failedTries: 0)
        #expect(one.relock(lock, at: 6).isEmpty)
    }

    @Test func `a request in observe mode locks, and nothing ends it`() {
        var one = OneSession.lockable(mode: .observe)
        #expect(one.requestLock(at: 5) == [.lock(OneSession.id, OneSession.lunch)])
        #expect(
            one.lockAnswered(.stands, at: 5) == [
                OneSession.record(.locked(OneSession.lunch, idle: .seconds(5), endsIn: nil))
            ]
        )
        #expect(one.next == nil)
    }

    @Test func `a request that cannot be carried out leaves the session as it is`() {
        var one = OneSession.lockable()
        _ = one.requestLock(at: 5)
        let failed = one.lockAnswered(.failed("no locker"), at: 5)
        #expect(failed == [OneSession.lockFailed(OneSession.lunch)])
        #expect(one.session?.stage == .active)
        // No hand came since, so another try would fail as well.
        #expect(one.judged(at: 20) == OneSession.end(Self.reason, idle: 20))
    }

    // MARK: What cannot be locked

    @Test func `what cannot be locked is ended, not sooner than a warning says`() {
        var one = OneSession.lockable(warn: [.seconds(10), .seconds(5)])
        _ = one.judged(at: 10)
        _ = one.judged(at: 20)
        #expect(
            one.lockAnswered(.failed("no locker"), at: 20)
                == [OneSession.lockFailed(OneSession.idleLock)]
                + OneSession.warning(Self.reason, 10, idle: 20)
        )
        #expect(one.session?.stage == .warned)
        #expect(one.judged(at: 25) == OneSession.warning(Self.reason, 5, idle: 25))
        #expect(one.judged(at: 29.999).isEmpty)
        #expect(one.judged(at: 30) == OneSession.end(Self.reason, idle: 30))
    }

    @Test func `a limit that is shorter than every warning is its own notice of the end`() {
        var one = OneSession.lockable(warn: [.seconds(120), .seconds(30)])
        #expect(one.judged(at: 20) == [.lock(OneSession.id, OneSession.idleLock)])
        #expect(
            one.lockAnswered(.failed("no locker"), at: 20)
                == [OneSession.lockFailed(OneSession.idleLock)]
                + OneSession.warning(Self.reason, 20, idle: 20)
        )
        #expect(one.judged(at: 40) == OneSession.end(Self.reason, idle: 40))
    }

    @Test func `where the policy has no warnings, what cannot be locked is ended at once`() {
        var one = OneSession.lockable()
        _ = one.judged(at: 20)
        #expect(
            one.lockAnswered(.failed("no locker"), at: 20)
                == [OneSession.lockFailed(OneSession.idleLock)]
                + OneSession.end(Self.reason, idle: 20)
        )
    }

    @Test func `a hand after a lock that failed is worth another try`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.judged(at: 10)
        _ = one.judged(at: 20)
        _ = one.lockAnswered(.failed("no locker"), at: 20)
        #expect(one.key(at: 25) == OneSession.kept)
        #expect(one.judged(25, at: 35) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.judged(25, at: 45) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `a lock that stood and cannot be kept is warned of as one that failed`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        #expect(
            one.lockAnswered(.failed("no locker"), at: 60) == [
                OneSession.lockFailed(OneSession.idleLock), .look(OneSession.id),
            ]
        )
        #expect(one.measured(0, at: 60) == OneSession.warning(Self.reason, 10, idle: 60))
        #expect(one.judged(at: 70) == OneSession.end(Self.reason, idle: 70))
    }

    @Test func `a request that failed takes no notice of the limit back`() {
        var one = OneSession.lockable(idle: .after(.seconds(100)), warn: [.seconds(60)])
        // Nearer than any warning: the change is its own notice.
        _ = one.allow(at: 10) { $0.idle = .after(.seconds(40)) }
        _ = one.requestLock(at: 11)
        _ = one.lockAnswered(.failed("no locker"), at: 11)
        #expect(
            one.judged(at: 11) == OneSession.warning(.idle(limit: .seconds(40)), 40, idle: 11)
        )
    }

    @Test func `a lock that breaks is judged by a fresh look`() {
        var one = OneSession.locked()
        _ = one.measured(55, at: 55)
        _ = one.lockAnswered(.failed("no locker"), at: 60)
        #expect(one.measured(55, at: 60).isEmpty)
        #expect(one.counted == 55)
    }

    @Test func `where the policy only reports by then, a lock that breaks warns of nothing`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 30) { $0.onIdle = .report }
        #expect(
            one.lockAnswered(.failed("no locker"), at: 60) == [
                OneSession.lockFailed(OneSession.idleLock), .look(OneSession.id),
            ]
        )
        #expect(
            one.measured(0, at: 60) == [
                OneSession.record(.overdue(Self.reason, idle: .seconds(60)))
            ]
        )
    }

    @Test func `answers about a lock that is none are nothing`() {
        var one = OneSession.lockable()
        #expect(one.lockAnswered(.stands, at: 1).isEmpty)
        #expect(one.lockAnswered(.failed("no locker"), at: 1).isEmpty)
        #expect(one.session?.stage == .active)
    }

    // MARK: While it is locked

    @Test func `nothing counts as activity while it is locked`() {
        var one = OneSession.locked()
        let before = one.session
        #expect(one.key(at: 30).isEmpty)
        #expect(one.touch(at: 31).isEmpty)
        #expect(one.hold(until: 500, at: 32).isEmpty)
        #expect(one.measured(33, at: 33).isEmpty)
        #expect(one.unmeasurable(at: 34).isEmpty)
        #expect(one.session == before)
        #expect(one.next == 120)
    }

    @Test func `a locked session is not warned of idleness`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.requestLock(at: 5)
        _ = one.lockAnswered(.stands, at: 5)
        #expect(one.next == 105)
        #expect(one.measured(0, at: 15).isEmpty)
        #expect(one.measured(0, at: 20).isEmpty)
        #expect(one.session?.upcoming.map(\.limit) == [.locked])
    }

    @Test func `when lock-for is over, it is ended and let run once its signal waits`() {
        var one = OneSession.locked()
        // A look that nobody asked for.
        #expect(one.measured(0, at: 119.999).isEmpty)
        #expect(
            one.judged(at: 120)
                == OneSession.endOfLocked(.locked(limit: .seconds(100)), idle: 120)
        )
        // Once.
        #expect(!one.deadline(at: 130).contains(.thaw(OneSession.id)))
    }

    @Test func `lock-for = "never" lets nothing wait`() {
        var one = OneSession.locked { $0.lockFor = .never }
        #expect(one.next == nil)
        #expect(one.session?.upcoming == [])
        #expect(one.measured(0, at: 1_000_000).isEmpty)
    }

    @Test func `failures are counted`() {
        var one = OneSession.locked()
        for (second, tries) in [(30.0, 1), (31, 2)] {
            #expect(
                one.failReauth(at: second) == [
                    OneSession.record(.reauthFailed("wrong", terminal: "/dev/pts/7", tries: tries))
                ]
            )
        }
        #expect(
            one.reauthenticate(at: 40) == OneSession.unlock(.reauthenticated, after: 20, tries: 2)
        )
        #expect(one.failReauth(at: 41).isEmpty)
    }

    // MARK: The way back

    @Test func `who re-authenticates has his whole idle limit from there`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        #expect(one.reauthenticate(at: 50) == OneSession.unlock(.reauthenticated, after: 30))
        #expect(one.session?.stage == .active)
        #expect(one.judged(50, at: 60) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.judged(50, at: 70) == [.lock(OneSession.id, OneSession.idleLock)])
    }

    @Test func `root's order opens it and counts as a hand`() {
        var one = OneSession.locked()
        #expect(one.unlockByRoot(at: 50) == OneSession.unlock(OneSession.rootsOrder, after: 30))
        #expect(one.counted == 50)
        // A look after a tenth of the limit: a job may have begun.
        #expect(one.judged(50, at: 52).isEmpty)
        #expect(one.next == 70)
    }

    @Test func `who comes back to what was only recorded is recorded anew`() {
        var one = OneSession.lockable(mode: .observe)
        let overdue = [OneSession.record(.overdue(Self.reason, idle: .seconds(20)))]
        #expect(one.judged(at: 20) == overdue)
        _ = one.requestLock(at: 30)
        _ = one.lockAnswered(.stands, at: 30)
        _ = one.reauthenticate(at: 40)
        _ = one.judged(40, at: 42)
        #expect(one.judged(40, at: 60) == overdue)
    }

    @Test func `what is not locked is not unlocked`() {
        var one = OneSession.lockable()
        let before = one.session
        #expect(one.reauthenticate(at: 5).isEmpty)
        #expect(one.unlockByRoot(at: 5).isEmpty)
        #expect(one.failReauth(at: 5).isEmpty)
        #expect(one.session == before)
        _ = one.requestEnd(at: 6)
        #expect(one.reauthenticate(at: 7).isEmpty)
    }

    @Test func `a proof after the end began comes too late`() {
        var one = OneSession.locked()
        _ = one.judged(at: 120)
        #expect(one.reauthenticate(at: 120).isEmpty)
        #expect(one.unlockByRoot(at: 120).isEmpty)
    }

    @Test func `a proof ends the doubt about forged input`() {
        var one = OneSession.lockable()
        var forged = Evidence.measured(lastInput: OneSession.at(1))
        forged.noInputSince = OneSession.at(1)
        _ = one.told(forged, at: 2)
        #expect(one.session?.isInputDoubted == true)
        _ = one.requestLock(at: 5)
        _ = one.reauthenticate(at: 6)
        #expect(one.session?.isInputDoubted == false)
    }

    @Test func `a proof is not taken back by what is found out of the input before it`() {
        var one = OneSession.locked()
        _ = one.reauthenticate(at: 50)
        var forged = Evidence.measured(lastInput: OneSession.at(1))
        forged.noInputSince = OneSession.at(1)
        #expect(one.told(forged, at: 60).isEmpty)
        #expect(one.counted == 50)
        // A key after it is, as ever.
        _ = one.measured(65, at: 65)
        #expect(one.counted == 65)
        #expect(one.told(forged, at: 66).isEmpty)
        #expect(one.counted == 50)
    }

    // MARK: What ends it besides

    @Test func `leaving a locked session lets go of it`() {
        var one = OneSession.locked()
        let closed = one.engine.handle(.closeReported(OneSession.id), at: OneSession.at(30))
        #expect(
            closed == [
                OneSession.record(.closed(.logout, duration: .seconds(30))),
                .retire(OneSession.id),
            ]
        )
    }

    @Test func `a leader that dies while locked leaves nobody standing still`() {
        var one = OneSession.locked()
        #expect(
            one.leaderExits(at: 30) == [
                OneSession.record(.closed(.leaderDied, duration: .seconds(30))),
                OneSession.signal(.hangUp, .processesAndRelay),
                .thaw(OneSession.id),
            ]
        )
    }

    @Test func `where nothing is enforced, a leader that dies is just let go`() {
        var one = OneSession.locked(mode: .observe)
        #expect(
            one.leaderExits(at: 30) == [
                OneSession.record(.closed(.leaderDied, duration: .seconds(30))),
                .retire(OneSession.id),
            ]
        )
    }

    @Test func `an order to end it is carried out`() {
        var one = OneSession.locked()
        let request = EndRequest(by: UserID(value: 0), why: "x")
        #expect(one.requestEnd(at: 30) == OneSession.endOfLocked(.request(request), idle: 30))
    }

    @Test func `who has lost his right to be is ended, locked or not`() {
        var one = OneSession.locked()
        #expect(
            one.revoke(.account(.deleted), at: 30)
                == OneSession.endOfLocked(.account(.deleted), idle: 30)
        )
    }

    @Test func `hours go on while it is locked, and end it`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.hours(end: 60, at: 30)
        #expect(one.next == 50)
        #expect(one.judged(at: 50) == OneSession.warning(.hours, 10, idle: 50))
        #expect(one.session?.lock != nil)
        #expect(one.judged(at: 60) == OneSession.endOfLocked(.hours, idle: 60))
    }

    @Test func `a certificate that runs out ends it`() {
        var one = OneSession.locked()
        _ = one.cutoffs([Cutoff(.certificate, at: OneSession.at(60))], at: 30)
        #expect(one.judged(at: 60) == OneSession.endOfLocked(.certificate, idle: 60))
    }

    @Test func `a lifetime that is not renewed ends it`() {
        var one = OneSession.locked(lifetime: .after(.seconds(60)))
        #expect(
            one.judged(at: 60)
                == OneSession.endOfLocked(.lifetime(limit: .seconds(60)), idle: 60)
        )
    }

    @Test func `hours that move away while it is locked are taken back in words`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.hours(end: 60, at: 30)
        _ = one.judged(at: 50)
        #expect(one.hours(end: 600, at: 55) == OneSession.eased)
        #expect(one.session?.lock != nil)
        #expect(one.next == 120)
    }
}
