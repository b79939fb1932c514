/// A field of a frame; the raw value is its tag on the wire.
public enum WireField: UInt8, Sendable, CaseIterable {
    /// The uid of `PAM_USER`, 4 bytes.
    case uid = 1
    /// `PAM_USER`, 1 to `WireLimits.userMax` bytes.
    case user = 2
    /// `PAM_SERVICE`, 1 to `WireLimits.serviceMax` bytes.
    case service = 3
    /// `PAM_TTY`, at most `WireLimits.ttyMax` bytes.
    case tty = 4
    /// `PAM_RHOST`, at most `WireLimits.rhostMax` bytes.
    case rhost = 5
    /// `PAM_RUSER`, at most `WireLimits.ruserMax` bytes.
    case ruser = 6
    /// `SSH_AUTH_INFO_0`, whole lines, at most `WireLimits.authInfoMax` bytes.
    case authInfo = 7
    /// Which of the texts were cut, 1 byte.
    case cut = 8
    /// The daemon's id of the session, 8 bytes.
    case session = 16
    /// The close token, 16 bytes.
    case token = 17
    /// The daemon's decision, 1 byte.
    case decision = 18
    /// A text for the person who logs in, at most `WireLimits.textMax` bytes.
    case text = 19

    /// The name of the field as messages give it.
    public var name: StaticString {
        switch self {
        case .uid: "uid"
        case .user: "user"
        case .service: "service"
        case .tty: "tty"
        case .rhost: "rhost"
        case .ruser: "ruser"
        case .authInfo: "authInfo"
        case .cut: "cut"
        case .session: "session"
        case .token: "token"
        case .decision: "decision"
        case .text: "text"
        }
    }

    /// The lengths in bytes that a value of this field may have.
    public var lengths: ClosedRange<Int> {
        switch self {
        case .uid: 4...4
        case .user: 1...WireLimits.userMax
        case .service: 1...WireLimits.serviceMax
        case .tty: 0...WireLimits.ttyMax
        case .rhost: 0...WireLimits.rhostMax
        case .ruser: 0...WireLimits.ruserMax
        case .authInfo: 0...WireLimits.authInfoMax
        case .cut: 1...1
        case .session: 8...8
        case .token: 16...16
        case .decision: 1...1
        case .text: 0...WireLimits.textMax
        }
    }

    /// Whether the value is text, in which a NUL byte is refused: it would end a C string early.
    var isText: Bool {
        switch self {
        case .user, .service, .tty, .rhost, .ruser, .authInfo, .text: true
        case .uid, .cut, .session, .token, .decision: false
        }
    }
}
