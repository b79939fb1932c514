@testable import LapseCore

/// A connection whose every segment is known, and what the kernel would count of it.
struct LineModel {
    struct Segment {
        let at: Duration
        let isReceived: Bool
        let bytes: Int
    }

    /// Sizes of OpenSSH 9.2 with chacha20-poly1305, measured: that of ServerAliveInterval, that of
    /// ClientAliveInterval with a channel open and without.
    static let client = KeepAliveExchange(received: 52, sent: 28)
    static let server = KeepAliveExchange(received: 36, sent: 60)

    private(set) var segments: [Segment] = []
    let roundTrip: Duration

    init(roundTrip: Duration = .milliseconds(20)) {
        self.roundTrip = roundTrip
    }

    mutating func receive(_ bytes: Int, at moment: Duration) {
        segments.append(Segment(at: moment, isReceived: true, bytes: bytes))
    }

    mutating func send(_ bytes: Int, at moment: Duration) {
        segments.append(Segment(at: moment, isReceived: false, bytes: bytes))
    }

    /// The client's keep-alive, which sshd answers at once.
    mutating func clientAlive(_ exchange: KeepAliveExchange = Self.client, at moment: Duration) {
        receive(exchange.received, at: moment)
        if exchange.sent > 0 { send(exchange.sent, at: moment + .milliseconds(1)) }
    }

    /// sshd's keep-alive, which the client answers a round trip later.
    mutating func serverAlive(_ exchange: KeepAliveExchange = Self.server, at moment: Duration) {
        send(exchange.sent, at: moment)
        receive(exchange.received, at: moment + roundTrip)
    }

    mutating func clientAlive(
        every pause: Duration,
        from start: Duration,
        to end: Duration,
        _ exchange: KeepAliveExchange = Self.client
    ) {
        var moment = start
        while moment < end {
            clientAlive(exchange, at: moment)
            moment += pause
        }
    }

    mutating func serverAlive(
        every pause: Duration,
        from start: Duration,
        to end: Duration,
        _ exchange: KeepAliveExchange = Self.server
    ) {
        var moment = start
        while moment < end {
            serverAlive(exchange, at: moment)
            moment += pause
        }
    }

    /// What the kernel has counted at a moment; its clock moves in ticks of 4 ms.
    func figures(at moment: Duration) -> TrafficFigures {
        let past = segments.filter { $0.at <= moment }
        let (received, sent) = (past.filter(\.isReceived), past.filter { !$0.isReceived })
        func since(_ segments: [Segment]) -> Duration {
            let last = segments.map(\.at).max() ?? .zero
            return .milliseconds(Self.tick(moment) - Self.tick(last))
        }
        return TrafficFigures(
            bytesReceived: UInt64(3_000 + received.reduce(0) { $0 + $1.bytes }),
            bytesSent: UInt64(3_000 + sent.reduce(0) { $0 + $1.bytes }),
            segmentsReceived: UInt32.max &+ UInt32(received.count),
            segmentsSent: UInt32.max &+ UInt32(sent.count),
            sinceReceived: since(received),
            sinceSent: since(sent),
            roundTrip: roundTrip
        )
    }

    private static func tick(_ moment: Duration) -> Int64 {
        moment.wholeMilliseconds / 4 * 4
    }
}

extension BootInstant {
    /// So long after a moment from which a test counts.
    static func after(_ duration: Duration) -> BootInstant {
        BootInstant(nanoseconds: 1_000_000_000_000) + duration
    }
}
