import LapseCore
import LapsePolicy
import Testing

/// How many sessions a user may have, and which one makes room.
@Suite struct AdmissionTests {
    /// So many sessions, numbered from 1; the last input of each in seconds.
    private func engine(_ inputs: [Double]) -> (Engine, [SessionID]) {
        var engine = Engine()
        var ids: [SessionID] = []
        for (place, input) in inputs.enumerated() {
            let id = SessionID(value: UInt64(place + 1))
            let facts = OneSession.facts(id)
            ids.append(id)
            _ = engine.handle(.opened(facts, .builtIn, .enforce, .reported), at: OneSession.at(0))
            let evidence = Evidence.measured(lastInput: OneSession.at(input))
            _ = engine.handle(.evidence(id, evidence), at: OneSession.at(100))
        }
        return (engine, ids)
    }

    private func allowance(_ max: CountLimit, _ action: OverMaxAction) -> Allowance {
        var allowance = Allowance.builtIn
        allowance.sessionsMax = max
        allowance.overMax = action
        return allowance
    }

    @Test(arguments: [
        (0, Admission.admitted), (2, .admitted), (3, .refused(count: 3, max: 3)),
        (4, .refused(count: 4, max: 3)),
    ])
    func `one more is refused at the limit and above it`(count: Int, verdict: Admission) {
        let (engine, ids) = engine(Array(repeating: 1, count: count))
        #expect(engine.admission(among: ids, allowance(.atMost(3), .refuse)) == verdict)
    }

    @Test func `without a limit all are admitted`() {
        let (engine, ids) = engine(Array(repeating: 1, count: 40))
        #expect(engine.admission(among: ids, allowance(.unlimited, .endOldest)) == .admitted)
    }

    @Test(
        arguments: [
            ([50, 20, 70], 2), ([10, 20, 70], 1), ([50, 40, 30], 3), ([30, 20, 20], 2),
        ] as [([Double], UInt64)]
    )
    func `the one that is idle the longest makes room`(inputs: [Double], displaced: UInt64) {
        let (engine, ids) = engine(inputs)
        let verdict = engine.admission(among: ids, allowance(.atMost(3), .endOldest))
        #expect(verdict == .displaces(SessionID(value: displaced), max: 3))
        #expect(engine.admission(among: ids, allowance(.atMost(4), .endOldest)) == .admitted)
    }

    @Test func `those that are being ended do not count, nor are they displaced`() {
        var (engine, ids) = engine([10, 20, 30])
        let request = EndRequest(by: UserID(value: 0), why: "x")
        _ = engine.handle(.endRequested(ids[0], request), at: OneSession.at(100))
        #expect(engine.admission(among: ids, allowance(.atMost(3), .refuse)) == .admitted)
        #expect(
            engine.admission(among: ids, allowance(.atMost(2), .endOldest))
                == .displaces(ids[1], max: 2)
        )
    }

    @Test func `sessions of others and such as are gone do not count`() {
        let (engine, ids) = engine([10, 20, 30])
        let own = [ids[2], SessionID(value: 99)]
        #expect(engine.admission(among: own, allowance(.atMost(2), .refuse)) == .admitted)
        #expect(
            engine.admission(among: own, allowance(.atMost(1), .endOldest))
                == .displaces(ids[2], max: 1)
        )
    }
}
