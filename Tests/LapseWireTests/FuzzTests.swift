import LapseWire
import TestRandom
import Testing

/// Reading must never trap: in sshd a trap is a login that dies, in the daemon all sessions unwatched.
@Suite struct FuzzTests {
    private static let rounds = 200_000

    private static func opened(_ random: inout SeededRandom) throws -> Opened {
        try Opened(
            uid: UInt32(truncatingIfNeeded: random.next()),
            user: random.text(1...40),
            service: random.text(1...WireLimits.serviceMax),
            tty: random.text(0...WireLimits.ttyMax + 20),
            rhost: random.text(0...WireLimits.rhostMax + 20),
            ruser: random.text(0...30),
            authInfo: random.text(0...300)
        )
    }

    private static func frame(_ random: inout SeededRandom) throws -> [UInt8] {
        let token = CloseToken(low: random.next(), high: random.next())
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return Report.opened(try opened(&random)).encode()
        case 1: return Report.closed(Closed(session: random.next(), token: token)).encode()
        case 2: return Answer(.allowed(session: random.next(), token: token)).encode()
        default: return Answer(.refused, text: random.text(0...600)).encode()
        }
    }

    private static func mutated(_ frame: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var frame = frame
        for _ in 0...Int.random(in: 0..<4, using: &random) {
            let place = Int.random(in: 0..<max(frame.count, 1), using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !frame.isEmpty: frame[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where !frame.isEmpty:
                frame[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2 where !frame.isEmpty: frame.removeSubrange(place...)
            case 3: frame.insert(contentsOf: random.bytes(0...20), at: min(place, frame.count))
            case 4 where !frame.isEmpty: frame.remove(at: place)
            default: frame += random.bytes(0...9)
            }
        }
        // Most mutants get a right length again, so that they reach the fields.
        let isWhole = frame.count >= WireLimits.headerSize && frame.count <= 0xFFFF
        return isWhole && Int.random(in: 0..<8, using: &random) > 0 ? resized(frame) : frame
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no frame traps, and what is read is written back as it was`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var understood = 0
        for round in 0..<Self.rounds / 4 {
            let frame =
                round % 5 == 0
                ? random.bytes(0...64) : Self.mutated(try Self.frame(&random), &random)
            if let report = try? Report.decode(frame) {  // A refusal is a valid outcome here.
                understood += 1
                try #require(try Report.decode(report.encode()) == report, "seed \(seed) \(frame)")
            }
            if let answer = try? Answer.decode(frame) {  // A refusal is a valid outcome here.
                understood += 1
                try #require(try Answer.decode(answer.encode()) == answer, "seed \(seed) \(frame)")
            }
        }
        // Neither all nor none: the mutants do reach the fields.
        #expect(understood > Self.rounds / 400 && understood < Self.rounds / 4)
    }

    @Test func `every report comes back as it was`() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<5_000 {
            let report = Report.opened(try Self.opened(&random))
            try #require(try Report.decode(report.encode()) == report)
        }
    }
}
