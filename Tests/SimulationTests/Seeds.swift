import Glibc

/// Which worlds are run: a fixed set, `LAPSE_SEED=N` for one, `LAPSE_SEEDS=COUNT` for many.
struct Seeds {
    /// Each a test case of its own, so that they share the processors.
    static let blocks: [Range<UInt64>] = {
        if let one { return [one..<one + 1] }
        let count = number("LAPSE_SEEDS") ?? 420
        return stride(from: 0, to: count, by: 10).map { base + $0..<base + min($0 + 10, count) }
    }()

    static let few: [UInt64] = one.map { [$0] } ?? Array(base..<base + 10)

    private static let base: UInt64 = 1_000
    private static var one: UInt64? { number("LAPSE_SEED") }

    private static func number(_ name: String) -> UInt64? {
        // SAFETY: the text lives as long as the environment, which no test changes.
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}
