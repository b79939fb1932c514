import FoundationEssentials

/// What the control socket needs of the daemon.
package protocol ControlBackend {
    /// The sessions in this scope.
    ///
    /// The server filters them by the access table once more. The scope is given so that an
    /// ordinary user's call costs no look at everybody's sessions.
    ///
    /// - Parameters:
    ///   - scope: Whose sessions are asked for.
    ///   - includingEnded: Whether those that are over but still on record are wanted too.
    /// - Returns: The sessions, oldest first.
    func sessions(of scope: SessionScope, includingEnded: Bool) -> [SessionInfo]

    /// The session with this id, open or on record; nil if there is none.
    func session(id: String) -> SessionInfo?

    /// Begins to end a session, without waiting for the end.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - peer: Who asked for it; the access table has let him.
    ///   - why: His reason: not empty, trimmed, within limits, escaped.
    /// - Returns: What came of it.
    mutating func end(id: String, by peer: ControlPeer, why: String) -> EndOutcome

    /// The daemon's figures, complete; the server takes out what the peer may not see.
    func status() -> StatusInfo
}

/// Whose sessions are asked for.
package enum SessionScope: Equatable, Sendable {
    /// Everybody's.
    case everyone
    /// Those of one uid.
    case uid(UInt32)
}

/// What came of asking the daemon to end a session.
package enum EndOutcome: Equatable, Sendable {
    /// It is being ended now.
    case ending
    /// It was being ended before, or has ended.
    case alreadyEnding
    /// It went between the look and the act.
    case noSuchSession
}

/// Answers calls: one call in, the bytes of one reply out.
///
/// It holds no connection and no state.
package struct ControlServer: Sendable {
    private let access: Access
    private let replyBytesMax: Int

    /// Makes a server that goes by this table.
    ///
    /// - Parameters:
    ///   - access: Who may do what.
    ///   - replyBytesMax: Longest reply in bytes; tests lower it.
    package init(access: Access, replyBytesMax: Int = ControlLimits.replyBytesMax) {
        self.access = access
        self.replyBytesMax = replyBytesMax
    }

    /// Carries out one call.
    ///
    /// - Parameters:
    ///   - call: The call, as `ControlConnection` gave it.
    ///   - peer: The kernel's credentials of the connection.
    ///   - backend: The daemon.
    /// - Returns: One reply with its NUL, to be sent in the order of the calls; nothing for a
    ///   oneway call.
    package func answer(
        _ call: ControlCall,
        peer: ControlPeer,
        backend: inout some ControlBackend
    ) -> [UInt8] {
        let reply: [UInt8]
        do throws(ControlError) {
            reply = try carryOut(call, peer: peer, backend: &backend)
        } catch {
            reply = ControlReply.bytes(of: error)
        }
        return call.isOneway ? [] : reply
    }

    private func carryOut(
        _ call: ControlCall,
        peer: ControlPeer,
        backend: inout some ControlBackend
    ) throws(ControlError) -> [UInt8] {
        guard let method = ControlMethod(rawValue: call.method) else {
            throw Self.unknown(call.method)
        }
        // No method hands its connection over, and an error is how Varlink says no to that.
        if call.wantsUpgrade { throw .methodNotImplemented(method: call.method) }
        switch method {
        case .list: return try reply(list(call, peer, backend))
        case .show: return try reply(show(call, peer, backend))
        case .end: return try reply(end(call, peer, &backend))
        case .status: return try reply(status(call, peer, backend))
        case .getInfo: return try reply(info(call))
        case .getInterfaceDescription: return try reply(describe(call))
        }
    }

    private func list(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> ListReply {
        let parameters = try call.parameters(ListParameters.self)
        let scope: SessionScope
        switch access.reach(of: .list, by: peer) {
        case .all: scope = .everyone
        case .own: scope = .uid(peer.uid)
        case .publicPart: return ListReply(sessions: [])
        }
        let sessions = backend.sessions(of: scope, includingEnded: parameters.ended ?? false)
        return ListReply(sessions: sessions.filter { access.allows(.list, by: peer, on: $0) })
    }

    private func show(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> ShowReply {
        let id = try call.parameters(ShowParameters.self).id
        return ShowReply(session: try visibleSession(id, peer, backend))
    }

    private func end(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> NoParameters {
        let parameters = try call.parameters(EndParameters.self)
        guard let why = EndReasonText.accepted(parameters.why) else {
            throw .invalidParameter(parameter: "why")
        }
        let session = try visibleSession(parameters.id, peer, backend)
        guard access.allows(.end, by: peer, on: session) else { throw .permissionDenied }
        switch backend.end(id: session.id, by: peer, why: why) {
        case .ending: return NoParameters()
        case .alreadyEnding: throw .alreadyEnding(id: session.id)
        case .noSuchSession: throw .noSuchSession(id: session.id)
        }
    }

    private func status(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> StatusReply {
        _ = try call.parameters(NoParameters.self)
        let status = backend.status()
        let seesAll = access.reach(of: .status, by: peer) == .all
        return StatusReply(status: seesAll ? status : status.publicPart)
    }

    private func info(_ call: ControlCall) throws(ControlError) -> InfoReply {
        _ = try call.parameters(NoParameters.self)
        return InfoReply(
            vendor: "Lapse",
            product: "lapsed",
            version: LapseVersion.text,
            url: "man:lapsectl(1)",
            interfaces: InterfaceDescription.all.map(\.name)
        )
    }

    private func describe(_ call: ControlCall) throws(ControlError) -> DescriptionReply {
        let name = try call.parameters(DescriptionParameters.self).interface
        guard let found = InterfaceDescription.all.first(where: { $0.name == name }) else {
            throw .interfaceNotFound(interface: name)
        }
        return DescriptionReply(description: found.text)
    }

    /// The session that the call names, if the peer may know of it.
    private func visibleSession(
        _ id: String,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> SessionInfo {
        guard !id.isEmpty, id.utf8.count <= ControlLimits.sessionIdBytesMax else {
            throw .invalidParameter(parameter: "id")
        }
        guard let session = backend.session(id: id),
            access.allows(.show, by: peer, on: session)
        else { throw .noSuchSession(id: id) }
        return session
    }

    private func reply(_ parameters: some Encodable) throws(ControlError) -> [UInt8] {
        let bytes = try ControlReply.bytes(of: parameters)
        guard bytes.count <= replyBytesMax + 1 else {
            throw .cannotReply(reason: "it takes \(bytes.count - 1) of \(replyBytesMax) bytes")
        }
        return bytes
    }

    private static func unknown(_ method: String) -> ControlError {
        guard let dot = method.lastIndex(of: ".") else { return .methodNotFound(method: method) }
        let interface = String(method[..<dot])
        let isOurs = InterfaceDescription.all.contains { $0.name == interface }
        return isOurs ? .methodNotFound(method: method) : .interfaceNotFound(interface: interface)
    }
}
