/// A session that closes, named by what the answer to `Opened` gave.
///
/// The token proves that the reporter is the one who was given the session: a close may come from
/// another process than the open (systemd's `(sd-pam)` does that), so pid and uid prove nothing.
public struct Closed: Equatable, Sendable {
    /// The daemon's id of the session.
    public let session: UInt64
    /// The token that came with it.
    public let token: CloseToken

    /// Makes a report.
    public init(session: UInt64, token: CloseToken) {
        self.session = session
        self.token = token
    }

    init(_ reader: inout FrameReader) throws(WireError) {
        var session: UInt64?
        var token: CloseToken?
        while let (field, raw) = try reader.next() {
            switch field {
            case .session: session = reader.number(raw)
            case .token: token = reader.token(raw)
            default: throw .unknownField(tag: raw.tag, at: raw.offset)
            }
        }
        guard let session else { throw .missing(.session) }
        guard let token else { throw .missing(.token) }
        self.session = session
        self.token = token
    }

    func encode() -> [UInt8] {
        var writer = FrameWriter(kind: .closed)
        writer.put(.session, session)
        writer.put(.token, token)
        return writer.finished()
    }
}
