import CLinux

/// What the kernel counts of one TCP connection, seen from this host (struct tcp_info of
/// linux/tcp.h).
package struct TCPFigures: Equatable, Sendable {
    /// Bytes that arrived in order, each counted once.
    package let bytesReceived: UInt64
    /// Bytes that were sent, each counted once.
    package let bytesSent: UInt64
    /// Segments with data, modulo 2^32; those that came twice are counted twice.
    package let segmentsReceived: UInt32
    package let segmentsSent: UInt32
    /// Milliseconds since the last segment with data came, in steps of a kernel tick (at most
    /// 10 ms); the time of a suspended machine is not in it.
    package let sinceReceived: Int64
    package let sinceSent: Int64
    /// Microseconds, smoothed.
    package let roundTrip: Int64

    /// Nil from a kernel that lacks one of them (all are there since Linux 4.19).
    init?(_ raw: lapse_tcp_figures) {
        let all = [
            raw.bytes_received, raw.bytes_sent, raw.bytes_retransmitted, raw.segments_received,
            raw.segments_sent, raw.since_received_ms, raw.since_sent_ms, raw.round_trip_us,
        ]
        guard !all.contains(LAPSE_NO_FIGURE) else { return nil }
        bytesReceived = raw.bytes_received
        bytesSent = raw.bytes_sent &- raw.bytes_retransmitted
        segmentsReceived = UInt32(truncatingIfNeeded: raw.segments_received)
        segmentsSent = UInt32(truncatingIfNeeded: raw.segments_sent)
        sinceReceived = Int64(truncatingIfNeeded: raw.since_received_ms)
        sinceSent = Int64(truncatingIfNeeded: raw.since_sent_ms)
        roundTrip = Int64(truncatingIfNeeded: raw.round_trip_us)
    }
}
