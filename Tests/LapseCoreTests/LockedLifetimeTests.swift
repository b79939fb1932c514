import LapseCore
import LapsePolicy
import Testing

/// `on-lifetime = "reauth"`: the lifetime brings a lock, and a proof gives the whole of it anew.
@Suite struct LockedLifetimeTests {
    private static let reason = EndReason.lifetime(limit: .seconds(100))
    private static let lock = LockReason.lifetime(limit: .seconds(100))

    /// In use all the time, with a lifetime of 100 s that a proof renews.
    private static func renewable(
        idle: Limit = .never,
        lifetime: Double = 100,
        warn: [Duration] = [],
        lockFor: Limit = .after(.seconds(1_000)),
        mode: Mode = .enforce
    ) -> OneSession {
        var one = OneSession.lockable(
            idle: idle,
            lifetime: .after(.seconds(lifetime)),
            warn: warn,
            mode: mode
        ) {
            $0.onLifetime = .reauth
            $0.lockFor = lockFor
        }
        _ = one.measured(0, at: 0)
        return one
    }

    private static func atItsEnd(warn: [Duration] = []) -> OneSession {
        var one = renewable(warn: warn)
        if let first = warn.first { _ = one.judged(at: 100 - Double(first.components.seconds)) }
        _ = one.judged(at: 100)
        _ = one.lockAnswered(.stands, at: 100)
        return one
    }

