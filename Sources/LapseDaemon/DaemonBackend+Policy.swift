import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy
import LapseSources

/// What the control socket tells of the policy and of its decisions.
extension DaemonBackend {
    func why(id name: String) throws(ControlError) -> Explanation {
        guard let id = SessionID(name: name), let session = daemon.engine.sessions[id],
            let hold = daemon.holds[id], let decision = hold.decision
        else { throw .noSuchSession(id: name) }
        let now = daemon.now
        let policy = daemon.policy.policy
        let zone = HostCalendar.current.moment(now).zone
        return Explanation(
            id: name,
            mode: StatusInfo.Mode(decision.mode),
            modeOrigin: policy.shown(decision.modeOrigin),
            settings: decision.settings(of: policy),
            unknown: decision.unknown.map(\.rawValue),
            exceptions: decision.exceptions.map { policy.shown($0, in: zone) },
            activities: session.activities.map {
                ActivityInfo($0, at: now, wall: daemon.wall)
            },
            evidence: evidence(of: session, at: now),
            holds: holds(of: session, at: now),
            steps: session.upcoming.compactMap { NextStep($0, at: now) }
        )
    }

    private func evidence(of session: Session, at now: BootInstant) -> [EvidenceInfo] {
        daemon.activity.terminals(of: session.facts.id).map { watched in
            EvidenceInfo(
                terminal: watched.terminal.path,
                lastInputMs: max(0, now.since(watched.lastInput).wholeMilliseconds),
                how: Self.how(
                    isExact: watched.isWatchedExactly,
                    readsAreStamped: daemon.activity.readsAreStamped
                )
            )
        }
    }

    /// What tells of input on a terminal.
    static func how(isExact: Bool, readsAreStamped: Bool) -> String {
        let own = isExact ? "each read of it is seen (inotify)" : "by its atime alone, to 8 s"
        return readsAreStamped
            ? "\(own); reads through /dev/tty by its atime"
            : "\(own); before Linux 6.5 reads through /dev/tty are seen on no terminal: those of "
                + "anybody count, over ssh until its last byte"
    }

    private func holds(of session: Session, at now: BootInstant) -> [HoldInfo] {
        guard let hold = session.hold, hold.until > now else { return [] }
        return [
            HoldInfo(
                untilUs: daemon.wall.wallMicroseconds(hold.until),
                inMs: hold.until.since(now).wholeMilliseconds,
                by: "uid \(hold.by.value)",
                why: hold.why
            )
        ]
    }

    func policy() throws(ControlError) -> PolicyReport {
        let loaded = daemon.policy
        return PolicyReport(
            files: loaded.files,
            text: loaded.policy.text,
            loadedUs: daemon.wall.wallMicroseconds(loaded.at),
            refused: daemon.refusedPolicy
        )
    }

    mutating func reload(by peer: ControlPeer) throws(ControlError) -> ReloadReport {
        do throws(PolicyFault) {
            let warnings = try daemon.reload()
            return ReloadReport(files: daemon.policy.files, warnings: warnings)
        } catch {
            throw .policyRefused(text: error.description)
        }
    }

    /// The policy's part of the status.
    var policyInfo: PolicyInfo {
        let loaded = daemon.policy
        return PolicyInfo(
            files: loaded.files,
            loadedUs: daemon.wall.wallMicroseconds(loaded.at),
            refused: daemon.refusedPolicy,
            exceptionsOver: loaded.policy.exceptionsOver(
                at: HostCalendar.current.moment(daemon.now)
            )
        )
    }
}

extension NextStep {
    /// A step as it is shown; nil for one that the interface has no word for.
    init?(_ next: Session.Next, at now: BootInstant) {
        guard let reason = SessionLimit(rawValue: next.limit.rawValue),
            let what = What(rawValue: next.what.rawValue)
        else { return nil }
        self.init(what: what, reason: reason, inMs: max(0, next.at.since(now).wholeMilliseconds))
    }
}
