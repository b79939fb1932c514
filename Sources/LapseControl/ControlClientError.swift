import Glibc
import LapseText

/// Why a call to the daemon gave no answer: what happened, where, and what to do about it.
package enum ControlClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path does not fit into a socket address (107 bytes, unix(7)).
    case pathTooLong(path: String)
    /// There is no socket at the path, or nobody listens on it.
    case notRunning(path: String)
    /// The file system keeps this user from the socket.
    case notPermitted(path: String)
    /// No answer within the time.
    case timedOut(path: String, after: Duration)
    /// The daemon closed the connection before it answered.
    case connectionLost(path: String)
    /// What came back is no answer to the call.
    case notUnderstood(path: String, what: String)
    /// Another system call failed.
    case system(call: String, path: String, errno: Int32)
    /// The daemon answered with an error.
    case refused(ControlError)

    package var description: String {
        switch self {
        case .pathTooLong(let path):
            "\(shown(path)): a socket's path has at most \(ControlClient.pathBytesMax) bytes"
        case .notRunning(let path):
            "\(shown(path)): nobody is listening there; is lapsed running? "
                + "See: systemctl status lapsed"
        case .notPermitted(let path):
            "\(shown(path)): permission denied; everyone may connect to the daemon's own socket, "
                + "so check the modes of this path with: namei -l \(shown(path))"
        case .timedOut(let path, let duration):
            "\(shown(path)): no answer within \(duration); lapsed may be stopped or overloaded. "
                + "See: systemctl status lapsed"
        case .connectionLost(let path):
            "\(shown(path)): lapsed closed the connection without an answer; its journal says why. "
                + "See: journalctl -u lapsed"
        case .notUnderstood(let path, let what):
            "\(shown(path)): not an answer that this lapsectl (\(LapseVersion.text)) understands: "
                + "\(shown(what)). After an update, restart lapsed"
        case .system(let call, let path, let errno):
            "\(shown(path)): \(call): \(systemErrorText(errno))"
        case .refused(let error):
            Self.text(of: error)
        }
    }

    private static func text(of error: ControlError) -> String {
        switch error {
        case .noSuchSession(let id):
            "\(shown(id)): no such session; see: lapsectl list --ended"
        case .alreadyEnding(let id):
            "\(shown(id)): this session is being ended already, or has ended"
        case .sessionLocked(let id):
            "\(shown(id)): this session is locked; it goes on when its user re-authenticates on its "
                + "terminal"
        case .cannotLock(let id, let reason):
            "\(shown(id)): this session cannot be locked: \(shown(reason))"
        case .holdTooLong(...0):
            "the policy allows no hold here; see hold-max in: lapsectl why"
        case .holdTooLong(let maxMs):
            "the policy allows a hold of at most \(DurationText.text(milliseconds: maxMs)) here; "
                + "see hold-max in: lapsectl why"
        case .reasonMissing:
            "a reason is needed: --why"
        case .policyRefused:
            // What is wrong with it has many lines and is written before this one.
            "the policy is refused as a whole; the one from before stays in force"
        case .cannotReply(let reason):
            "lapsed cannot put its answer into one message: \(shown(reason))"
        case .invalidParameter(let parameter):
            "lapsed does not accept the value of \"\(shown(parameter))\""
        case .permissionDenied:
            "not permitted: it takes root, or a session of your own; see lapsectl(1)"
        case .interfaceNotFound(let name), .methodNotFound(let name),
            .methodNotImplemented(let name):
            "this lapsed knows no \(shown(name)); after an update, restart lapsed"
        case .other(let name):
            "lapsed answered with the error \(shown(name))"
        }
    }
}

/// The system's text for an error number.
private func systemErrorText(_ errno: Int32) -> String {
    // 128 bytes: glibc's longest English text has fewer than 60.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        // SAFETY: strerror_r writes at most `count` bytes, with a NUL, and reads none.
        guard let base = buffer.baseAddress, strerror_r(errno, base, buffer.count) == 0 else {
            return "error \(errno)"
        }
        return String(cString: base)
    }
}

private func shown(_ text: String) -> String {
    PlainText.escaped(text)
}
