import TestRandom
import Testing

@testable import LapsePolicy

/// Files by chance: whatever they hold, the loader says what is wrong or gives a policy.
struct PolicyFuzzTests {
    @Test(arguments: 0..<4 as Range<UInt64>)
    func `bytes by chance are refused or accepted, and never more`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            judge(random.bytes(0...400), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `files with slips in them are refused or accepted, and never more`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let made = RandomPolicy(rules: Int.random(in: 0...4, using: &random), using: &random)
            var bytes = Array(made.text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                slip(in: &bytes, using: &random)
            }
            judge(bytes, "seed \(seed)")
        }
    }

    /// A byte changed, a part taken out, doubled or moved.
    private func slip(in bytes: inout [UInt8], using random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...12, using: &random))
        let part = bytes[start..<end]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[start] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(start..<end)
        case 2: bytes.insert(contentsOf: part, at: start)
        default:
            bytes.removeSubrange(start..<end)
            bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &random))
        }
    }

    private func judge(_ bytes: [UInt8], _ comment: Comment) {
        let source = PolicySource(name: "f", bytes: bytes)
        let (policy, diagnostics) = Policy.load([source], host: .test)
        let hasError = diagnostics.contains { $0.severity == .error }
        #expect(hasError == (policy == nil), comment)
        #expect(diagnostics.allSatisfy { !$0.render(sources: [source]).isEmpty }, comment)
        guard let policy else { return }
        let printed = PolicySource(name: "p", bytes: Array(policy.text.utf8))
        #expect(Policy.load([printed]).policy == policy, comment)
    }
}
