import LapseCore

/// What happened since the daemon started.
struct Counters {
    private(set) var opened = 0
    private(set) var closed = 0
    private(set) var ended = 0
    /// Attempts to look active.
    private(set) var suspicious = 0
    /// Times that the evidence of a session was read.
    var looks = 0
    /// Locks that were made, lifted by their users and by root.
    private(set) var locks = 0
    private(set) var unlocks = 0
    private(set) var unlocksByRoot = 0
    /// Times that somebody could not prove who he is.
    private(set) var unlockFailures = 0
    /// How long sessions were locked until their users came back, in all.
    private(set) var lockedTime = Duration.zero
    /// Sessions that were ended because nobody unlocked them.
    private(set) var endedLocked = 0
    var lockersDied = 0
    var reportsRefused = 0
    var loginsRefused = 0

    mutating func count(_ record: Record) {
        switch record.what {
        case .opened: opened += 1
        case .closed: closed += 1
        case .ended(let reason, _, _):
            closed += 1
            ended += 1
            if reason.kind == .locked { endedLocked += 1 }
        case .locked: locks += 1
        case .unlocked(.reauthenticated, let time, _):
            unlocks += 1
            lockedTime += time
        case .unlocked(.ordered, _, _): unlocksByRoot += 1
        case .reauthFailed: unlockFailures += 1
        // Honest clients send them too.
        case .suspicious(.keepAlives): break
        case .suspicious: suspicious += 1
        default: break
        }
    }
}
