/// SplitMix64: the same seed gives the same run, so a failure that names its seed replays.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// So many bytes, none of them NUL: a text as PAM can give it.
    package mutating func text(_ lengths: ClosedRange<Int>) -> [UInt8] {
        bytes(lengths).map { $0 == 0 ? 1 : $0 }
    }

    /// So many bytes of any value.
    package mutating func bytes(_ lengths: ClosedRange<Int>) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int.random(in: lengths, using: &self))
        var word: UInt64 = 0
        for index in bytes.indices {
            // Eight bytes out of each number: the fuzz test spends its time here.
            word = index % 8 == 0 ? next() : word >> 8
            bytes[index] = UInt8(truncatingIfNeeded: word)
        }
        return bytes
    }
}
