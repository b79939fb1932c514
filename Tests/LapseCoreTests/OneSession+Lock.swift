import LapseCore
import LapsePolicy

// MARK: - Locks

extension OneSession {
    /// One whose idle limit of 20 s brings a lock for 100 s.
    static func lockable(
        idle: Limit = .after(.seconds(20)),
        lifetime: Limit = .never,
        warn: [Duration] = [],
        mode: Mode = .enforce,
        _ change: (inout Allowance) -> Void = { _ in }
    ) -> OneSession {
        var one = OneSession(
            idle: idle,
            lifetime: lifetime,
            warn: warn,
            onIdle: .lock,
            mode: mode
        )
        _ = one.allow(at: 0) { allowance in
            allowance.lockFor = .after(.seconds(100))
            change(&allowance)
        }
        return one
    }

    /// One that was locked at its idle limit, 20 s after the opening.
    static func locked(
        lifetime: Limit = .never,
        warn: [Duration] = [],
        mode: Mode = .enforce,
        _ change: (inout Allowance) -> Void = { _ in }
    ) -> OneSession {
        var one = lockable(lifetime: lifetime, warn: warn, mode: .enforce, change)
        _ = one.judged(at: 20 - (warn.first.map { Double($0.components.seconds) } ?? 0))
        if !warn.isEmpty { _ = one.judged(at: 20) }
        _ = one.lockAnswered(.stands, at: 20)
        if mode == .observe { _ = one.allow(at: 20, mode: .observe) }
        return one
    }

    static let idleLock = LockReason.idle(limit: .seconds(20))

    mutating func requestLock(at seconds: Double) -> [Effect] {
        let event = Event.lockRequested(Self.id, by: UserID(value: 1000), why: "lunch")
        return engine.handle(event, at: Self.at(seconds))
    }

    static let lunch = LockReason.request(by: UserID(value: 1000), why: "lunch")

    mutating func lockAnswered(_ outcome: LockOutcome, at seconds: Double) -> [Effect] {
        engine.handle(.lockAnswered(Self.id, outcome), at: Self.at(seconds))
    }

    mutating func slept(_ length: Double, at seconds: Double) -> [Effect] {
        engine.handle(.slept(Self.id, .seconds(length)), at: Self.at(seconds))
    }

    mutating func relock(_ lock: Lock, at seconds: Double) -> [Effect] {
        engine.handle(.relocked(Self.id, lock), at: Self.at(seconds))
    }

    mutating func failReauth(at seconds: Double) -> [Effect] {
        let event = Event.reauthFailed(Self.id, why: "wrong", terminal: "/dev/pts/7")
        return engine.handle(event, at: Self.at(seconds))
    }

    mutating func reauthenticate(at seconds: Double) -> [Effect] {
        engine.handle(.unlocked(Self.id, .reauthenticated), at: Self.at(seconds))
    }

    static let rootsOrder = Unlocking.ordered(by: UserID(value: 0), why: "a call")

    mutating func unlockByRoot(at seconds: Double) -> [Effect] {
        engine.handle(.unlocked(Self.id, Self.rootsOrder), at: Self.at(seconds))
    }

    mutating func password(_ isKnown: Bool, at seconds: Double) {
        _ = engine.handle(.passwordKnown(Self.id, isKnown), at: Self.at(seconds))
    }

    mutating func touch(at seconds: Double) -> [Effect] {
        engine.handle(.touched(Self.id, by: UserID(value: 1000)), at: Self.at(seconds))
    }

    mutating func remember(renewed: Double?, at seconds: Double) {
        let former = FormerActivity(
            hand: Self.at(0),
            other: nil,
            renewed: renewed.map { Self.at($0) }
        )
        _ = engine.handle(.remembered(Self.id, former), at: Self.at(seconds))
    }

    /// What is told and recorded at a warning of a lock.
    static func lockWarning(_ reason: EndReason, _ remaining: Double, idle: Double) -> [Effect] {
        [
            .tell(id, .warning(reason, remaining: .seconds(remaining), then: .lock)),
            record(
                .warned(reason, remaining: .seconds(remaining), idle: .seconds(idle))
            ),
        ]
    }

    static func unlock(_ how: Unlocking, after: Double, tries: Int = 0) -> [Effect] {
        [
            .unlock(id),
            record(.unlocked(how, after: .seconds(after), failedTries: tries)),
        ]
    }

    static func lockFailed(_ reason: LockReason) -> Effect {
        record(.lockFailed(reason, why: "no locker"))
    }

    /// The end of a locked session: what stands still is let go once its first signal waits.
    static func endOfLocked(_ reason: EndReason, idle: Double) -> [Effect] {
        end(reason, idle: idle) + [.thaw(id)]
    }
}
