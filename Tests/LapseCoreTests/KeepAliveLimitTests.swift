import Testing

@testable import LapseCore

/// The numbers of `TrafficLimits`, each tried at its edge.
@Suite struct KeepAliveLimitTests {
    private func isKeptAlive(
        by exchange: KeepAliveExchange,
        every pause: Duration
    ) -> Bool {
        // All looks at the same phase, in the middle of a pause.
        let step = pause * 10
        var line = LineModel()
        line.clientAlive(every: pause, from: pause / 2, to: .seconds(400), exchange)
        var now = Duration.zero
        var meter = TrafficMeter(line.figures(at: now), at: .after(now))
        while now < .seconds(390) {
            now += step
            meter.look(line.figures(at: now), at: .after(now))
        }
        return meter.isKeepAlive && meter.received == nil
    }

    @Test func `a keep-alive is at most so large, in each direction`() {
        let most = TrafficLimits.exchangeBytesMax
        for (received, sent, isOne) in [
            (most, most, true), (most + 1, most, false), (most, most + 1, false), (most, 0, true),
            (1, most, true),
        ] {
            let exchange = KeepAliveExchange(received: received, sent: sent)
            #expect(isKeptAlive(by: exchange, every: .seconds(2)) == isOne, "\(exchange)")
        }
    }

    @Test func `keep-alives come at most so often`() {
        let least = TrafficLimits.pauseMin
        #expect(isKeptAlive(by: LineModel.client, every: least + .milliseconds(10)))
        #expect(!isKeptAlive(by: LineModel.client, every: least / 2))
        #expect(!isKeptAlive(by: LineModel.client, every: .milliseconds(100)))
    }

    @Test func `what only the server sends is no keep-alive`() {
        var line = LineModel()
        for second in 1...300 { line.send(36, at: .seconds(second)) }
        var meter = TrafficMeter(line.figures(at: .zero), at: .after(.zero))
        for second in stride(from: 5, through: 300, by: 5) {
            let now = Duration.seconds(second) + .milliseconds(500)
            meter.look(line.figures(at: now), at: .after(now))
        }
        #expect(!meter.isKeepAlive)
        #expect(meter.received == nil)
        #expect(meter.sent.map { $0 >= .after(.seconds(300)) } == true)
    }

    @Test func `more keep-alives than are remembered cost nothing but a new lesson`() {
        var line = LineModel()
        var start = Duration.milliseconds(1500)
        for size in 1...TrafficLimits.keepAlivesMax + 2 {
            let exchange = KeepAliveExchange(received: 20 + 8 * size, sent: 28)
            line.clientAlive(every: .seconds(2), from: start, to: start + .seconds(60), exchange)
            start += .seconds(60)
        }
        var meter = TrafficMeter(line.figures(at: .zero), at: .after(.zero))
        for second in stride(from: 3, through: 60 * (TrafficLimits.keepAlivesMax + 2), by: 3) {
            let now = Duration.seconds(second)
            meter.look(line.figures(at: now), at: .after(now))
            if second % 60 == 57 { #expect(meter.isKeepAlive, "\(second) s") }
        }
    }
}
