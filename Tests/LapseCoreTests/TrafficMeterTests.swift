import Testing

@testable import LapseCore

/// A meter that looks at a line in equal steps.
private struct Looks {
    var meter: TrafficMeter
    private let line: LineModel
    private(set) var now: Duration

    init(_ line: LineModel, from start: Duration = .zero) {
        self.line = line
        now = start
        meter = TrafficMeter(line.figures(at: start), at: .after(start))
    }

    mutating func look(every step: Duration, until end: Duration) {
        while now + step <= end {
            now += step
            meter.look(line.figures(at: now), at: .after(now))
        }
    }

    /// A moment is never told too early, and by no more than a kernel tick and its rounding too late.
    func tells(_ moment: BootInstant?, as truth: Duration) -> Bool {
        guard let moment else { return false }
        return BootInstant.after(truth)...BootInstant.after(truth + .milliseconds(15)) ~= moment
    }
}

@Suite struct TrafficMeterTests {
    @Test func `what came before the first look is no use, but has its time`() {
        var line = LineModel()
        line.receive(36, at: .seconds(40))
        let looks = Looks(line, from: .seconds(100))
        #expect(looks.meter.received == nil && looks.meter.sent == nil)
        #expect(looks.tells(looks.meter.lastByte, as: .seconds(40)))
        #expect(looks.tells(looks.meter.lastBacking, as: .seconds(40)))
    }

    @Test func `use is told in its direction and at its moment, however late the look`() {
        var line = LineModel()
        line.receive(500, at: .seconds(10))
        line.send(40_000, at: .seconds(25))
        var looks = Looks(line)
        looks.look(every: .seconds(60), until: .seconds(600))
        #expect(looks.tells(looks.meter.received, as: .seconds(10)))
        #expect(looks.tells(looks.meter.sent, as: .seconds(25)))
        #expect(!looks.meter.isKeepAlive)
    }

    /// What a client and a server may be configured to, and how often the daemon looks.
    static let trains: [(client: Int?, server: Int?, step: Duration)] = [
        (1, nil, .seconds(1)), (1, nil, .seconds(60)), (15, nil, .seconds(1)),
        (15, nil, .seconds(60)), (60, nil, .seconds(60)), (60, nil, .seconds(7)),
        (300, nil, .seconds(60)), (nil, 1, .seconds(1)), (nil, 2, .seconds(60)),
        (nil, 15, .seconds(30)), (nil, 60, .seconds(60)), (nil, 60, .seconds(1)),
        (15, 60, .seconds(15)), (15, 60, .seconds(60)), (2, 3, .seconds(1)), (1, 1, .seconds(3)),
    ]

    @Test(arguments: trains)
    func `keep-alives never count, not even the first`(
        client: Int?,
        server: Int?,
        step: Duration
    ) {
        let end: Duration = .seconds(12 * max(client ?? 0, server ?? 0) + 1000)
        var line = LineModel()
        line.keepAlive(
            client: client.map { .seconds($0) },
            server: server.map { .seconds($0) },
            from: .milliseconds(700),
            to: end
        )
        var looks = Looks(line)
        looks.look(every: step + .milliseconds(1), until: end)
        #expect(looks.meter.isKeepAlive)
        #expect(looks.meter.received == nil && looks.meter.sent == nil)
    }

    @Test(arguments: [Duration.seconds(1), .seconds(7), .seconds(60)], [true, false])
    func `nor do those of a client that sends each in two segments`(
        step: Duration,
        isAnswered: Bool
    ) {
        let exchange = KeepAliveExchange(received: 52, sent: isAnswered ? 28 : 0)
        var line = LineModel()
        for second in 1..<1_000 {
            line.clientAlive(exchange, inParts: true, at: .seconds(second) + .milliseconds(300))
        }
        var looks = Looks(line)
        looks.look(every: step + .milliseconds(1), until: .seconds(990))
        #expect(looks.meter.isKeepAlive)
        #expect(looks.meter.received == nil && looks.meter.sent == nil)
    }

    @Test(arguments: [(36, 36), (36, 0), (68, 76), (52, 0), (1200, 0), (28, 0)])
    func `one key among keep-alives backs input, whatever its size`(received: Int, sent: Int) {
        for pause in [1, 15, 60] {
            var line = LineModel()
            line.clientAlive(every: .seconds(pause), from: .milliseconds(3500), to: .seconds(2000))
            let key = Duration.milliseconds(1_502_300)
            line.receive(received, at: key)
            if sent > 0 { line.send(sent, at: key + .milliseconds(1)) }
            var looks = Looks(line)
            looks.look(every: .seconds(10), until: .seconds(1490))
            let before = looks.meter.lastBacking
            #expect(before < .after(.seconds(1480)))
            looks.look(every: .seconds(10), until: .seconds(1520))
            #expect(looks.meter.lastBacking >= .after(key), "\(pause) s")
        }
    }

    @Test func `use among keep-alives counts as of the last byte, and then they are known again`() {
        var line = LineModel()
        line.clientAlive(every: .seconds(15), from: .milliseconds(5500), to: .seconds(1200))
        line.receive(420, at: .seconds(612))
        line.send(9000, at: .seconds(612))
        var looks = Looks(line)
        looks.look(every: .seconds(30), until: .seconds(1200))
        // The last byte of that look is a keep-alive's, of 620.5 s: the late end.
        #expect(looks.tells(looks.meter.received, as: .milliseconds(620_500)))
        #expect(looks.meter.isKeepAlive)
    }

