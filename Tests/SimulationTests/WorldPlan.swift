import TestRandom

/// How one world is made: drawn from its seed, so that the seed alone replays it.
struct WorldPlan {
    let seed: UInt64
    /// Sessions that log in.
    var sessions = 128
    /// Nanoseconds within which they do.
    let arrivals: Int64
    /// The most by which the timer fires late; nanoseconds.
    let timerLatenessMax: Int64
    /// Per cent of looks that bring no answer.
    let failingLooks: UInt64
    /// Per thousand reads that overflow the queue of terminal events.
    let overflows: UInt64
    /// Who sees the reads of the terminals that are not read through their own nodes.
    var witness: Witness
    /// Steps of the wall clock over the whole run.
    var steps: Int
    let suspends: Int
    var crashes: Int
    /// Timer events without cause, events for unknown sessions.
    let spurious: Int

    /// Nobody can tell a read that no event names from one through /dev/tty in the same eight
    /// seconds, so a world has one of the two.
    enum Witness {
        /// All reads are from the terminals' own nodes and no event is lost.
        case exact
        /// Some are through /dev/tty.
        case shared
        /// Some are through /dev/tty of another mount namespace.
        case unseen
    }

    var isExact: Bool { witness == .exact }

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x5EED_0F_AF1A)
        self.seed = seed
        arrivals = random.pick([60, 600, 7_200]) * 1_000_000_000
        timerLatenessMax = random.pick([0, 1_000, 1_000_000, 50_000_000, 2_000_000_000])
        failingLooks = random.pick([0, 0, 0, 5, 30])
        overflows = random.pick([0, 0, 5, 100])
        witness = random.pick([.exact, .shared, .shared, .unseen])
        steps = random.pick([0, 0, 3, 20])
        suspends = random.pick([0, 0, 0, 2])
        crashes = random.pick([0, 0, 0, 1, 3])
        spurious = random.pick([0, 5, 100])
    }
}
