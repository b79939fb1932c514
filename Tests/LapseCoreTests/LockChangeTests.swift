import LapseCore
import LapsePolicy
import Testing

/// A lock that outlives its daemon, or the policy that made it.
@Suite struct LockChangeTests {
    private static let lock = Lock(
        reason: OneSession.idleLock,
        since: OneSession.at(20),
        failedTries: 3
    )

    // MARK: After a restart

    @Test func `a lock is taken up with its time and its failures`() {
        var one = OneSession.lockable()
        #expect(one.relock(Self.lock, at: 50) == [.lock(OneSession.id, OneSession.idleLock)])
        #expect(one.session?.lock?.since == OneSession.at(20))
        // It was recorded by the daemon that made it.
        #expect(one.lockAnswered(.stands, at: 50).isEmpty)
        #expect(
            one.failReauth(at: 51) == [
                OneSession.record(.reauthFailed("wrong", terminal: "/dev/pts/7", tries: 4))
            ]
        )
        #expect(
            one.reauthenticate(at: 60) == OneSession.unlock(.reauthenticated, after: 40, tries: 4)
        )
    }

    @Test func `lock-for counts from the lock, not from the restart`() {
        var one = OneSession.lockable()
        _ = one.relock(Self.lock, at: 50)
        _ = one.lockAnswered(.stands, at: 50)
        #expect(one.next == 120)
        #expect(
            one.judged(at: 120)
                == OneSession.endOfLocked(.locked(limit: .seconds(100)), idle: 120)
        )
    }

    @Test func `one whose time was over meanwhile is locked and then ended`() {
        var one = OneSession.lockable()
        #expect(one.relock(Self.lock, at: 500) == [.lock(OneSession.id, OneSession.idleLock)])
        _ = one.lockAnswered(.stands, at: 500)
        #expect(one.next == 500)
        #expect(
            one.judged(at: 500)
                == OneSession.endOfLocked(.locked(limit: .seconds(100)), idle: 500)
        )
    }

    @Test func `one that cannot be taken up is warned`() {
        var one = OneSession.lockable(warn: [.seconds(10)])
        _ = one.relock(Self.lock, at: 50)
        #expect(
            one.lockAnswered(.failed("no locker"), at: 50) == [
                OneSession.lockFailed(OneSession.idleLock), .look(OneSession.id),
            ]
        )
        let warning = OneSession.warning(.idle(limit: .seconds(20)), 10, idle: 50)
        #expect(one.measured(0, at: 50) == warning)
    }

    @Test func `the first look after a restart finds a locked session locked`() {
        var one = OneSession.lockable()
        _ = one.relock(Self.lock, at: 50)
        #expect(one.measured(45, at: 50).isEmpty)
        #expect(one.session?.lock != nil)
        #expect(one.counted == 0)
    }

    // MARK: Another policy

    @Test func `a lock-for that grows counts from the lock`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 30) { $0.lockFor = .after(.seconds(500)) }
        #expect(one.next == 520)
        _ = one.allow(at: 30) { $0.lockFor = .never }
        #expect(one.next == nil)
    }

    @Test func `a shorter lock-for ends it not sooner than a warning's time from then`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 100) { $0.lockFor = .after(.seconds(60)) }
        #expect(one.next == 110)
        #expect(
            one.judged(at: 110)
                == OneSession.endOfLocked(.locked(limit: .seconds(60)), idle: 110)
        )
    }

    @Test func `a shorter lock-for does not put off an end that is near`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 115) { $0.lockFor = .after(.seconds(60)) }
        #expect(one.next == 120)
    }

    @Test func `a change of something else leaves the end of a lock where it is`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 115) { $0.workMax = .never }
        #expect(one.next == 120)
    }

    @Test func `a lock-for that is shorter than a warning is notice enough itself`() {
        var one = OneSession.locked(warn: [.seconds(10)])
        _ = one.allow(at: 60) { $0.lockFor = .after(.seconds(5)) }
        #expect(one.next == 65)
    }

    @Test func `a policy that begins to observe leaves it locked and does not end it`() {
        var one = OneSession.locked()
        #expect(one.allow(at: 30, mode: .observe).isEmpty)
        #expect(one.session?.lock != nil)
        #expect(one.next == nil)
        #expect(one.measured(0, at: 1_000).isEmpty)
        #expect(one.reauthenticate(at: 1_001) == OneSession.unlock(.reauthenticated, after: 981))
    }

    @Test func `one that enforces again leaves a warning's time`() {
        var one = OneSession.locked(warn: [.seconds(10)], mode: .observe)
        _ = one.allow(at: 500, mode: .enforce)
        #expect(one.next == 510)
    }

    @Test func `a policy that ends at the idle limit does not end what is locked`() {
        var one = OneSession.locked()
        _ = one.allow(at: 30) { $0.onIdle = .end }
        #expect(one.next == 120)
        _ = one.reauthenticate(at: 40)
        #expect(one.judged(40, at: 60) == OneSession.end(.idle(limit: .seconds(20)), idle: 20))
    }

    @Test func `a policy without an idle limit leaves it locked`() {
        var one = OneSession.locked()
        _ = one.allow(at: 30) { $0.idle = .never }
        #expect(one.session?.lock != nil)
        #expect(one.next == 120)
    }

    @Test func `work that is looked for ends with the lock and begins with the way back`() {
        var one = OneSession.lockable(idle: .after(.seconds(100)))
        var works = Evidence.measured(lastInput: OneSession.at(1))
        works.mayActAlone = true
        _ = one.told(works, at: 1)
        #expect(one.next == 11)
        _ = one.requestLock(at: 5)
        _ = one.lockAnswered(.stands, at: 5)
        #expect(one.next == 105)
        _ = one.reauthenticate(at: 50)
        #expect(one.next == 60)
    }
}
