import LapsePolicy
import TestRandom

/// Allowances as a policy may give them, with a weight on the odd ones.
struct RandomPolicy {
    static func allowance(_ random: inout SeededRandom) -> Allowance {
        Allowance(
            idle: limit(&random, never: 15),
            lifetime: limit(&random, never: 60),
            warn: random.pick([
                [], [], [.seconds(120), .seconds(30)], [.seconds(10), .seconds(5)], [.seconds(3)],
                [.seconds(19), .milliseconds(18_999), .milliseconds(1)],
            ]),
            onIdle: random.chance(85) ? .end : .report,
            end: ladder(&random)
        )
    }

    private static func limit(_ random: inout SeededRandom, never percent: UInt64) -> Limit {
        guard !random.chance(percent) else { return .never }
        switch random.next() % 8 {
        case 0: return .after(.milliseconds(random.between(500, 20_000)))
        case 1: return .after(.seconds(10))
        case 2..<5: return .after(.seconds(random.between(20, 200)))
        case 5..<7: return .after(.seconds(900))
        default: return .after(.seconds(random.between(900, 4 * 3600)))
        }
    }

    /// Always legal by `EndRules`: a TERM to the leader and a KILL to the processes come before
    /// the KILL to the leader, and the two KILLs are the end.
    private static func ladder(_ random: inout SeededRandom) -> [EndStep] {
        guard random.chance(60) else { return EndStep.builtIn }
        var steps: [EndStep] = []
        for _ in 0..<random.between(0, 2) {
            steps.append(
                step(random.pick([.hangUp, .interrupt, .quit, .terminate]), .processes, &random)
            )
        }
        steps.append(step(.terminate, .leader, &random))
        for _ in 0..<random.between(0, 2) {
            steps.append(
                step(
                    random.pick([.hangUp, .terminate]),
                    random.pick([.processes, .leader]),
                    &random
                )
            )
        }
        return steps + [step(.kill, .processes, &random), step(.kill, .leader, &random)]
    }

    private static func step(
        _ signal: EndSignal,
        _ target: EndTarget,
        _ random: inout SeededRandom
    ) -> EndStep {
        let allowed: Int64 = random.chance(25) ? 0 : random.between(1, 8_000)
        return EndStep(signal: signal, target: target, allowed: .milliseconds(allowed))
    }
}
