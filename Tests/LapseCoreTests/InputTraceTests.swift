import Glibc
import TestRandom
import Testing

@testable import LapseCore

/// A terminal, its kernel and the daemon's ear, with a person and his tricks: the truth is known.
private struct InputTrace {
    /// Where the next read happens.
    enum Path {
        /// The terminal's own node: inotify tells.
        case own
        /// /dev/tty.
        case shared
    }

    private var random: SeededRandom
    private let wall: WallOffset
    private(set) var now = 100.0
    private var stamp: WallSecond
    /// ctime, in steps of a tick.
    private var changed: Int64 = 0
    private var clock: InputClock
    private var sharedReads = SharedReads()
    private var lastListened: BootInstant
    /// What inotify holds for the daemon.
    private var waiting: (read: Bool, shared: Bool, changed: Bool) = (false, false, false)
    private var listensAt: Double?
    private var isOpen = false
    /// The truth.
    private(set) var lastRead = 100.0
    private(set) var forgeriesTold = 0
    /// How often the figure was another than at the look before.
    private(set) var timesMoved = 0
    private var lastFigure: BootInstant?
    private(set) var worstEarly = 0.0
    private(set) var worstLate = 0.0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        wall = WallOffset(nanoseconds: Int64.random(in: 0...9_000_000_000_000, using: &random))
        let start = BootInstant(nanoseconds: 100_000_000_000)
        stamp = wall.second(of: start)
        lastListened = start
        clock = InputClock(stamp: stamp, wall: wall, wallAtOpening: wall, now: start)
    }

    /// The wall clock that ctime is taken from: 250 ticks a second.
    private var coarseWall: Int64 {
        let now = boot.nanoseconds + wall.nanoseconds
        return now - now % 4_000_000
    }

    private var boot: BootInstant { BootInstant(nanoseconds: Int64(now * 1_000_000_000)) }

    /// A pause of a person (log-normal), in seconds.
    private mutating func pause() -> Double {
        let (one, two) = (unit(), unit())
        return min(600, 1.5 * exp(1.6 * sqrt(-2 * log(one)) * cos(2 * .pi * two)))
    }

    private mutating func unit() -> Double { Double.random(in: 1e-9...1, using: &random) }

    mutating func chance(_ share: Double) -> Bool { unit() < share }

    /// Time passes; the daemon listens when it may.
    mutating func pass(_ seconds: Double) {
        let target = now + seconds
        while let moment = listensAt, moment <= target {
            now = max(now, moment)
            hear()
        }
        now = max(now, target)
    }

    mutating func passAsAPerson() { pass(pause()) }

    private mutating func tell() {
        // The daemon pauses up to 100 ms after what it heard last.
        if listensAt == nil { listensAt = now + 0.1 * unit() }
    }

    mutating func read(_ path: Path) {
        lastRead = now
        let second = wall.second(of: boot)
        if second.blockStart != stamp.blockStart { stamp = second }
        if path == .own { waiting.read = true } else { waiting.shared = true }
        tell()
    }

    /// utimensat(2) on the node, to now, the past, the future: of atime alone, which inotify tells as
    /// a read, or of both stamps.
    mutating func touch(both: Bool) {
        let away = [0, 0, -3, 5, -40, 40, -100_000, 100_000][Int(random.next() % 8)]
        stamp = WallSecond(seconds: wall.second(of: boot).seconds + Int64(away))
        changed = coarseWall
        if both { waiting.changed = true } else { waiting.read = true }
        tell()
    }

    /// chmod(2), chown(2).
    mutating func change() {
        changed = coarseWall
        waiting.changed = true
        tell()
    }

    private mutating func hear() {
        if waiting.shared { sharedReads.note(since: lastListened, at: boot, wall: wall) }
        if waiting.read { clock.readTold(at: boot, wall: wall) }
        if waiting.changed { clock.changeTold() }
        let isTold = waiting.read || waiting.changed
        waiting = (false, false, false)
        listensAt = nil
        lastListened = boot
        guard isTold || isOpen else { return }
        let outcome = clock.heard(
            stamp: stamp,
            change: NodeChange(changed: changed, coarseWall: coarseWall),
            wall: wall,
            shared: sharedReads,
            now: boot
        )
        note(outcome)
        isOpen = outcome.isOpen
        if isOpen { listensAt = now + 0.1 }
    }

    private mutating func note(_ outcome: InputClock.Outcome) {
        if outcome.isForged { forgeriesTold += 1 }
    }

    mutating func resetMoves() { timesMoved = 0 }

    /// The daemon asks, and its figure is held against the truth.
    mutating func look() {
        hear()
        let outcome = clock.look(
            stamp: stamp,
            change: NodeChange(changed: changed, coarseWall: coarseWall),
            wall: wall,
            shared: sharedReads,
            now: boot
        )
        note(outcome)
        isOpen = false
        if clock.lastInput != lastFigure { timesMoved += 1 }
        lastFigure = clock.lastInput
        let figure = Double(clock.lastInput.nanoseconds) / 1_000_000_000
        worstEarly = max(worstEarly, lastRead - figure)
        worstLate = max(worstLate, figure - lastRead)
    }
}