    @Test func `the lifetime locks after the warning of that`() {
        var one = Self.renewable(warn: [.seconds(10)])
        #expect(one.judged(80, at: 90) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.session?.next?.what == .lock)
        #expect(one.judged(95, at: 100) == [.lock(OneSession.id, Self.lock)])
        #expect(
            one.lockAnswered(.stands, at: 100) == [
                OneSession.record(.locked(Self.lock, idle: .seconds(5), endsIn: .seconds(1_000)))
            ]
        )
        // Nothing is due before that.
        #expect(one.next == 1_100)
        #expect(one.session?.upcoming.map(\.limit) == [.locked])
    }

    @Test func `a proof renews it whole`() {
        var one = Self.atItsEnd(warn: [.seconds(10)])
        #expect(one.reauthenticate(at: 150) == OneSession.unlock(.reauthenticated, after: 50))
        #expect(one.session?.lifetimeFrom == OneSession.at(150))
        #expect(one.next == 240)
        #expect(one.judged(150, at: 240) == OneSession.lockWarning(Self.reason, 10, idle: 90))
        #expect(one.judged(150, at: 250) == [.lock(OneSession.id, Self.lock)])
    }

    @Test func `a proof renews it when idleness had locked it`() {
        var one = OneSession.locked(lifetime: .after(.seconds(100))) { $0.onLifetime = .reauth }
        _ = one.reauthenticate(at: 50)
        #expect(one.session?.lifetimeFrom == OneSession.at(50))
        #expect(one.judged(140, at: 70).isEmpty)
        #expect(one.session?.upcoming.map(\.at).contains(OneSession.at(150)) == true)
    }

    @Test func `a lifetime that only ends is not renewed by a proof`() {
        var one = OneSession.locked(lifetime: .after(.seconds(100)))
        _ = one.reauthenticate(at: 50)
        #expect(one.session?.lifetimeFrom == OneSession.at(0))
        _ = one.measured(90, at: 90)
        #expect(one.judged(90, at: 100) == OneSession.end(Self.reason, idle: 10))
    }

    @Test func `a lifetime that comes while it is locked waits for the proof`() {
        var one = OneSession.locked(lifetime: .after(.seconds(100)), warn: [.seconds(10)]) {
            $0.onLifetime = .reauth
            $0.lockFor = .after(.seconds(1_000))
        }
        // Neither a warning nor a wake-up: it is locked as it is.
        #expect(one.next == 1_020)
        #expect(one.measured(0, at: 90).isEmpty)
        #expect(one.measured(0, at: 100).isEmpty)
        _ = one.reauthenticate(at: 200)
        #expect(one.session?.upcoming.map(\.at).contains(OneSession.at(290)) == true)
    }

    @Test func `in observe mode the lifetime is recorded though it is locked`() {
        var one = Self.renewable(mode: .observe)
        _ = one.requestLock(at: 50)
        _ = one.lockAnswered(.stands, at: 50)
        #expect(
            one.judged(at: 100) == [OneSession.record(.overdue(Self.reason, idle: .seconds(100)))]
        )
    }

    @Test func `a renewed lifetime that is shorter than a warning has none, as before`() {
        var one = Self.renewable(warn: [.seconds(150)])
        #expect(one.judged(at: 100) == [.lock(OneSession.id, Self.lock)])
        _ = one.lockAnswered(.stands, at: 100)
        _ = one.reauthenticate(at: 200)
        #expect(one.next == 300)
        #expect(one.judged(200, at: 300) == [.lock(OneSession.id, Self.lock)])
    }

    @Test func `a proof takes back nothing of what root had added`() {
        var one = Self.renewable()
        _ = one.extend(by: 900, at: 10)
        _ = one.requestLock(at: 20)
        _ = one.lockAnswered(.stands, at: 20)
        _ = one.reauthenticate(at: 30)
        #expect(one.next == 1_000)
        // Nor when the timers are made anew.
        _ = one.cutoffs([], at: 31)
        #expect(one.next == 1_000)
    }

    // MARK: Root's order

    @Test func `root's order renews nothing: a warning's time later it is locked again`() {
        var one = Self.atItsEnd(warn: [.seconds(20), .seconds(10)])
        #expect(one.unlockByRoot(at: 150) == OneSession.unlock(OneSession.rootsOrder, after: 50))
        #expect(one.session?.lifetimeFrom == OneSession.at(0))
        #expect(one.judged(150, at: 150) == OneSession.lockWarning(Self.reason, 20, idle: 0))
        #expect(one.judged(150, at: 160) == OneSession.lockWarning(Self.reason, 10, idle: 10))
        #expect(one.judged(150, at: 169.999).isEmpty)
        #expect(one.judged(150, at: 170) == [.lock(OneSession.id, Self.lock)])
    }

    @Test func `root opens it and gives it more time`() {
        var one = Self.atItsEnd(warn: [.seconds(10)])
        _ = one.unlockByRoot(at: 150)
        _ = one.extend(by: 200, at: 151)
        #expect(one.next == 290)
    }

    @Test
    func `a lifetime that came while idleness had locked it is not forgotten by root's order`() {
        var one = OneSession.locked(lifetime: .after(.seconds(100))) {
            $0.onLifetime = .reauth
            $0.lockFor = .never
        }
        _ = one.measured(0, at: 100)
        _ = one.unlockByRoot(at: 150)
        #expect(one.judged(150, at: 150) == [.lock(OneSession.id, Self.lock)])
    }

    // MARK: What cannot be locked

    @Test func `a lifetime that cannot be locked is ended after a warning`() {
        var one = Self.renewable(warn: [.seconds(10)])
        _ = one.judged(90, at: 90)
        _ = one.judged(95, at: 100)
        #expect(
            one.lockAnswered(.failed("no locker"), at: 100)
                == [OneSession.lockFailed(Self.lock)]
                + OneSession.warning(Self.reason, 10, idle: 5)
        )
        #expect(one.judged(95, at: 110) == OneSession.end(Self.reason, idle: 15))
    }

    @Test func `who types on does not outlive a lifetime that cannot be locked`() {
        var one = Self.renewable(warn: [.seconds(10)])
        _ = one.judged(90, at: 90)
        _ = one.judged(95, at: 100)
        _ = one.lockAnswered(.failed("no locker"), at: 100)
        _ = one.requestLock(at: 104)
        _ = one.lockAnswered(.failed("no locker"), at: 104)
        _ = one.key(at: 105)
        #expect(one.judged(105, at: 110) == OneSession.end(Self.reason, idle: 5))
    }

    @Test func `a lifetime that moves away after a lock that failed is worth another try`() {
        var one = Self.renewable(warn: [.seconds(10)])
        _ = one.judged(90, at: 90)
        _ = one.judged(95, at: 100)
        _ = one.lockAnswered(.failed("no locker"), at: 100)
        _ = one.key(at: 105)
        #expect(
            one.extend(by: 100, at: 106) == [
                OneSession.record(.extended(OneSession.extension(by: 100)))
            ]
                + OneSession.eased
        )
        #expect(one.judged(105, at: 190) == OneSession.lockWarning(Self.reason, 10, idle: 85))
        #expect(one.judged(105, at: 200) == [.lock(OneSession.id, Self.lock)])
    }

    @Test func `without a password the lifetime ends it`() {
        var one = Self.renewable(warn: [.seconds(10)])
        one.password(false, at: 50)
        #expect(one.judged(90, at: 90) == OneSession.warning(Self.reason, 10, idle: 0))
        #expect(one.judged(90, at: 100) == OneSession.end(Self.reason, idle: 10))
    }

    @Test func `a password that goes while it is locked leaves a warning's time`() {
        var one = Self.atItsEnd(warn: [.seconds(10)])
        one.password(false, at: 150)
        #expect(one.judged(at: 150) == OneSession.warning(Self.reason, 10, idle: 150))
        #expect(one.session?.lock != nil)
        #expect(one.judged(at: 160) == OneSession.endOfLocked(Self.reason, idle: 160))
    }

    @Test func `a policy that ends at the lifetime leaves a warning's time to the locked`() {
        var one = Self.atItsEnd(warn: [.seconds(20)])
        _ = one.allow(at: 150) {
            $0.onLifetime = .end
            $0.warn = [.seconds(120)]
        }
        #expect(one.judged(at: 150) == OneSession.warning(Self.reason, 120, idle: 150))
        #expect(one.judged(at: 270) == OneSession.endOfLocked(Self.reason, idle: 270))
    }

    @Test func `the lifetime's lock and a warning of idleness do not come at once`() {
        var one = Self.renewable(idle: .after(.seconds(105)), warn: [.seconds(10)])
        _ = one.judged(at: 90)
        #expect(one.judged(at: 100) == [.lock(OneSession.id, Self.lock)])
    }

    // MARK: After a restart

    @Test func `a renewed lifetime is remembered over a restart`() {
        var one = Self.renewable(warn: [.seconds(10)])
        one.remember(renewed: 80, at: 81)
        #expect(one.session?.lifetimeFrom == OneSession.at(80))
        #expect(one.next == 170)
        #expect(one.judged(160, at: 170) == OneSession.lockWarning(Self.reason, 10, idle: 10))
    }

    @Test func `one that was not renewed lives from its opening`() {
        var one = Self.renewable()
        one.remember(renewed: nil, at: 81)
        #expect(one.next == 100)
    }

    @Test func `a renewal in the future is one of now`() {
        var one = Self.renewable()
        one.remember(renewed: 5_000, at: 81)
        #expect(one.next == 181)
    }
}
