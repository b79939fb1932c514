import LapseCore
import LapsePolicy
import TestRandom

/// What a user does next, as a time to wait before the next key.
struct SimulatedUser {
    /// How many more times this user types before resting for good.
    var keysLeft: Int
    /// How many more warnings this user heeds: who answers thirty at one moment each is a machine.
    private var answersLeft = 25
    /// Per cent: how often a warning brings this user back.
    let heedsWarnings: UInt64
    /// Nanoseconds: the limit that the pauses are drawn around.
    let scale: Int64
    private let firstWarning: Int64

    init(_ allowance: Allowance, random: inout SeededRandom) {
        keysLeft = Int(random.between(0, 10))
        heedsWarnings = random.pick([0, 50, 90])
        let idle: Duration
        if case .after(let limit) = allowance.idle { idle = limit } else { idle = .seconds(60) }
        scale = max(1_000_000, idle.wholeNanoseconds)
        firstWarning = min(scale, (allowance.warn.first ?? .zero).wholeNanoseconds)
    }

    /// Nanoseconds until the next key.
    mutating func pause(random: inout SeededRandom) -> Int64 {
        switch random.next() % 10 {
        case 0..<4: random.between(1_000_000, 3_000_000_000)
        case 4..<6: random.between(scale / 5, max(scale / 5, scale - firstWarning))
        case 6..<8: random.between(scale - firstWarning, scale)
        // To the very moment of the limit, where off-by-one lives.
        case 8: scale + random.between(-2, 2)
        default: random.between(scale, scale * 2)
        }
    }

    /// Who has proved who he is types a little more; nanoseconds until the first key.
    mutating func comesBack(random: inout SeededRandom) -> Int64 {
        keysLeft += 1
        return pause(random: &random)
    }

    /// Nanoseconds from a warning to the key that answers it; nil if it is not heeded.
    mutating func answer(remaining: Duration, random: inout SeededRandom) -> Int64? {
        guard answersLeft > 0, random.chance(heedsWarnings) else { return nil }
        answersLeft -= 1
        let remaining = remaining.wholeNanoseconds
        return random.chance(15)
            ? remaining + random.between(-2, 1) : random.between(0, remaining + remaining / 10)
    }
}
