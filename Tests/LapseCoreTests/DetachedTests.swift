import LapseCore
import LapsePolicy
import Testing

/// What becomes of processes that live apart from the terminals of a session that is ended.
@Suite struct DetachedTests {
    private static let tmux: NamedProcesses = ["tmux[9]"]

    private static func signal(_ signal: EndSignal, sparing: Bool) -> Effect {
        let order = SignalOrder(
            signal: signal,
            to: .processesAndRelay,
            sparesDetached: sparing
        )
        return .signal(OneSession.id, order)
    }

    private static func spared(endIn: Double?) -> Effect {
        OneSession.record(.spared(tmux, endIn: endIn.map { .seconds($0) }))
    }

    /// Asked to end at 1 s, its leader gone at 2 s; nothing is left but what is detached.
    private func ended(_ detached: DetachedAction) -> (OneSession, [Effect]) {
        var one = OneSession(detached: detached)
        _ = one.requestEnd(at: 1)
        _ = one.reached(1, at: 1, spared: Self.tmux)
        _ = one.deadline(at: 1.3)
        _ = one.reached(1, at: 1.3, spared: Self.tmux)
        _ = one.leaderExits(at: 2)
        _ = one.deadline(at: 3.3)
        let effects = one.reached(0, at: 3.3, spared: Self.tmux)
        return (one, effects)
    }

    @Test func `"spare" names them in the record and leaves them alone`() {
        let (one, effects) = ended(.spare)
        #expect(effects == [Self.spared(endIn: nil), .retire(OneSession.id)])
        #expect(one.engine.sessions.isEmpty)
    }

    @Test func `"end" means them with every signal of the ladder`() {
        var one = OneSession(detached: .end)
        let request = EndReason.request(EndRequest(by: UserID(value: 0), why: "x"))
        #expect(one.requestEnd(at: 1) == OneSession.end(request, idle: 1, sparing: false))
        _ = one.reached(1, at: 1)
        _ = one.deadline(at: 1.3)
        _ = one.reached(1, at: 1.3)
        _ = one.leaderExits(at: 2)
        #expect(one.deadline(at: 3.3) == [Self.signal(.terminate, sparing: false)])
        #expect(one.reached(0, at: 3.3) == [.retire(OneSession.id)])
    }

    @Test func `each that is ended is named once, whichever signals it had`() {
        var one = OneSession(detached: .end)
        _ = one.requestEnd(at: 1)
        _ = one.reached(2, at: 1, detached: ["tmux[9]", "nohup[10]"])
        _ = one.deadline(at: 1.3)
        _ = one.reached(1, at: 1.3)
        _ = one.leaderExits(at: 2)
        _ = one.deadline(at: 3.3)
        _ = one.reached(2, at: 3.3, detached: ["tmux[9]", "x[11]"])
        _ = one.deadline(at: 8.3)
        let swept: NamedProcesses = ["tmux[9]", "nohup[10]", "x[11]"]
        #expect(
            one.reached(0, at: 8.3) == [
                OneSession.record(.swept(swept)), .retire(OneSession.id),
            ]
        )
    }

    @Test func `after a time they are asked, killed, and let go`() {
        var (one, effects) = ended(.after(.seconds(60)))
        #expect(effects == [Self.spared(endIn: 60)])
        #expect(one.next == 63.3)
        #expect(one.deadline(at: 63) == [])
        #expect(one.deadline(at: 63.3) == [Self.signal(.terminate, sparing: false)])
        #expect(one.reached(1, at: 63.3) == [])
        #expect(one.deadline(at: 68) == [])
        #expect(one.deadline(at: 68.3) == [Self.signal(.kill, sparing: false)])
        #expect(one.reached(1, at: 68.3, detached: Self.tmux) == [])
        #expect(one.deadline(at: 69.3) == [Self.signal(.kill, sparing: false)])
        let swept = OneSession.record(.swept(Self.tmux))
        #expect(one.reached(0, at: 69.3) == [swept, .retire(OneSession.id)])
        #expect(one.engine.sessions.isEmpty)
        #expect(one.engine.nextDeadline == nil)
    }

    @Test func `those that are gone by then need no second signal`() {
        var (one, _) = ended(.after(.seconds(60)))
        #expect(one.deadline(at: 63.3) == [Self.signal(.terminate, sparing: false)])
        #expect(one.reached(0, at: 63.3) == [.retire(OneSession.id)])
    }

    @Test func `nothing detached needs no time`() {
        var one = OneSession(detached: .after(.seconds(60)))
        _ = one.requestEnd(at: 1)
        _ = one.reached(1, at: 1)
        _ = one.leaderExits(at: 1.1)
        _ = one.deadline(at: 1.3)
        #expect(one.reached(0, at: 1.3) == [.retire(OneSession.id)])
    }

    @Test func `a session that waits for them is over for its users, and takes no orders`() {
        var (one, _) = ended(.after(.seconds(60)))
        let before = one.session
        #expect(one.session?.upcoming == [])
        #expect(one.leaderExits(at: 10) == [])
        #expect(one.engine.handle(.closeReported(OneSession.id), at: OneSession.at(10)) == [])
        #expect(one.requestEnd(at: 10) == [])
        #expect(one.revoke(.account(.deleted), at: 10) == [])
        #expect(one.allow(at: 10) { $0.detached = .spare } == [])
        #expect(one.measured(10, at: 10) == [])
        #expect(one.session == before)
        let admission = one.engine.admission(among: [OneSession.id], Allowance.ofOne)
        #expect(admission == .admitted)
    }

    @Test(arguments: [
        (DetachedAction.spare, [spared(endIn: nil), .retire(OneSession.id)]),
        (.after(.seconds(60)), [spared(endIn: 60)]),
        (.end, [.retire(OneSession.id)]),
    ])
    func `a leader that died leaves them to the policy too`(
        detached: DetachedAction,
        effects: [Effect]
    ) {
        var one = OneSession(detached: detached)
        #expect(
            one.leaderExits(at: 3).last
                == .signal(
                    OneSession.id,
                    SignalOrder(
                        signal: .hangUp,
                        to: .processesAndRelay,
                        sparesDetached: detached != .end
                    )
                )
        )
        #expect(one.reached(0, at: 3, spared: detached == .end ? [] : Self.tmux) == effects)
    }

    @Test func `a user who logs out takes nobody along`() {
        var one = OneSession(detached: .end)
        let closed = one.engine.handle(.closeReported(OneSession.id), at: OneSession.at(4))
        #expect(closed.last == .retire(OneSession.id))
        #expect(!closed.contains { if case .signal = $0 { true } else { false } })
    }
}

extension Allowance {
    /// One session at a time.
    static var ofOne: Allowance {
        var allowance = builtIn
        allowance.sessionsMax = .atMost(1)
        return allowance
    }
}
