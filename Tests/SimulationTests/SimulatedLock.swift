import LapseCore
import LapsePolicy
import TestRandom

/// What a lock is in the world: its terminals are the lockers', and what reads stands still.
struct SimulatedLock {
    let serial: Int
    let since: BootInstant
    let reason: LockReason
    var phase = Phase.standing
    /// How often who answers is wrong before he is right; nil if nobody ever is.
    var wrongAnswers: Int?

    enum Phase {
        case standing
        /// It is lifted, and the lockers put the screens back.
        case leaving
        /// The session is being ended: all run, and the lockers swallow what is typed.
        case closing
    }

    var isStanding: Bool { phase == .standing }
}

/// Those at the keyboard and those who may have their sessions locked.
struct SimulatedLocking {
    /// There is a password to prove oneself with.
    var hasPassword: Bool
    /// Per cent of locks that cannot be made.
    let failing: UInt64
    /// Per cent of locks that somebody comes back to.
    let returning: UInt64
    /// What stands of the lock; nil if nothing is locked.
    var standing: SimulatedLock?
    /// The lock as the daemon has written it down.
    var saved: Lock?
    private var serials = 0

    init(random: inout SeededRandom) {
        hasPassword = random.chance(80)
        failing = random.pick([0, 0, 0, 10, 60])
        returning = random.pick([0, 50, 90])
    }

    mutating func begin(_ lock: Lock) {
        serials += 1
        standing = SimulatedLock(serial: serials, since: lock.since, reason: lock.reason)
        saved = Lock(reason: lock.reason, since: lock.since, failedTries: lock.failedTries)
    }

    /// It is gone, and the file says so.
    mutating func isOver() {
        (standing, saved) = (nil, nil)
    }
}