    @Test func `output over keep-alives is sent, not received`() {
        var line = LineModel()
        line.serverAlive(every: .seconds(15), from: .milliseconds(5500), to: .seconds(1200))
        for second in stride(from: 400, to: 1200, by: 7) { line.send(84, at: .seconds(second)) }
        var looks = Looks(line)
        looks.look(every: .seconds(30), until: .seconds(1200))
        #expect(looks.meter.received == nil)
        #expect(looks.tells(looks.meter.sent, as: .seconds(1198)))
    }

    @Test func `a client that stops and starts to keep alive is not active for it a second time`() {
        var line = LineModel()
        line.clientAlive(every: .seconds(5), from: .milliseconds(5500), to: .seconds(300))
        line.clientAlive(every: .seconds(5), from: .milliseconds(900_500), to: .seconds(1500))
        var looks = Looks(line)
        looks.look(every: .seconds(10), until: .seconds(1500))
        // What comes after a pause that was not expected counts once.
        let received = looks.meter.received
        #expect(received.map { $0 <= .after(.seconds(912)) } == true)
    }

    @Test func `identical messages in unequal pauses are use`() {
        var line = LineModel()
        var moment = 5.0
        for step in 0..<60 {
            line.clientAlive(at: .seconds(moment))
            moment += [2.0, 9, 4, 17, 1, 30][step % 6]
        }
        var looks = Looks(line)
        looks.look(every: .seconds(3), until: .seconds(moment))
        let last = line.segments.last { $0.isReceived }?.at ?? .zero
        #expect(looks.tells(looks.meter.received, as: last))
    }

    @Test(arguments: [true, false])
    func `a transfer that is throttled to 1 KB a second is use, byte by byte`(isUpload: Bool) {
        var line = LineModel()
        for second in 1...600 {
            let moment = Duration.seconds(second)
            if isUpload {
                line.receive(1024, at: moment)
                if second % 32 == 0 { line.send(52, at: moment) }
            } else {
                line.send(1024, at: moment)
                if second % 32 == 0 { line.receive(68, at: moment) }
            }
        }
        for step in [1, 10, 60] {
            var looks = Looks(line)
            looks.look(every: .seconds(step) + .milliseconds(3), until: .seconds(601))
            let moment = isUpload ? looks.meter.received : looks.meter.sent
            let last = looks.now < .seconds(600) ? looks.now : .seconds(600)
            #expect(moment.map { $0 >= .after(last - .seconds(1)) } == true, "\(step) s")
        }
    }

    @Test func `half a keep-alive is undecided, and the next look decides`() {
        for hasAnswer in [true, false] {
            var line = LineModel(roundTrip: .milliseconds(300))
            line.serverAlive(every: .seconds(15), from: .milliseconds(5500), to: .seconds(305))
            line.receive(36, at: .seconds(306))
            if hasAnswer { line.send(60, at: .milliseconds(306_150)) }
            var looks = Looks(line)
            looks.look(every: .seconds(15), until: .seconds(300))
            #expect(looks.meter.isKeepAlive && looks.meter.received == nil)
            looks.look(every: .milliseconds(6_100), until: .milliseconds(306_100))
            #expect(looks.meter.isUndecided && looks.meter.received == nil)
            looks.look(every: .seconds(2), until: .seconds(309))
            #expect(!looks.meter.isUndecided)
            if !hasAnswer { #expect(looks.tells(looks.meter.received, as: .seconds(306))) }
        }
    }

    @Test func `counters that fall are another connection's, and all of it is use`() {
        var line = LineModel()
        line.receive(5000, at: .seconds(5))
        var looks = Looks(line)
        looks.look(every: .seconds(10), until: .seconds(10))
        var other = LineModel()
        other.send(10, at: .seconds(18))
        other.receive(10, at: .seconds(19))
        looks.meter.look(other.figures(at: .seconds(20)), at: .after(.seconds(20)))
        #expect(looks.tells(looks.meter.received, as: .seconds(19)))
        #expect(looks.tells(looks.meter.sent, as: .seconds(18)))
    }

    @Test func `the kernel's milliseconds may begin anew, an idle connection stays idle`() {
        var line = LineModel()
        line.receive(500, at: .seconds(5))
        var looks = Looks(line)
        looks.look(every: .seconds(10), until: .seconds(10))
        let figures = line.figures(at: .seconds(10))
        let young = TrafficFigures(
            bytesReceived: figures.bytesReceived,
            bytesSent: figures.bytesSent,
            segmentsReceived: figures.segmentsReceived,
            segmentsSent: figures.segmentsSent,
            sinceReceived: .zero,
            sinceSent: .zero,
            roundTrip: figures.roundTrip
        )
        looks.meter.look(young, at: .after(.seconds(4_294_977)))
        #expect(looks.tells(looks.meter.lastByte, as: .seconds(5)))
        #expect(looks.tells(looks.meter.received, as: .seconds(5)))
    }
}
