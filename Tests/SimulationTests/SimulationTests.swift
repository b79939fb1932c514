import LapseCore
import TestRandom
import Testing

/// The production engine in worlds that follow from a seed.
@Suite struct SimulationTests {
    @Test(arguments: Seeds.blocks)
    func `no promise is broken in any world`(block: Range<UInt64>) {
        for seed in block {
            guard let failure = Replay.run(WorldPlan(seed: seed)) else { continue }
            Issue.record("\(failure)")
            return
        }
    }

    @Test func `machines are found, and keys beside them`() {
        var (machines, excused, beside) = (0, 0, 0)
        for seed in UInt64(1_000)..<1_010 {
            let world = SimulatedWorld(WorldPlan(seed: seed))
            // What breaks is told by the other test.
            do throws(Failure) { try world.run() } catch {}
            let truths = world.sessions.flatMap(\.terminals).map(\.truth)
            machines += world.machinesFound
            excused += truths.reduce(0) { $0 + $1.excused }
            beside += truths.reduce(0) { $0 + $1.beside }
        }
        // A rule that is never played proves nothing.
        #expect(machines >= 5)
        #expect(beside >= 10)
        #expect(excused >= 10)
        print(
            "\(machines) machines, \(beside) keys beside them that count, \(excused) that need not"
        )
    }

    @Test func `sessions are locked, opened again, taken up, and ended`() {
        var counts = WorldCounts()
        for seed in UInt64(1_000)..<1_010 {
            let world = SimulatedWorld(WorldPlan(seed: seed))
            // What breaks is told by the other test.
            do throws(Failure) { try world.run() } catch {}
            counts += world.counts
        }
        #expect(counts.locks >= 300)
        #expect(counts.lockFailures >= 50)
        #expect(counts.relocks >= 5)
        #expect(counts.proofs >= 40)
        #expect(counts.orders >= 15)
        #expect(counts.renewals >= 10)
        #expect(counts.endsOfLocked >= 100)
        #expect(counts.deathsWhileLocked >= 20)
        print("\(counts)")
    }

    @Test(arguments: Seeds.few)
    func `steps of the wall clock change no effect where the witness is exact`(seed: UInt64) {
        var plan = WorldPlan(seed: seed)
        plan.witness = .exact
        // A daemon that starts has nothing but stamps.
        plan.crashes = 0
        plan.steps = 20
        let stepped = SimulatedWorld(plan, keepingEffects: true)
        var steadyPlan = plan
        steadyPlan.steps = 0
        let steady = SimulatedWorld(steadyPlan, keepingEffects: true)
        do throws(Failure) {
            try stepped.run()
            try steady.run()
        } catch {
            Issue.record("\(Replay.story(of: error, plan))")
            return
        }
        let first = zip(stepped.effects ?? [], steady.effects ?? [])
            .first { $0.at != $1.at || $0.effect != $1.effect }
        #expect(first == nil, "LAPSE_SEED=\(seed)")
        #expect(stepped.effects?.count == steady.effects?.count, "LAPSE_SEED=\(seed)")
    }
}
