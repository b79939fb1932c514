import Glibc
import TestRandom
import Testing

@testable import LapseCore

@Suite struct RhythmTests {
    private func at(_ seconds: Double) -> BootInstant { OneSession.at(seconds) }

    /// What a clock says of events with these pauses between them, the first at 100 s.
    private func judged(_ pauses: [Double], _ rhythm: inout Rhythm) -> [Rhythm.Verdict] {
        var moment = 100.0
        return [rhythm.note(at(moment))]
            + pauses.map { pause in
                moment += pause
                return rhythm.note(at(moment))
            }
    }

    private func isRecognised(_ pauses: [Double]) -> Bool {
        var rhythm = Rhythm()
        return judged(pauses, &rhythm).contains(.recognised)
    }

    @Test func `thirty equal pauses are a rhythm, the events since its first do not count`() {
        var rhythm = Rhythm()
        let verdicts = judged(Array(repeating: 60, count: 32), &rhythm)
        #expect(verdicts.prefix(30).allSatisfy { $0 == .hand })
        #expect(verdicts[30...] == [.recognised, .beat, .beat])
        #expect(rhythm.known?.period == .seconds(60))
        #expect(rhythm.known?.beats == 33)
        // The first burst may have been the keys that started it.
        #expect(rhythm.lastHand == at(100) + Rhythm.burst)
    }

    private static let patterns: [(name: String, pauses: [Double], isRhythm: Bool)] = [
        ("29 pauses", Array(repeating: 60, count: 29), false),
        ("the e2e typist", Array(repeating: 9, count: 20), false),
        ("every second", Array(repeating: 1, count: 30), true),
        ("faster than every second", Array(repeating: 0.99, count: 500), false),
        ("a held key, told ten times a second", Array(repeating: 0.1, count: 5_000), false),
        ("a held key that stutters", Array(repeating: 0.35, count: 500), false),
        ("every hour", Array(repeating: 3_600, count: 30), true),
        ("within the tolerance", (0..<30).map { 60 + ($0 % 2 == 0 ? 0 : 0.15) }, true),
        ("beyond the tolerance", (0..<300).map { 60 + ($0 % 2 == 0 ? 0 : 0.16) }, false),
        ("around its median", (0..<31).map { 60 + [-0.15, 0, 0.15][$0 % 3] }, true),
        ("too far around its median", (0..<300).map { 60 + [-0.16, 0, 0.16][$0 % 3] }, false),
        ("alternating", (0..<300).map { $0 % 2 == 0 ? 30 : 60 }, false),
        ("a beat in thirty left out", (0..<600).map { $0 % 30 == 29 ? 120 : 60 }, false),
        ("growing", (0..<300).map { 5 + Double($0) * 0.011 }, false),
        ("one odd pause, then equal ones", [61] + Array(repeating: 60, count: 30), true),
        ("thirty after a long rest", [5_000] + Array(repeating: 10, count: 30), true),
        ("typing in between", Array(repeating: [10, 0.5], count: 100).flatMap(\.self), false),
        ("read byte by byte", Array(repeating: [59.9, 0.1], count: 31).flatMap(\.self), true),
        ("read in two steps", Array(repeating: [9.7, 0.3], count: 31).flatMap(\.self), true),
    ]

    @Test(arguments: patterns)
    func `a pattern is a rhythm or it is not`(
        name: String,
        pauses: [Double],
        isRhythm: Bool
    ) {
        #expect(isRecognised(pauses) == isRhythm, "\(name)")
    }

    @Test func `a machine is recognised though each of its events is told up to 100 ms late`() {
        for seed in UInt64(0)..<1_000 {
            var random = SeededRandom(seed: seed)
            let period = Double.random(in: 1.1...900, using: &random)
            var rhythm = Rhythm()
            let verdicts = (0...30).map { beat in
                let late = Double.random(in: 0...0.1, using: &random)
                return rhythm.note(at(100 + Double(beat) * period + late))
            }
            #expect(verdicts.last == .recognised, "seed \(seed)")
        }
    }

