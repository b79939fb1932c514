import TestRandom
import Testing

@testable import LapsePolicy

/// How long a session may rest and be locked in all, held against every session that there could be.
struct LateEndTests {
    /// One rule or, last, the defaults: minutes of `idle` and of `lock-for`, and whether it locks.
    private struct Place {
        var idle: Int?
        var lockFor: Int?
        var locks: Bool?

        init(isDefault: Bool, using random: inout SeededRandom) {
            func chance(_ values: [Int], _ random: inout SeededRandom) -> Int? {
                let isGiven = isDefault || Bool.random(using: &random)
                return isGiven ? values.randomElement(using: &random) : nil
            }
            idle = chance([3, 7, 11, 15, 16], &random)
            lockFor = chance([1, 4, 8, 12], &random)
            locks = chance([0, 1], &random).map { $0 == 1 }
        }

        var text: String {
            let lines = [
                idle.map { "idle = \"\($0)m\"" }, lockFor.map { "lock-for = \"\($0)m\"" },
                locks.map { "on-idle = \"\($0 ? "lock" : "end")\"" },
            ]
            return lines.compactMap { $0.map { "\($0)\n" } }.joined()
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no session that is locked beyond the limit is missed, and hardly one made up`(
        _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let cis = try #require(Baseline.named("cis"))
        var madeUp = 0
        for _ in 0..<100 {
            let count = Int.random(in: 0...5, using: &random)
            let places = (0...count).map { Place(isDefault: $0 == count, using: &random) }
            let policy = try #require(load(places))
            let told = policy.check(against: [cis]).contains { $0.setting == .lockFor }
            let isLate = (0..<1 << count).contains { subset in
                let own = places.indices.filter { $0 == count || subset >> $0 & 1 == 1 }
                func first<Value>(_ value: (Place) -> Value?) -> Value? {
                    own.compactMap { value(places[$0]) }.first
                }
                guard let idle = first(\.idle), let lock = first(\.lockFor),
                    let locks = first(\.locks)
                else { return false }
                // A limit that is too long by itself is told as such.
                return locks && idle <= 15 && idle + lock > 15
            }
            #expect(told || !isLate, "seed \(seed): \(places.map(\.text))")
            madeUp += told && !isLate ? 1 : 0
        }
        #expect(madeUp <= 5, "seed \(seed)")
    }

    private func load(_ places: [Place]) -> Policy? {
        let rules = places.dropLast().enumerated().map { number, place in
            "[[rule]]\nname = \"\(number)\"\nwhen = { users = \"u\(number)\" }\n" + place.text
        }
        let text = "[defaults]\n" + (places.last?.text ?? "") + rules.joined()
        return Policy.load([PolicySource(name: "f.toml", bytes: Array(text.utf8))]).policy
    }
}
