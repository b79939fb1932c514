import LapseCore
import LapseLinux
import LapsePolicy
import LapseWire

/// su and sudo within a session: they start no clock of their own, they make the session
/// privileged while one that is root's is open.
extension Daemon {
    /// A process asks to open a nested session; it is never refused.
    func nest(_ report: Opened, opener pid: Int32) -> Answer {
        guard let stat = ProcessStat.read(pid: pid) else {
            return unable("process \(pid) cannot be seen from here")
        }
        let facts = engine.sessions.values.lazy.map(\.facts)
        guard let id = EnclosingSession(of: pid).find(among: facts), let hold = holds[id] else {
            return Answer(.outside)
        }
        guard
            let nesting = Nesting(
                uid: UserID(value: report.uid),
                service: String(decoding: report.service, as: UTF8.self),
                token: CloseToken(low: RandomBytes.word(), high: RandomBytes.word()),
                opener: ProcessIdentity(pid: pid, startTicks: stat.startTicks)
            )
        else { return unable("process \(pid) cannot be watched") }
        guard enter(nesting, in: id, hold) else {
            return unable(
                "session \(id.name) has \(Nestings.openMax) nested sessions; one more is not kept"
            )
        }
        save(id)
        return Answer(.allowed(session: id.value, token: nesting.token))
    }

    /// Ends the nesting with this token; false if the session has none such.
    func closeNesting(of id: SessionID, token: CloseToken) -> Bool {
        endNesting(of: id) { $0.token == token }
    }

    /// Takes back the nestings that were open when the former daemon stopped; those whose process
    /// is gone are over.
    func adoptNestings(_ nestings: [SavedNesting], of id: SessionID) {
        guard let hold = holds[id], !nestings.isEmpty else { return }
        for saved in nestings {
            if let nesting = saved.nesting { _ = enter(nesting, in: id, hold) }
        }
        save(id)
    }

    /// Lets go of a session's nestings, which ended with it.
    func dropNestings(of hold: SessionHold) {
        for nesting in hold.nestings.open { unwatch(nesting) }
    }

    /// Somebody began to work as root in a session, or nobody does any more; `nesting` is the one
    /// whose coming or going changed it.
    func privilegeChanged(_ id: SessionID, isPrivileged: Bool, by nesting: Nesting) {
        guard let facts = engine.sessions[id]?.facts else { return }
        log.privilege(isPrivileged, of: facts, by: nesting)
        holds[id]?.subject.isPrivileged = isPrivileged
        decide(id)
    }

    private func enter(_ nesting: Nesting, in id: SessionID, _ hold: SessionHold) -> Bool {
        let wasPrivileged = hold.nestings.isPrivileged
        let (isKept, displaced) = hold.nestings.add(nesting)
        if let displaced { unwatch(displaced) }
        guard isKept else { return false }
        let opener = nesting.opener
        do throws(SystemError) {
            let descriptor = nesting.handle.descriptor
            // After the reports that it may have sent before it died.
            nesting.exitWatch = try loop.watch(descriptor, for: .readable, order: .second) {
                [unowned self] _ in _ = endNesting(of: id) { $0.opener == opener }
            }
        } catch {
            log.fault("session \(id.name): \(nesting.service) cannot be watched: \(error)")
        }
        if !wasPrivileged, nesting.isPrivileged {
            privilegeChanged(id, isPrivileged: true, by: nesting)
        }
        return true
    }

    private func endNesting(of id: SessionID, where matches: (Nesting) -> Bool) -> Bool {
        guard let hold = holds[id], let nesting = hold.nestings.remove(where: matches) else {
            return false
        }
        unwatch(nesting)
        if nesting.isPrivileged, !hold.nestings.isPrivileged {
            privilegeChanged(id, isPrivileged: false, by: nesting)
        }
        save(id)
        return true
    }

    private func unwatch(_ nesting: Nesting) {
        if let watch = nesting.exitWatch { loop.unwatch(watch) }
        nesting.exitWatch = nil
    }

    private func save(_ id: SessionID) {
        guard let hold = holds[id], let facts = engine.sessions[id]?.facts else { return }
        keep(facts, hold)
    }
}
