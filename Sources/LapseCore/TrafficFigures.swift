/// What the kernel had counted of a connection at one look (struct tcp_info of linux/tcp.h).
package struct TrafficFigures: Equatable, Sendable {
    /// Bytes since the connection began, each counted once, from the client and to it.
    package let bytesReceived: UInt64
    package let bytesSent: UInt64
    /// Segments with data, modulo 2^32.
    package let segmentsReceived: UInt32
    package let segmentsSent: UInt32
    /// Since the last segment with data, in steps of a kernel tick; suspended time is not in it.
    package let sinceReceived: Duration
    package let sinceSent: Duration
    /// The connection's round trip, smoothed.
    package let roundTrip: Duration

    package init(
        bytesReceived: UInt64,
        bytesSent: UInt64,
        segmentsReceived: UInt32,
        segmentsSent: UInt32,
        sinceReceived: Duration,
        sinceSent: Duration,
        roundTrip: Duration
    ) {
        self.bytesReceived = bytesReceived
        self.bytesSent = bytesSent
        self.segmentsReceived = segmentsReceived
        self.segmentsSent = segmentsSent
        self.sinceReceived = sinceReceived
        self.sinceSent = sinceSent
        self.roundTrip = roundTrip
    }

    /// Whether a keep-alive and its answer may lie on either side of this look: one of the two
    /// crossed the line less than a round trip ago.
    var isSettled: Bool {
        min(sinceReceived, sinceSent) > TrafficLimits.answerTime + roundTrip * 1.25
    }
}

/// What went over the connection between two looks.
struct TrafficStretch: Equatable, Sendable {
    /// Bytes.
    let received: Int
    let sent: Int
    /// Segments with data that came.
    let segments: Int
    /// Segments with data that were sent.
    let sentSegments: Int
    /// From the look at its beginning to the one at its end.
    let length: Duration
    /// From the last byte before it, whichever way, to the last byte received in it.
    let span: Duration
    /// When the last byte was received.
    let arrival: BootInstant

    var isEmpty: Bool { received == 0 && sent == 0 }

    /// Whether it is so little that it may be keep-alives alone.
    var isQuiet: Bool {
        let exchangesMax = Int(length / TrafficLimits.pauseMin) + 2
        // Of half an exchange only the part that was sent may be in it.
        let exchanges = max(segments, sentSegments)
        guard exchanges <= exchangesMax else { return false }
        let bytesMax = exchanges * TrafficLimits.exchangeBytesMax
        return received <= bytesMax && sent <= bytesMax
    }
}

/// The numbers that part a keep-alive from use.
package enum TrafficLimits {
    /// Bytes of one keep-alive or of one answer to it.
    ///
    /// Measured with OpenSSH 9.2 over chacha20-poly1305 and aes-gcm: 28 to 60. The longest, a channel
    /// request with a MAC of 64 bytes and blocks of 16, is below 128.
    package static let exchangeBytesMax = 160
    /// The shortest pause between two: both ends are configured in whole seconds
    /// (ServerAliveInterval, ClientAliveInterval), so two ends make two a second at most.
    package static let pauseMin: Duration = .milliseconds(450)
    /// What an sshd on a busy machine needs to answer, beyond the round trip.
    package static let answerTime: Duration = .milliseconds(100)
    /// How far apart pauses may be and still be equal, in parts of the pause.
    package static let equalPauses = 0.3
    /// A network may hold a keep-alive back for so long, beyond half a pause.
    package static let lateness: Duration = .seconds(1)
    /// Keep-alives that are known of one connection at once: one of each end, and that of sshd once
    /// more, which differs while no channel is open.
    package static let keepAlivesMax = 3
    /// Exchanges that are on trial to be a keep-alive: one look puts up to four there.
    package static let trialsMax = 2 * (keepAlivesMax + 1)
    /// Looks that are kept until it shows whether they saw keep-alives.
    package static let doubtfulMax = 8
    /// Looks that it takes to find two keep-alives in one another.
    package static let mixedMin = 4
    /// What a kernel tick may be (CONFIG_HZ is 100 at least): figures are that much too old.
    package static let tick: Duration = .milliseconds(10)
}
