import TestRandom
import Testing

@testable import LapsePolicy

struct PolicyPropertyTests {
    private let now = WallMoment(WallInstant(seconds: RandomPolicy.now), in: FixedZone.utc)

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the policy answers as a matcher does that asks rule by rule`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<25 {
            let count = Int.random(in: 0...70, using: &random)
            let made = RandomPolicy(rules: count, using: &random)
            let policy = try #require(made.load(), "\(made.text)")
            for _ in 0..<20 {
                let session = RandomSubject(using: &random)
                let subject = session.subject(using: &random)
                let found = differences(policy.allowance(for: subject, at: now), session, made)
                if !found.isEmpty {
                    Issue.record("seed \(seed): \(found)\n\(subject)\n\(made.text)")
                }
            }
        }
    }

    /// What of a decision is not as it must be.
    private func differences(
        _ decision: Decision,
        _ session: RandomSubject,
        _ made: RandomPolicy
    ) -> [String] {
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ value: Value, _ wanted: Value) {
            if value != wanted {
                found.append("\(what) is \(value), not \(wanted)")
            }
        }
        let (given, unknown) = session.answer(made)
        compare("what is unknown", Set(decision.unknown.map(\.rawValue)), unknown)
        let mode = given["mode"]?.value ?? made.mode ?? "\"enforce\""
        compare("mode", "\"\(decision.mode.rawValue)\"", mode)
        let membership = given["member-of"]?.value ?? "\"anyone\""
        let isAdmitted = decision.allowance.memberOf.admits(session.groups.map { Set($0) })
        compare("whether the user is admitted", isAdmitted, session.isAdmitted(by: membership))
        let isPrivileged = session.isPrivileged || session.uid == 0
        for setting in Setting.allCases {
            var source = setting
            if isPrivileged, let privileged = privileged(setting),
                limit(given, privileged) < limit(given, setting)
            {
                source = privileged
            }
            let wanted = given[source.rawValue]
            let text = wanted?.value ?? Allowance.builtIn.text(of: source)
            let name = setting.rawValue
            compare(name, decision.allowance.text(of: setting), text)
            compare("the rule of \(name)", rule(decision.origin(of: setting)), wanted?.rule)
            let isBuiltIn = decision.origin(of: setting) == .builtIn
            compare("\(name) as a built-in setting", isBuiltIn, wanted == nil)
        }
        return found
    }

    private func privileged(_ setting: Setting) -> Setting? {
        switch setting {
        case .idle: .privilegedIdle
        case .lifetime: .privilegedLifetime
        default: nil
        }
    }

    /// Minutes; many for none.
    private func limit(
        _ given: [String: (value: String, rule: String?)],
        _ setting: Setting
    ) -> Int {
        let text = given[setting.rawValue]?.value ?? Allowance.builtIn.text(of: setting)
        let number = Int(text.filter(\.isNumber)) ?? 1_000_000
        return text.contains("h") ? number * 60 : number
    }

    private func rule(_ origin: Origin) -> String? {
        guard case .rule(let name, _) = origin else { return nil }
        return name
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `what is printed is read back as the same policy`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<25 {
            let made = RandomPolicy(rules: Int.random(in: 0...20, using: &random), using: &random)
            let policy = try #require(made.load())
            let printed = policy.text
            let source = PolicySource(name: "printed.toml", bytes: Array(printed.utf8))
            let again = Policy.load([source]).policy
            #expect(again == policy, "seed \(seed): \(made.text)\n---\n\(printed)")
            #expect(again?.text == printed)
        }
    }

    @Test func `every accepted policy of the tables is printed and read back`() throws {
        let tables = [
            "settings", "durations", "end", "rules", "conditions", "more-settings", "locks",
            "members", "activity", "programs", "exceptions", "doubts", "baselines",
        ]
        var count = 0
        for given in try tables.flatMap({ try DiagnosticCase.table($0) }) {
            guard let policy = Policy.load(given.sources).policy else { continue }
            let source = PolicySource(name: "printed.toml", bytes: Array(policy.text.utf8))
            #expect(Policy.load([source]).policy == policy, "\(given.name)\n\(policy.text)")
            count += 1
        }
        #expect(count == 198)
    }

    @Test func `two policies that differ in one setting are not the same`() {
        let texts = ["idle = \"5m\"", "idle = \"6m\"", "lifetime = \"5m\"", "quota = \"5m\"", ""]
        let policies = texts.map { text in
            Policy.load([PolicySource(name: "f", bytes: Array("[defaults]\n\(text)".utf8))]).policy
        }
        for (place, policy) in policies.enumerated() {
            #expect(policy != nil)
            #expect(policies.firstIndex(of: policy) == place)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a rule after one that gives everything to everybody changes nothing`(
        _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<15 {
            var made = RandomPolicy(rules: Int.random(in: 0...10, using: &random), using: &random)
            var last = RandomPolicy.Rule(name: "everything")
            last.settings = RandomPolicy.settings(all: true, using: &random)
            last.settings.append(("end", "[\(RandomPolicy.endSteps)]"))
            made.rules.append(last)
            let before = try #require(made.load())
            made.rules.append(RandomPolicy.rule("more", using: &random))
            let after = try #require(made.load())
            for _ in 0..<10 {
                let subject = RandomSubject(using: &random).subject(using: &random)
                let first = before.allowance(for: subject, at: now)
                let second = after.allowance(for: subject, at: now)
                #expect(first == second, "seed \(seed): \(made.text)")
            }
        }
    }
}
