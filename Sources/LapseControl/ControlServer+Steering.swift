// The calls that change something, but for `End`.

extension ControlServer {
    func touch(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> NoParameters {
        let id = try call.parameters(TouchParameters.self).id
        try backend.touch(id: unlocked(steerable(id, .touch, peer, backend)), by: peer)
        return NoParameters()
    }

    func hold(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> HoldReport {
        let parameters = try call.parameters(HoldParameters.self)
        let time = try Self.time(parameters.forMs, named: "forMs")
        let why = try Self.reason(parameters.why)
        let id = try unlocked(steerable(parameters.id, .hold, peer, backend))
        return try backend.hold(id: id, forMs: time, by: peer, why: why)
    }

    func release(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> NoParameters {
        let id = try call.parameters(ReleaseParameters.self).id
        try backend.release(id: steerable(id, .release, peer, backend).id, by: peer)
        return NoParameters()
    }

    func extend(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> ExtendReply {
        let parameters = try call.parameters(ExtendParameters.self)
        let time = try Self.time(parameters.byMs, named: "byMs")
        let why = try Self.reason(parameters.why)
        let id = try steerable(parameters.id, .extend, peer, backend).id
        try backend.extend(id: id, byMs: time, by: peer, why: why)
        return ExtendReply(next: backend.session(id: id)?.next)
    }

    func lock(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> NoParameters {
        let parameters = try call.parameters(LockParameters.self)
        var why: String?
        if let given = parameters.why { why = try Self.reason(given) }
        let session = try steerable(parameters.id, .lock, peer, backend)
        // Who asks for what is so already has it; the reason of the lock stays what it was.
        guard session.stage != .locked else { return NoParameters() }
        try backend.lock(id: session.id, by: peer, why: why)
        return NoParameters()
    }

    func unlock(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> NoParameters {
        let parameters = try call.parameters(UnlockParameters.self)
        let why = try Self.reason(parameters.why)
        let session = try steerable(parameters.id, .unlock, peer, backend)
        guard session.stage == .locked else { return NoParameters() }
        try backend.unlock(id: session.id, by: peer, why: why)
        return NoParameters()
    }

    func revoke(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> RevokeReply {
        let parameters = try call.parameters(RevokeParameters.self)
        guard access.reach(of: .revoke, by: peer) == .all else { throw .permissionDenied }
        let user = parameters.user
        guard !user.isEmpty, user.utf8.count <= ControlLimits.userBytesMax else {
            throw .invalidParameter(parameter: "user")
        }
        let why = try Self.reason(parameters.why)
        return RevokeReply(ended: try backend.revoke(user: user, by: peer, why: why))
    }

    func reload(
        _ call: ControlCall,
        _ peer: ControlPeer,
        _ backend: inout some ControlBackend
    ) throws(ControlError) -> ReloadReport {
        _ = try call.parameters(NoParameters.self)
        guard access.reach(of: .reload, by: peer) == .all else { throw .permissionDenied }
        return try backend.reload(by: peer)
    }

    /// The id of a session that the peer may steer in this way, and that is on its feet.
    private func steerable(
        _ id: String,
        _ method: ControlMethod,
        _ peer: ControlPeer,
        _ backend: some ControlBackend
    ) throws(ControlError) -> SessionInfo {
        let session = try visibleSession(id, peer, backend)
        guard access.allows(method, by: peer, on: session) else { throw .permissionDenied }
        switch session.stage {
        case .active, .warned, .locked: return session
        case .ending, .ended: throw .alreadyEnding(id: session.id)
        }
    }

    /// The id of a session that is in use, or may be: what is locked is neither.
    private func unlocked(_ session: SessionInfo) throws(ControlError) -> String {
        guard session.stage != .locked else { throw .sessionLocked(id: session.id) }
        return session.id
    }

    private static func time(_ milliseconds: Int64, named name: String) throws(ControlError)
        -> Int64
    {
        guard (1...ControlLimits.steeringMsMax).contains(milliseconds) else {
            throw .invalidParameter(parameter: name)
        }
        return milliseconds
    }

    private static func reason(_ text: String) throws(ControlError) -> String {
        if let why = ReasonText.accepted(text) { return why }
        throw ReasonText.isBlank(text)
            ? .reasonMissing : .invalidParameter(parameter: "why")
    }
}
