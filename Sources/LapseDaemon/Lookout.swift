package import LapseCore
package import LapseLinux
package import LapsePolicy
import LapseWire

/// The witnesses of all sessions: their terminals, their connections and their jobs.
package final class Lookout {
    let activity: ActivityWatch
    let connections = ConnectionWatch()
    private var works = WorkWatch()

    package init() throws(SystemError) {
        activity = try ActivityWatch()
    }

    func remove(_ id: SessionID) {
        activity.remove(id)
        connections.remove(id)
        works.remove(id)
    }

    /// What each says of a session now.
    func look(
        at facts: SessionFacts,
        _ allowance: Allowance,
        _ hold: SessionHold,
        now: BootInstant
    ) -> Witnesses {
        var witnesses = Witnesses(terminals: activity.look(at: facts.id, now: now))
        witnesses.connection = connections.look(
            at: facts,
            leader: hold.leader,
            relays: hold.relays,
            cookie: hold.saved?.connection,
            now: now
        )
        if allowance.activity.contains(.work) {
            witnesses.work = works.look(at: facts, keepWhile: allowance.keepWhile, now: now)
        }
        witnesses.isOverSSH = facts.tty == Subject.sshTerminal
        witnesses.countsTraffic = !allowance.activity.isDisjoint(with: [.output, .network])
        witnesses.isNested = !hold.nestings.open.isEmpty
        return witnesses
    }

    /// Takes in a session that no daemon knows of and gives the look at it, for look-bench; nil if
    /// its leader is gone.
    package func trial(of facts: SessionFacts, _ allowance: Allowance) -> (() -> Evidence)? {
        let leader = ProcessHandle.open(facts.leader)
        guard let leader else { return nil }
        let hold = SessionHold(
            leader: leader,
            closeToken: CloseToken(low: 0, high: 0),
            leaderImage: nil,
            openedWall: 0,
            subject: Subject(
                user: facts.user,
                uid: facts.uid.value,
                groups: nil,
                service: facts.service,
                source: .local,
                terminal: nil,
                auth: nil
            )
        )
        activity.add(facts, wallAtOpening: .current)
        return { [self] in
            let now = BootInstant(nanoseconds: BootClock.now())
            return hold.backing.weigh(look(at: facts, allowance, hold, now: now))
        }
    }
}
