import TestRandom
import Testing

@testable import LapseCore

/// Thousands of lines of all kinds, looked at in all rhythms; a failure names its seed.
@Suite struct KeepAliveTrainTests {
    /// A line with keep-alives of one or both ends, and how it is looked at.
    private struct Train {
        var line: LineModel
        var random: SeededRandom
        let step: Duration
        let end: Duration

        /// Keep-alives of OpenSSH; `network` is the longest round trip.
        init(seed: UInt64, network: [Int]) {
            random = SeededRandom(seed: seed)
            let pauses = [1, 2, 5, 15, 30, 60]
            let client = pauses.randomElement(using: &random) ?? 1
            let server = pauses.randomElement(using: &random) ?? 1
            let ends = Int.random(in: 0...2, using: &random)
            let idle = [10, 30, 60, 300, 600, 1800].randomElement(using: &random) ?? 10
            step = min(max(.seconds(idle) / 10, .seconds(1)), .seconds(60))
            end = (.seconds(max(client, server)) + step) * 40
            line = LineModel(
                roundTrip: .milliseconds(network.randomElement(using: &random) ?? 0)
            )
            let jitters: [Double] = [0, 0.01, 0.03]
            let jitter = jitters.randomElement(using: &random) ?? 0
            var noise = SeededRandom(seed: seed)
            line.keepAlive(
                client: ends == 1 ? nil : .seconds(client),
                server: ends == 0 ? nil : .seconds(server),
                from: .seconds(Double.random(in: 0...1, using: &random)),
                to: end,
                jitter: { Double.random(in: -jitter...jitter, using: &noise) }
            )
        }

        /// Looks as the daemon does, now and then a little early or late.
        mutating func look(_ body: (TrafficMeter, Duration) -> Void) {
            let replay = LineReplay(line)
            var now = Duration.milliseconds(400)
            var meter = TrafficMeter(replay.figures(at: now), at: .after(now))
            while now < end {
                now += step * Double.random(in: 0.9...1.1, using: &random)
                meter.look(replay.figures(at: now), at: .after(now))
                body(meter, now)
            }
        }
    }

    @Test func `keep-alives of either end or both never count once they are known`() {
        for seed in 0..<400 as Range<UInt64> {
            var train = Train(seed: seed, network: [0, 5, 20, 80])
            let half = train.end / 2
            var uses = 0
            train.look { meter, now in
                guard now > half else { return }
                let isUse = [meter.received, meter.sent].contains {
                    $0.map { $0 > .after(half) } ?? false
                }
                if isUse { uses += 1 }
            }
            #expect(uses == 0, "seed \(seed)")
        }
    }

    @Test func `one key on top of keep-alives always moves what backs input`() {
        for seed in 1000..<1600 as Range<UInt64> {
            var train = Train(seed: seed, network: [0, 5, 20, 80, 400])
            let moment = Duration.seconds(
                Double.random(
                    in: 0.3...0.9,
                    using: &train.random
                ) * Double(train.end.components.seconds)
            )
            let sizes = [(36, 36), (36, 0), (68, 0), (100, 28), (52, 0), (36, 44), (28, 0)]
            let size = sizes.randomElement(using: &train.random) ?? (36, 36)
            train.line.receive(size.0, at: moment)
            if size.1 > 0 { train.line.send(size.1, at: moment + .milliseconds(1)) }
            train.look { meter, now in
                guard now >= moment else { return }
                #expect(meter.lastBacking >= .after(moment), "seed \(seed): \(size)")
            }
        }
    }

    @Test func `use on top of keep-alives always counts, at its moment or at most a look later`() {
        for seed in 2000..<2600 as Range<UInt64> {
            var train = Train(seed: seed, network: [0, 5, 20, 80])
            let moment = Duration.seconds(
                Double.random(
                    in: 0.3...0.9,
                    using: &train.random
                ) * Double(train.end.components.seconds)
            )
            let size = Int.random(in: 50...400, using: &train.random) * 4
            let isReceived = Bool.random(using: &train.random)
            if isReceived {
                train.line.receive(size, at: moment)
            } else {
                train.line.send(size, at: moment)
            }
            train.look { meter, now in
                guard now >= moment else { return }
                let told = isReceived ? meter.received : meter.sent
                #expect(told.map { $0 >= .after(moment) } == true, "seed \(seed): \(size)")
            }
        }
    }
}

/// The figures of a line at moments that come in order, without counting all of it each time.
private final class LineReplay {
    private let segments: [LineModel.Segment]
    private let roundTrip: Duration
    private var next = 0
    private var bytes = (received: 0, sent: 0)
    private var counts = (received: 0, sent: 0)
    private var last = (received: Duration.zero, sent: Duration.zero)

    init(_ line: LineModel) {
        segments = line.segments.sorted { $0.at < $1.at }
        roundTrip = line.roundTrip
    }

    func figures(at moment: Duration) -> TrafficFigures {
        while next < segments.count, segments[next].at <= moment {
            let segment = segments[next]
            if segment.isReceived {
                bytes.received += segment.bytes
                counts.received += 1
                last.received = segment.at
            } else {
                bytes.sent += segment.bytes
                counts.sent += 1
                last.sent = segment.at
            }
            next += 1
        }
        return TrafficFigures(
            bytesReceived: UInt64(bytes.received),
            bytesSent: UInt64(bytes.sent),
            segmentsReceived: UInt32(counts.received),
            segmentsSent: UInt32(counts.sent),
            sinceReceived: LineModel.tick(moment - last.received),
            sinceSent: LineModel.tick(moment - last.sent),
            roundTrip: roundTrip
        )
    }
}
