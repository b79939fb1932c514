import LapseCore
import LapseLinux
import LapsePolicy
import LapseText

/// The runner of effects.
///
/// It decides nothing: whom a signal reaches is found by `SessionProcesses`, what a notice says by
/// `NoticeText`.
extension Daemon {
    /// Carries out one effect; the event that answers it, if it has one.
    func carryOut(_ effect: Effect) -> Event? {
        switch effect {
        case .look(let id):
            return .evidence(id, look(at: id))
        case .tell(let id, let notice):
            tell(id, notice)
            return nil
        case .signal(let id, let order):
            return .signalled(id, signal(id, order))
        case .lock(let id, let reason):
            let outcome = lock(id, reason)
            if case .failed(let why) = outcome { lastLockFailure = why }
            return .lockAnswered(id, outcome)
        case .unlock(let id):
            liftLock(of: id)
            return nil
        case .thaw(let id):
            thaw(id)
            return nil
        case .record(let record):
            note(record)
            return nil
        case .retire(let id):
            retire(id)
            return nil
        }
    }

    private func tell(_ id: SessionID, _ notice: Notice) {
        if let lock = locks[id], lock.isStanding { return tell(lock, notice) }
        let bytes = Array(NoticeText.render(notice).utf8)
        // A terminal may have come since the last look: the end of a session that opened a moment
        // ago is told there too.
        activity.findTerminals(of: id, at: now)
        for watched in activity.terminals(of: id) {
            notices.post(bytes, to: watched.terminal, of: id, at: now)
        }
        tellLosses()
        delayNotices()
    }

    /// Tries again what terminals did not take at once.
    func writeNotices() {
        notices.retry(at: now)
        tellLosses()
        delayNotices()
    }

    private func tellLosses() {
        for lost in notices.takeLost() {
            let why =
                switch lost.why {
                case .stopped:
                    "it took no output for \(DurationText.text(Notices.patience))"
                case .refused(let error): "\(error)"
                case .tooMany: "\(Notices.waitingMax) others wait"
                }
            log.fault(
                "session \(lost.session.name): no notice on \(lost.terminal.path): \(why)"
            )
        }
    }

    private func delayNotices() {
        guard !notices.waiting.isEmpty else { return }
        delay(.writeNotices, until: now + Notices.retryAfter)
    }

    func note(_ record: Record) {
        counters.count(record)
        log.write(record)
        let id = record.facts.id
        switch record.what {
        case .closed, .ended:
            quota.closed(id, of: record.facts.uid, at: now)
            // Once for all who leave within a second: the file has every user in it.
            if holds[id]?.decision?.allowance.quota.duration != nil {
                delay(.saveQuota, until: now + .seconds(1))
            }
        default: break
        }
        ended.note(
            record,
            session: engine.sessions[id],
            openedUs: holds[id]?.openedWall,
            at: now,
            wall: wall
        )
    }

    private func retire(_ id: SessionID) {
        dropLock(of: id)
        lookout.remove(id)
        files.remove(id)
        guard let hold = holds.removeValue(forKey: id) else { return }
        if let watch = hold.exitWatch { loop.unwatch(watch) }
        dropNestings(of: hold)
    }
}
