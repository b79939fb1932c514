import FoundationEssentials

/// The reply to `List`, put together a few sessions at a time.
///
/// Ten thousand sessions take a tenth of a second and more to put into JSON: in one piece they would
/// hold up every login for that long.
package struct SessionListing: Sendable {
    /// Sessions of one piece: one or two milliseconds.
    package static let pieceSessionsMax = 100

    private let server: ControlServer
    private let peer: ControlPeer
    private let includesEnded: Bool
    private var ids: ArraySlice<String>
    private var bytes = Array("{\"parameters\":{\"sessions\":[".utf8)
    private var isFirst = true

    init(_ ids: [String], for peer: ControlPeer, includingEnded: Bool, server: ControlServer) {
        self.ids = ids[...]
        self.peer = peer
        includesEnded = includingEnded
        self.server = server
    }

    /// Adds a piece; each session is as it is at that moment.
    ///
    /// One that has ended since the call is left out, unless those are asked for.
    ///
    /// - Parameter backend: The daemon.
    /// - Returns: The whole reply with its NUL, be it an error; nil while there is more to do.
    package mutating func next(_ backend: some ControlBackend) -> [UInt8]? {
        do throws(ControlError) {
            for id in ids.prefix(Self.pieceSessionsMax) {
                guard let session = backend.session(id: id), includesEnded || session.ended == nil,
                    server.access.allows(.list, by: peer, on: session)
                else { continue }
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                bytes += try ControlReply.json(of: session)
            }
            ids = ids.dropFirst(Self.pieceSessionsMax)
            let end = "]}}\0".utf8
            try server.checkLength(of: bytes.count + end.count)
            return ids.isEmpty ? bytes + end : nil
        } catch {
            ids = []
            return ControlReply.bytes(of: error)
        }
    }
}

/// What is to be sent for a call.
package enum ControlAnswer: Sendable {
    /// These bytes, a reply with its NUL; none for a oneway call.
    case whole([UInt8])
    /// What this gives in the end.
    case listing(SessionListing)
}
