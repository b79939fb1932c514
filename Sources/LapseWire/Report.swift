/// What the PAM module tells the daemon: one packet, answered by one `Answer`.
///
/// Who the peer is (pid, uid) is not in it: the daemon takes that from the kernel.
public enum Report: Equatable, Sendable {
    /// A session opens; the daemon decides whether it may.
    case opened(Opened)
    /// Within a session another user's begins: su, sudo. It has no clock of its own, and the daemon
    /// says which session it belongs to.
    case nested(Opened)
    /// A session, or a nested one, closes; the daemon takes note.
    case closed(Closed)

    /// Reads a packet as it came from the socket.
    ///
    /// No input traps, whatever its bytes and length.
    /// - Parameter frame: The packet, header included.
    /// - Returns: The report, complete and within every limit.
    /// - Throws: `WireError` with what is wrong and where.
    public static func decode(_ frame: [UInt8]) throws(WireError) -> Report {
        var reader = try FrameReader(frame)
        switch FrameKind(rawValue: reader.kind) {
        case .opened: return .opened(try Opened(&reader))
        case .closed: return .closed(try Closed(&reader))
        case .nested: return .nested(try Opened(&reader))
        case .answer, nil: throw .kind(reader.kind)
        }
    }

    /// The packet to send, at most `WireLimits.frameMax` bytes.
    public func encode() -> [UInt8] {
        switch self {
        case .opened(let opened): opened.encode(as: .opened)
        case .nested(let opened): opened.encode(as: .nested)
        case .closed(let closed): closed.encode()
        }
    }
}