/// An idle figure is never early and at most one second late, in 1,000 traces of each kind.
@Suite struct InputTraceTests {
    private func check(
        _ name: String,
        _ play: (inout InputTrace) -> Void
    ) -> (forgeries: Int, worstLate: Double) {
        var forgeries = 0
        var worstLate = 0.0
        for seed in UInt64(0)..<1_000 {
            var trace = InputTrace(seed: seed)
            // What was before the first read counts to the end of its block.
            trace.read(.own)
            trace.pass(0.2)
            for _ in 0..<60 { play(&trace) }
            trace.look()
            if trace.worstEarly > 0.000_001 { Issue.record("\(name) \(seed): early") }
            if trace.worstLate > 1 { Issue.record("\(name) \(seed): late by \(trace.worstLate)") }
            forgeries += trace.forgeriesTold
            worstLate = max(worstLate, trace.worstLate)
        }
        return (forgeries, worstLate)
    }

    @Test func `typed at the terminal and through /dev/tty, with modes that change`() {
        let outcome = check("typed") { trace in
            trace.passAsAPerson()
            if trace.chance(0.3) { trace.look() }
            trace.read(trace.chance(0.4) ? .shared : .own)
            // A program that is started sets the mode: the key that started it was read before.
            if trace.chance(0.05) {
                trace.read(.own)
                trace.pass(0.01)
                trace.change()
                trace.pass(0.3)
                trace.read(.own)
                trace.pass(0.3)
            }
        }
        #expect(outcome.forgeries == 0)
        #expect(outcome.worstLate > 0)
    }

    @Test(arguments: [false, true])
    func `typed at the terminal while its stamps are set in a loop`(both: Bool) {
        let outcome = check("loop") { trace in
            for _ in 0..<8 {
                trace.pass(trace.chance(0.5) ? 0.05 : 1.7)
                trace.touch(both: both)
            }
            // A key in the same tenth of a second cannot be told from the touch.
            trace.pass(0.25)
            if trace.chance(0.5) { trace.look() }
            if trace.chance(0.5) {
                trace.read(.own)
                trace.pass(0.25)
            }
            if trace.chance(0.2) { trace.passAsAPerson() }
        }
        #expect(outcome.forgeries > 100_000)
    }

    @Test func `typed through /dev/tty between times in which stamps are set`() {
        let outcome = check("between") { trace in
            trace.passAsAPerson()
            trace.read(trace.chance(0.7) ? .shared : .own)
            guard trace.chance(0.3) else { return }
            // The user who sets his stamps wipes out what they told since the last look.
            trace.look()
            let both = trace.chance(0.5)
            for _ in 0..<3 {
                trace.pass(0.3)
                trace.touch(both: both)
            }
            trace.pass(0.3)
            trace.look()
            // A stamp of the future may be in the block of the next read, which then moves nothing.
            trace.pass(60)
        }
        #expect(outcome.forgeries > 5_000)
    }

    @Test func `who mixes all kinds of forgery wins one idle time for each key, and loses none`() {
        for seed in UInt64(0)..<1_000 {
            var trace = InputTrace(seed: seed)
            trace.read(.own)
            trace.pass(0.2)
            // A key, and forgeries until long after: they may count once.
            for _ in 0..<10 {
                trace.read(.own)
                trace.pass(0.25)
                let key = trace.now
                for _ in 0..<40 {
                    trace.touch(both: trace.chance(0.5))
                    if trace.chance(0.5) { trace.touch(both: trace.chance(0.5)) }
                    trace.pass(trace.chance(0.5) ? 0.05 : 20)
                    if trace.chance(0.3) { trace.look() }
                }
                trace.pass(0.25)
                trace.look()
                #expect(trace.timesMoved <= 2, "seed \(seed), key at \(key)")
                trace.resetMoves()
            }
            if trace.worstEarly > 0.000_001 { Issue.record("seed \(seed): early") }
        }
    }
}
