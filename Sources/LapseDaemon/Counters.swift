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
    var reportsRefused = 0
    var loginsRefused = 0

    mutating func count(_ record: Record) {
        switch record.what {
        case .opened: opened += 1
        case .closed: closed += 1
        case .ended:
            closed += 1
            ended += 1
        // Honest clients send them too.
        case .suspicious(.keepAlives): break
        case .suspicious: suspicious += 1
        default: break
        }
    }
}
