import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy

/// The last sessions that are over, for `lapsectl list --ended` and `show`.
struct EndedSessions {
    /// Sessions that are kept; about half a KiB each.
    ///
    /// The log has them all.
    static let sessionsMax = 1000
    private(set) var all: [SessionInfo] = []

    func info(_ id: SessionID) -> SessionInfo? {
        all.last { $0.id == id.name }
    }

    func contains(_ id: SessionID) -> Bool {
        info(id) != nil
    }

    /// Takes what a record says of a session's end; other records change nothing.
    mutating func note(
        _ record: Record,
        session: Session?,
        openedUs: Int64?,
        at now: BootInstant,
        wall: WallOffset
    ) {
        switch record.what {
        case .ended(let reason, let idle, let duration):
            add(record, session, openedUs, end(reason, duration, now, wall), idle: idle, duration)
        case .closed(let reason, let duration):
            let reason: SessionEnd.Reason = reason == .logout ? .logout : .leaderDied
            let end = SessionEnd(
                atUs: wall.wallMicroseconds(now),
                reason: reason,
                durationMs: duration.wholeMilliseconds
            )
            add(record, session, openedUs, end, idle: nil, duration)
        case .spared(let processes, _):
            guard let index = all.lastIndex(where: { $0.id == record.facts.id.name }) else {
                return
            }
            all[index].ended?.spared = processes.texts
        default:
            return
        }
    }

    private func end(
        _ reason: EndReason,
        _ duration: Duration,
        _ now: BootInstant,
        _ wall: WallOffset
    ) -> SessionEnd {
        var end = SessionEnd(
            atUs: wall.wallMicroseconds(now),
            reason: .idle,
            durationMs: duration.wholeMilliseconds
        )
        switch reason {
        case .idle: break
        case .lifetime: end.reason = .lifetime
        case .hours: end.reason = .hours
        case .quota: end.reason = .quota
        case .certificate: end.reason = .certificate
        case .account: end.reason = .account
        case .sessions: end.reason = .sessions
        case .locked: end.reason = .locked
        case .request(let request):
            end.reason = .admin
            end.by = "uid \(request.by.value)"
            end.why = request.why
        }
        return end
    }

    private mutating func add(
        _ record: Record,
        _ session: Session?,
        _ openedUs: Int64?,
        _ end: SessionEnd,
        idle: Duration?,
        _ duration: Duration
    ) {
        let facts = record.facts
        all.append(
            SessionInfo(
                id: facts.id.name,
                user: facts.user,
                uid: facts.uid.value,
                service: facts.service,
                rhost: facts.rhost.isEmpty ? nil : facts.rhost,
                leader: facts.leader.pid,
                openedUs: openedUs ?? 0,
                ageMs: duration.wholeMilliseconds,
                stage: .ended,
                idleMs: idle?.wholeMilliseconds,
                idleLimitMs: session?.allowance.idle.duration?.wholeMilliseconds,
                lifetimeLimitMs: session?.allowance.lifetime.duration?.wholeMilliseconds,
                ended: end
            )
        )
        if all.count > Self.sessionsMax { all.removeFirst(all.count - Self.sessionsMax) }
    }
}
