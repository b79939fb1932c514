import LapseCore

/// Runs one seed and, should it fail, runs it once more to tell the story of the session concerned.
struct Replay {
    static func run(_ plan: WorldPlan) -> String? {
        let world = SimulatedWorld(plan)
        do throws(Failure) {
            try world.run()
            return nil
        } catch {
            return story(of: error, plan)
        }
    }

    static func story(of failure: Failure, _ plan: WorldPlan) -> String {
        let session = failure.session.map { Int($0.value) }
        let again = SimulatedWorld(plan, tracing: session)
        // It fails as before; what is wanted is the story up to there.
        do throws(Failure) { try again.run() } catch {}
        let told = again.story.joined(separator: "\n")
        let who = session.map { "session \($0)" } ?? "no one session"
        return """
            \(failure.what)
            seed \(failure.seed), \(who), \(WorldTime(failure.at)) s after boot; \(plan)
            replay: LAPSE_SEED=\(failure.seed) swift test --filter SimulationTests
            \(told)
            """
    }
}
