import LapseCore
import LapsePolicy
import TestRandom

/// Allowances as a policy may give them, with a weight on the odd ones.
struct RandomPolicy {
    static func allowance(_ random: inout SeededRandom) -> Allowance {
        var allowance = Allowance(
            idle: limit(&random, never: 15),
            lifetime: limit(&random, never: 60),
            warn: random.pick([
                [], [], [.seconds(120), .seconds(30)], [.seconds(10), .seconds(5)], [.seconds(3)],
                [.seconds(19), .milliseconds(18_999), .milliseconds(1)],
            ]),
            onIdle: random.pick([.end, .end, .end, .lock, .lock, .lock, .report]),
            end: ladder(&random)
        )
        allowance.detached = random.pick([
            .spare, .end, .after(.milliseconds(random.between(1_000, 60_000))),
        ])
        allowance.unmeasurable = random.chance(30) ? .end : .report
        lock(&allowance, &random)
        activity(&allowance, &random)
        allowance.holdMax = .seconds(random.pick([7_200, random.between(5, 600)]))
        return allowance
    }

    private static func lock(_ allowance: inout Allowance, _ random: inout SeededRandom) {
        allowance.onLifetime = random.chance(45) ? .reauth : .end
        allowance.lockFor = random.pick([
            .never, .after(.seconds(3_600)), .after(.milliseconds(random.between(500, 20_000))),
            .after(.seconds(random.between(20, 300))), .after(.seconds(random.between(20, 300))),
        ])
        allowance.unlock = random.chance(20) ? .pam : .password
    }

    private static func activity(_ allowance: inout Allowance, _ random: inout SeededRandom) {
        allowance.activity = random.pick([
            [.input, .work], [.input, .work], [.input], [.input, .output], [.input, .network],
            [.input, .output, .network, .work],
        ])
        allowance.traffic = random.pick([.both, .both, .received, .sent])
        let idle = (allowance.idle.duration ?? .seconds(60)).wholeNanoseconds
        allowance.workMax = random.pick([
            .never, .after(.seconds(4 * 3_600)), .after(.nanoseconds(random.between(1, 4 * idle))),
            .after(.nanoseconds(random.between(1, 4 * idle))), .after(.zero),
        ])
    }

    /// The same with something else in it; much of it hurts at `idle` and `age`, nanoseconds.
    static func changed(
        _ old: Allowance,
        idle: Int64,
        age: Int64,
        lockAge: Int64?,
        _ random: inout SeededRandom
    ) -> Allowance {
        var allowance = old
        let other = Self.allowance(&random)
        switch random.next() % 13 {
        case 0:
            // What users were promised of their words stays.
            var changed = other
            changed.holdMax = old.holdMax
            return changed
        case 1: allowance.idle = other.idle
        case 2: allowance.idle = near(idle, &random)
        case 3: allowance.lifetime = random.chance(50) ? near(age, &random) : other.lifetime
        case 4: allowance.warn = other.warn
        case 5:
            // Shorter than every warning.
            allowance.idle = .after(.milliseconds(random.between(1_000, 8_000)))
            allowance.warn = [.seconds(120), .seconds(30)]
        case 6: allowance.onIdle = random.pick(IdleAction.allCases)
        case 7, 8: activity(&allowance, &random)
        case 9: allowance.lockFor = lockAge.map { near($0, &random) } ?? other.lockFor
        case 10: allowance.onLifetime = allowance.onLifetime == .end ? .reauth : .end
        case 11: allowance.unlock = allowance.unlock == .pam ? .password : .pam
        default: (allowance.unmeasurable, allowance.detached) = (other.unmeasurable, other.detached)
        }
        return allowance
    }

    private static func near(_ span: Int64, _ random: inout SeededRandom) -> Limit {
        let off = random.chance(30) ? random.between(-2, 2) : random.between(-1, 1) * 20_000_000_000
        return .after(.nanoseconds(max(1_000_000_000, span + off)))
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
