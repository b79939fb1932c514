import FoundationEssentials

/// A connection to the daemon for a command: one call at a time, each with a deadline.
package struct ControlClient: ~Copyable {
    /// The daemon's socket.
    package static let defaultPath = "/run/lapse/control"
    /// Time for a call and its answer.
    ///
    /// Far above what the daemon takes (milliseconds), far below a person's patience.
    package static let defaultTimeout = Duration.seconds(5)
    /// Longest path of a socket in bytes: `sun_path` holds 108 with the NUL (unix(7)).
    package static let pathBytesMax = 107

    private let path: String
    private let timeout: Duration
    private var socket: ControlSocket

    /// Connects.
    ///
    /// - Parameters:
    ///   - path: Path of the daemon's socket.
    ///   - timeout: Time for connecting, and for each call with its answer.
    /// - Throws: Why there is no connection.
    package init(
        path: String = defaultPath,
        timeout: Duration = defaultTimeout
    ) throws(ControlClientError) {
        self.socket = try ControlSocket(path: path, timeout: timeout)
        self.path = path
        self.timeout = timeout
    }

    /// The sessions that this user may see.
    ///
    /// - Parameter includingEnded: Whether those on record that have ended are wanted too.
    /// - Returns: The sessions, in the daemon's order.
    /// - Throws: Why there is no answer.
    package mutating func list(
        includingEnded: Bool
    ) throws(ControlClientError) -> [SessionInfo] {
        let parameters = ListParameters(ended: includingEnded)
        return try call(.list, parameters, ListReply.self).sessions
    }

    /// One session.
    ///
    /// - Parameter id: Its id.
    /// - Returns: The session.
    /// - Throws: Why there is no answer; `refused(.noSuchSession)` among others.
    package mutating func show(id: String) throws(ControlClientError) -> SessionInfo {
        try call(.show, ShowParameters(id: id), ShowReply.self).session
    }

    /// Has a session ended; returns when its end has begun.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - why: The reason, for the record and for its user.
    /// - Throws: Why it is not being ended.
    package mutating func end(id: String, why: String) throws(ControlClientError) {
        _ = try call(.end, EndParameters(id: id, why: why), NoParameters.self)
    }

    /// The daemon's state, as far as this user may see it.
    ///
    /// - Throws: Why there is no answer.
    package mutating func status() throws(ControlClientError) -> StatusInfo {
        try call(.status, NoParameters(), StatusReply.self).status
    }

    /// Why a session is treated as it is.
    ///
    /// - Parameter id: Its id.
    /// - Returns: The reasons.
    /// - Throws: Why there is no answer.
    package mutating func why(id: String) throws(ControlClientError) -> Explanation {
        try call(.why, WhyParameters(id: id), WhyReply.self).why
    }

    /// Counts as activity of the session's user.
    ///
    /// - Parameter id: Its id.
    /// - Throws: Why it does not.
    package mutating func touch(id: String) throws(ControlClientError) {
        _ = try call(.touch, TouchParameters(id: id), NoParameters.self)
    }

    /// Keeps a session from its idle limit.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - time: For how long, in milliseconds.
    ///   - why: The reason, for the record.
    /// - Returns: Until when it is kept.
    /// - Throws: Why it is not; `refused(.holdTooLong)` among others.
    package mutating func hold(
        id: String,
        forMs time: Int64,
        why: String
    ) throws(ControlClientError) -> HoldReport {
        try call(.hold, HoldParameters(id: id, forMs: time, why: why), HoldReport.self)
    }

    /// Lifts the session's hold.
    ///
    /// - Parameter id: Its id.
    /// - Throws: Why it is not lifted.
    package mutating func release(id: String) throws(ControlClientError) {
        _ = try call(.release, ReleaseParameters(id: id), NoParameters.self)
    }

    /// Moves the ends that are due for a session.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - time: By how long, in milliseconds.
    ///   - why: The reason, for the record.
    /// - Returns: What happens next now; nil when nothing is due.
    /// - Throws: Why they are not moved.
    package mutating func extend(
        id: String,
        byMs time: Int64,
        why: String
    ) throws(ControlClientError) -> NextStep? {
        try call(.extend, ExtendParameters(id: id, byMs: time, why: why), ExtendReply.self).next
    }

    /// Locks the terminals of a session; one that is locked stays as it is.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - why: The reason, for the record; nil for none.
    /// - Throws: Why they are not locked; `refused(.cannotLock)` among others.
    package mutating func lock(id: String, why: String?) throws(ControlClientError) {
        _ = try call(.lock, LockParameters(id: id, why: why), NoParameters.self)
    }

    /// Unlocks a session; one that is not locked stays as it is.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - why: The reason, for the record.
    /// - Throws: Why it is not unlocked.
    package mutating func unlock(id: String, why: String) throws(ControlClientError) {
        _ = try call(.unlock, UnlockParameters(id: id, why: why), NoParameters.self)
    }

    /// Has all sessions of a user ended; returns when their ends have begun.
    ///
    /// - Parameters:
    ///   - user: His name, or his uid in digits.
    ///   - why: The reason, for the record and for him.
    /// - Returns: How many are being ended because of this.
    /// - Throws: Why they are not.
    package mutating func revoke(user: String, why: String) throws(ControlClientError) -> Int {
        try call(.revoke, RevokeParameters(user: user, why: why), RevokeReply.self).ended
    }

    /// Has the policy's files read anew.
    ///
    /// - Throws: Why they are not in force; `refused(.policyRefused)` among others.
    package mutating func reload() throws(ControlClientError) -> ReloadReport {
        try call(.reload, NoParameters(), ReloadReport.self)
    }

    /// The policy in force.
    ///
    /// - Throws: Why there is no answer.
    package mutating func policy() throws(ControlClientError) -> PolicyReport {
        try call(.policy, NoParameters(), PolicyReport.self)
    }

    private mutating func call<Reply: Decodable>(
        _ method: ControlMethod,
        _ parameters: some Encodable,
        _ reply: Reply.Type
    ) throws(ControlClientError) -> Reply {
        let deadline = ContinuousClock.now + timeout
        let message: [UInt8]
        do {
            let call = OutgoingCall(method: method.rawValue, parameters: parameters)
            message = try Array(JSONEncoder().encode(call)) + [0]
        } catch {
            throw .notUnderstood(path: path, what: "a parameter has no form in JSON")
        }
        try socket.send(message, by: deadline)
        return try decode(reply, from: Data(socket.receive(by: deadline)))
    }

    private func decode<Reply: Decodable>(
        _ type: Reply.Type,
        from message: Data
    ) throws(ControlClientError) -> Reply {
        let decoder = JSONDecoder()
        let envelope: ReplyEnvelope
        do {
            envelope = try decoder.decode(ReplyEnvelope.self, from: message)
        } catch {
            throw .notUnderstood(path: path, what: "no Varlink reply")
        }
        if let name = envelope.error {
            // try?: an error whose parameters are of another form is still that error.
            let sent = try? decoder.decode(Parameters<ErrorParameters>.self, from: message)
            throw .refused(ControlError(name: name, parameters: sent?.parameters))
        }
        do {
            return try decoder.decode(Parameters<Reply>.self, from: message).parameters
        } catch {
            throw .notUnderstood(path: path, what: Self.place(of: error))
        }
    }

    /// Which field of a reply did not fit, as "parameters.status.mode".
    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "parameters" }
        return error.path.map(\.stringValue).joined(separator: ".")
    }
}

extension DecodingError {
    /// Where in the document the error is.
    var path: [any CodingKey] {
        switch self {
        case .keyNotFound(let key, let context): context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            context.codingPath
        @unknown default: []
        }
    }
}

private struct OutgoingCall<P: Encodable>: Encodable {
    let method: String
    let parameters: P
}

private struct ReplyEnvelope: Decodable {
    let error: String?
}

private struct Parameters<P: Decodable>: Decodable {
    let parameters: P
}
