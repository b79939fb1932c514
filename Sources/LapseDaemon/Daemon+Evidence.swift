import LapseCore
import LapsePolicy

/// One look at a session: what its terminals, its connection and its jobs tell, put together.
extension Daemon {
    /// Reads the evidence of a session now.
    func look(at id: SessionID) -> Evidence {
        hear()
        counters.looks += 1
        noteRelays(of: id)
        let moment = now
        var witnesses = Witnesses(terminals: activity.look(at: id, now: moment))
        for fault in activity.takeFaults() { log.fault(fault) }
        guard let session = engine.sessions[id], let hold = holds[id] else {
            return witnesses.evidence
        }
        witnesses.connection = connections.look(
            at: session.facts,
            leader: hold.leader,
            relays: hold.relays,
            cookie: hold.saved?.connection,
            now: moment
        )
        let allowance = session.allowance
        if allowance.activity.contains(.work) {
            witnesses.work = works.look(
                at: session.facts,
                keepWhile: allowance.keepWhile,
                now: moment
            )
        }
        witnesses.isOverSSH = session.facts.tty == Subject.sshTerminal
        witnesses.countsTraffic = !allowance.activity.isDisjoint(with: [.output, .network])
        witnesses.isNested = !hold.nestings.open.isEmpty
        return hold.backing.weigh(witnesses)
    }
}
