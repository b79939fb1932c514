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
    mutating func clientAlive(
        _ exchange: KeepAliveExchange = Self.client,
        inParts isSplit: Bool = false,
        at moment: Duration
    ) {
        // asyncssh writes the head of a packet, and then the rest.
        if isSplit { receive(16, at: moment) }
        receive(exchange.received - (isSplit ? 16 : 0), at: moment)
        if exchange.sent > 0 { send(exchange.sent, at: moment + .milliseconds(1)) }
    }

    /// sshd's keep-alive, which the client answers a round trip later.
    mutating func serverAlive(_ exchange: KeepAliveExchange = Self.server, at moment: Duration) {
        send(exchange.sent, at: moment)
        receive(exchange.received, at: moment + roundTrip)
    }

    /// Keep-alives of a client in equal pauses, whatever else there is.
    mutating func clientAlive(
        every pause: Duration,
        from start: Duration,
        to end: Duration,
        _ exchange: KeepAliveExchange = Self.client
    ) {
        keepAlive(client: pause, server: nil, from: start, to: end, exchange)
    }

    mutating func serverAlive(every pause: Duration, from start: Duration, to end: Duration) {
        keepAlive(client: nil, server: pause, from: start, to: end)
    }

    /// Keep-alives of both ends, each of which lets the other rest, as OpenSSH's do; those of some
    /// clients are `isRestless` and come all the same.
    mutating func keepAlive(
        client: Duration?,
        server: Duration?,
        from start: Duration,
        to end: Duration,
        _ exchange: KeepAliveExchange = Self.client,
        isRestless: Bool = false,
        jitter: () -> Double = { 0 }
    ) {
        let never = Duration.seconds(1_000_000_000)
        var nextClient = client == nil ? never : start
        var nextServer = server.map { start + $0 } ?? never
        if client == nil { nextServer = start }
        while min(nextClient, nextServer) < end {
            if let client, nextClient <= nextServer {
                clientAlive(exchange, at: nextClient)
                if let server { nextServer = nextClient + server * (1 + jitter()) }
                nextClient += client * (1 + jitter())
            } else if let server {
                serverAlive(at: nextServer)
                if let client, !isRestless { nextClient = nextServer + client * (1 + jitter()) }
                nextServer += roundTrip + server * (1 + jitter())
            }
        }
    }

    /// What the kernel has counted at a moment; its clock moves in ticks of 4 ms.
    func figures(at moment: Duration) -> TrafficFigures {
        let past = segments.filter { $0.at <= moment }
        let (received, sent) = (past.filter(\.isReceived), past.filter { !$0.isReceived })
        func since(_ segments: [Segment]) -> Duration {
            Self.tick(moment - (segments.map(\.at).max() ?? .zero))
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

    /// As the kernel tells it: up to a tick of 4 ms too little or too much.
    static func tick(_ duration: Duration) -> Duration {
        .milliseconds((duration.wholeMilliseconds + 2) / 4 * 4)
    }
}

extension BootInstant {
    /// So long after a moment from which a test counts.
    static func after(_ duration: Duration) -> BootInstant {
        BootInstant(nanoseconds: 1_000_000_000_000) + duration
    }
}
