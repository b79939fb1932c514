import LapseCore

/// One look at a session: what its terminals, its connection and its jobs tell, put together.
extension Daemon {
    /// Reads the evidence of a session now.
    func look(at id: SessionID) -> Evidence {
        hear()
        counters.looks += 1
        noteRelays(of: id)
        guard let session = engine.sessions[id], let hold = holds[id] else {
            return Witnesses(terminals: activity.look(at: id, now: now)).evidence
        }
        let witnesses = lookout.look(at: session.facts, session.allowance, hold, now: now)
        for fault in activity.takeFaults() { log.fault(fault) }
        return hold.backing.weigh(witnesses)
    }
}
