import FoundationEssentials

/// An error reply, as both ends know it: one case a Varlink error.
package enum ControlError: Error, Equatable, Sendable {
    /// There is no such session, or none that the peer may see.
    case noSuchSession(id: String)
    /// The session is being ended, or has ended.
    case alreadyEnding(id: String)
    /// A hold for so long is not allowed; the longest that is, in milliseconds.
    case holdTooLong(maxMs: Int64)
    /// The session is locked: nobody is there for whom it could be kept.
    case sessionLocked(id: String)
    /// The session cannot be locked, and why, in words.
    case cannotLock(id: String, reason: String)
    /// The call needs a reason, and the one given is empty.
    case reasonMissing
    /// The policy's files are refused as a whole; all that is wrong, as text of several lines.
    case policyRefused(text: String)
    /// The call was understood, but its answer cannot be put into one message.
    case cannotReply(reason: String)
    /// The service does not offer this interface.
    case interfaceNotFound(interface: String)
    /// The interface has no such method.
    case methodNotFound(method: String)
    /// The method cannot be called in this way.
    case methodNotImplemented(method: String)
    /// A parameter is missing, unknown, of the wrong type or out of range.
    case invalidParameter(parameter: String)
    /// The peer may see this, but may not do it.
    case permissionDenied
    /// An error that this version does not know, by its full name.
    case other(name: String)

    /// The full Varlink name.
    package var name: String {
        switch self {
        case .noSuchSession: "io.lapse.Control.NoSuchSession"
        case .alreadyEnding: "io.lapse.Control.AlreadyEnding"
        case .holdTooLong: "io.lapse.Control.HoldTooLong"
        case .sessionLocked: "io.lapse.Control.SessionLocked"
        case .cannotLock: "io.lapse.Control.CannotLock"
        case .reasonMissing: "io.lapse.Control.ReasonMissing"
        case .policyRefused: "io.lapse.Control.PolicyRefused"
        case .cannotReply: "io.lapse.Control.CannotReply"
        case .interfaceNotFound: "org.varlink.service.InterfaceNotFound"
        case .methodNotFound: "org.varlink.service.MethodNotFound"
        case .methodNotImplemented: "org.varlink.service.MethodNotImplemented"
        case .invalidParameter: "org.varlink.service.InvalidParameter"
        case .permissionDenied: "org.varlink.service.PermissionDenied"
        case .other(let name): name
        }
    }

    /// Its parameters.
    var parameters: ErrorParameters {
        switch self {
        case .noSuchSession(let id), .alreadyEnding(let id), .sessionLocked(let id): .init(id: id)
        case .cannotLock(let id, let reason): .init(id: id, reason: reason)
        case .holdTooLong(let maxMs): .init(maxMs: maxMs)
        case .policyRefused(let text): .init(text: text)
        case .cannotReply(let reason): .init(reason: reason)
        case .interfaceNotFound(let interface): .init(interface: interface)
        case .methodNotFound(let method), .methodNotImplemented(let method): .init(method: method)
        case .invalidParameter(let parameter): .init(parameter: parameter)
        case .reasonMissing, .permissionDenied, .other: .init()
        }
    }

    /// Recognises an error reply.
    ///
    /// - Parameters:
    ///   - name: The full name in the reply.
    ///   - parameters: Its parameters; one that is missing is taken as empty, or as 0.
    init(name: String, parameters: ErrorParameters?) {
        switch name {
        case "io.lapse.Control.NoSuchSession": self = .noSuchSession(id: parameters?.id ?? "")
        case "io.lapse.Control.AlreadyEnding": self = .alreadyEnding(id: parameters?.id ?? "")
        case "io.lapse.Control.HoldTooLong": self = .holdTooLong(maxMs: parameters?.maxMs ?? 0)
        case "io.lapse.Control.SessionLocked": self = .sessionLocked(id: parameters?.id ?? "")
        case "io.lapse.Control.CannotLock":
            self = .cannotLock(id: parameters?.id ?? "", reason: parameters?.reason ?? "")
        case "io.lapse.Control.ReasonMissing": self = .reasonMissing
        case "io.lapse.Control.PolicyRefused": self = .policyRefused(text: parameters?.text ?? "")
        case "io.lapse.Control.CannotReply":
            self = .cannotReply(reason: parameters?.reason ?? "")
        case "org.varlink.service.InterfaceNotFound":
            self = .interfaceNotFound(interface: parameters?.interface ?? "")
        case "org.varlink.service.MethodNotFound":
            self = .methodNotFound(method: parameters?.method ?? "")
        case "org.varlink.service.MethodNotImplemented":
            self = .methodNotImplemented(method: parameters?.method ?? "")
        case "org.varlink.service.InvalidParameter":
            self = .invalidParameter(parameter: parameters?.parameter ?? "")
        case "org.varlink.service.PermissionDenied": self = .permissionDenied
        default: self = .other(name: name)
        }
    }
}

/// The parameters that an error reply may carry.
struct ErrorParameters: Codable {
    var id: String?
    var maxMs: Int64?
    var text: String?
    var reason: String?
    var interface: String?
    var method: String?
    var parameter: String?
}