    // MARK: A known rhythm

    private func machine(_ period: Double = 60) -> Rhythm {
        var rhythm = Rhythm()
        for beat in 0...30 { _ = rhythm.note(at(100 + Double(beat) * period)) }
        return rhythm
    }

    @Test func `what comes out of a known rhythm is a hand at once, the next beat is none`() {
        var rhythm = machine()
        let last = 100.0 + 30 * 60
        #expect(rhythm.note(at(last + 60)) == .beat)
        #expect(rhythm.note(at(last + 85)) == .hand)
        #expect(rhythm.lastHand == at(last + 85))
        #expect(rhythm.note(at(last + 120)) == .beat)
        #expect(rhythm.lastHand == at(last + 85))
    }

    @Test func `a machine that begins anew at another moment is known after one pause`() {
        var rhythm = machine()
        let last = 100.0 + 30 * 60
        #expect(rhythm.note(at(last + 1_000)) == .hand)
        #expect(rhythm.note(at(last + 1_060)) == .beat)
        #expect(rhythm.note(at(last + 1_120)) == .beat)
    }

    @Test func `an odd event each hour counts once and makes no hand of the machine`() {
        var rhythm = machine()
        var hands: [Int] = []
        for beat in 31..<1_000 {
            if beat % 60 == 0, rhythm.note(at(100 + Double(beat) * 60 - 25)) == .hand {
                hands.append(beat)
            }
            #expect(rhythm.note(at(100 + Double(beat) * 60)) == .beat)
        }
        #expect(hands == Array(stride(from: 60, to: 1_000, by: 60)))
        #expect(rhythm.lastHand == at(100 + 960 * 60 - 25))
    }

    @Test func `typing beside a machine counts, each burst of it`() {
        var rhythm = machine()
        var moment = 100.0 + 30 * 60 + 20
        for _ in 0..<50 {
            #expect(rhythm.note(at(moment)) == .hand)
            #expect(rhythm.lastHand == at(moment))
            moment += 0.45
        }
    }

    @Test func `a rhythm is forgotten after as many strangers as made it`() {
        var rhythm = machine()
        let last = 100.0 + 30 * 60
        for stranger in 0..<Rhythm.strangersMax {
            #expect(rhythm.known != nil)
            #expect(rhythm.note(at(last + 100 + Double(stranger) * 7)) == .hand)
        }
        #expect(rhythm.known == nil)
        #expect(rhythm.note(at(last + 1_000)) == .hand)
        #expect(rhythm.note(at(last + 1_060)) == .hand)
    }

    @Test func `a moment that was told before changes nothing`() {
        var rhythm = machine()
        let before = rhythm
        _ = rhythm.note(at(700))
        #expect(rhythm == before)
    }

    // MARK: Hands

    /// Pauses of a person: many short ones, few long ones (log-normal), told with the daemon's pause.
    private func hand(_ random: inout SeededRandom, events: Int) -> Rhythm {
        let median = Double.random(in: 0.3...60, using: &random)
        let spread = Double.random(in: 0.5...1.5, using: &random)
        var rhythm = Rhythm()
        var moment = 100.0
        for _ in 0..<events {
            let (one, two) = (
                Double.random(in: .leastNonzeroMagnitude...1, using: &random),
                Double.random(in: 0...1, using: &random)
            )
            // Box and Muller's way from two even numbers to a normal one.
            let normal = sqrt(-2 * log(one)) * cos(2 * .pi * two)
            moment += max(0.1, median * exp(spread * normal))
            _ = rhythm.note(at(moment))
            if rhythm.known != nil { return rhythm }
        }
        return rhythm
    }

    @Test func `of 100,000 hands none is taken for a machine`() {
        for seed in UInt64(0)..<100_000 {
            var random = SeededRandom(seed: seed)
            let rhythm = hand(&random, events: 40)
            if rhythm.known != nil { Issue.record("seed \(seed)") }
        }
    }
}
