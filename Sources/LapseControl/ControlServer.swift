import FoundationEssentials

/// Answers calls: one call in, the bytes of one reply out.
///
/// It holds no connection and no state.
package struct ControlServer: Sendable {
    let access: Access
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

    /// Carries out one call; a list of sessions is only begun.
    ///
    /// - Parameters:
    ///   - call: The call, as `ControlConnection` gave it.
    ///   - peer: The kernel's credentials of the connection.
    ///   - backend: The daemon.
    /// - Returns: The answer, to be sent in the order of the calls.
    package func begin(
        _ call: ControlCall,
        peer: ControlPeer,
        backend: inout some ControlBackend
    ) -> ControlAnswer {
        do throws(ControlError) {
            let answer = try carryOut(call, peer: peer, backend: &backend)
            return call.isOneway ? .whole([]) : answer
        } catch {
            return .whole(call.isOneway ? [] : ControlReply.bytes(of: error))
        }
    }

    /// Carries out one call to its end.
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
        switch begin(call, peer: peer, backend: &backend) {
        case .whole(let reply): return reply
        case .listing(var listing):
            while true {
                if let reply = listing.next(backend) { return reply }
            }
        }
    }

    private func carryOut(
        _ call: ControlCall,
        peer: ControlPeer,
        backend: inout some ControlBackend
    ) throws(ControlError) -> ControlAnswer {
        guard let method = ControlMethod(rawValue: call.method) else {
            throw Self.unknown(call.method)
        }
        // No method hands its connection over, and an error is how Varlink says no to that.
        if call.wantsUpgrade { throw .methodNotImplemented(method: call.method) }
        switch method {
        case .list: return .listing(try list(call, peer, backend))
        case .show: return try reply(show(call, peer, backend))
        case .end: return try reply(end(call, peer, &backend))
        case .why: return try reply(why(call, peer, backend))
        case .touch: return try reply(touch(call, peer, &backend))
        case .hold: return try reply(hold(call, peer, &backend))
        case .release: return try reply(release(call, peer, &backend))
        case .extend: return try reply(extend(call, peer, &backend))
        case .lock: return try reply(lock(call, peer, &backend))
        case .unlock: return try reply(unlock(call, peer, &backend))
        case .revoke: return try reply(revoke(call, peer, &backend))
        case .reload: return try reply(reload(call, peer, &backend))
        case .policy: return try reply(policy(call, peer, backend))
        case .status: return try reply(status(call, peer, backend))
        case .getInfo: return try reply(info(call))
        case .getInterfaceDescription: return try reply(describe(call))
        }
    }

    private func list(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> SessionListing {
        let parameters = try call.parameters(ListParameters.self)
        let includesEnded = parameters.ended ?? false
        let ids: [String] =
            switch access.reach(of: .list, by: peer) {
            case .all: backend.sessionIDs(of: .everyone, includingEnded: includesEnded)
            case .own: backend.sessionIDs(of: .uid(peer.uid), includingEnded: includesEnded)
            case .publicPart, .nothing: []
            }
        return SessionListing(ids, for: peer, includingEnded: includesEnded, server: self)
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
        guard let why = ReasonText.accepted(parameters.why) else {
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

    private func why(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> WhyReply {
        let id = try call.parameters(WhyParameters.self).id
        let session = try visibleSession(id, peer, backend)
        // What its settings were is not kept.
        guard session.stage != .ended else { throw .alreadyEnding(id: session.id) }
        return WhyReply(why: try backend.why(id: session.id))
    }

    private func policy(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> PolicyReport {
        _ = try call.parameters(NoParameters.self)
        guard access.reach(of: .policy, by: peer) == .all else { throw .permissionDenied }
        return try backend.policy()
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
    func visibleSession(
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

    private func reply(_ parameters: some Encodable) throws(ControlError) -> ControlAnswer {
        let bytes = try ControlReply.bytes(of: parameters)
        try checkLength(of: bytes.count)
        return .whole(bytes)
    }

    /// - Parameter count: Bytes of a reply, its NUL included.
    /// - Throws: `cannotReply` if they are too many.
    func checkLength(of count: Int) throws(ControlError) {
        guard count <= replyBytesMax + 1 else {
            throw .cannotReply(reason: "it takes more than \(replyBytesMax) bytes")
        }
    }

    private static func unknown(_ method: String) -> ControlError {
        guard let dot = method.lastIndex(of: ".") else { return .methodNotFound(method: method) }
        let interface = String(method[..<dot])
        let isOurs = InterfaceDescription.all.contains { $0.name == interface }
        return isOurs ? .methodNotFound(method: method) : .interfaceNotFound(interface: interface)
    }
}
