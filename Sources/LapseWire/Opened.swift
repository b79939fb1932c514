/// A session that opens, as PAM describes it; texts are bytes from outside, not yet fit for a screen.
///
/// A PAM item that is not set is an empty text.
public struct Opened: Equatable, Sendable {
    /// The uid of `user`, from the password database.
    public let uid: UInt32
    /// `PAM_USER`.
    public let user: [UInt8]
    /// `PAM_SERVICE`: `sshd`, `login`, `remote`; of a nested session `su`, `sudo` and the like.
    public let service: [UInt8]
    /// `PAM_TTY`: a path, or the word `ssh` from sshd, which has no terminal yet at this point.
    public let tty: [UInt8]
    /// `PAM_RHOST`: a host name or an address, as the service gives it.
    public let rhost: [UInt8]
    /// `PAM_RUSER`: who asks, for services that know it.
    public let ruser: [UInt8]
    /// `SSH_AUTH_INFO_0`: a line for each authentication method that succeeded (sshd_config(5), ExposeAuthInfo).
    public let authInfo: [UInt8]
    /// Which of the texts above are not whole.
    public let cut: CutFields

    /// Makes a report; `tty`, `rhost`, `ruser` and `authInfo` are cut where they are too long.
    ///
    /// User and service decide whose session this is and are never cut.
    /// - Throws: `WireError.length` for an empty or too long `user` or `service`, `WireError.value`
    ///   for a text with a NUL in it.
    public init(
        uid: UInt32,
        user: [UInt8],
        service: [UInt8],
        tty: [UInt8] = [],
        rhost: [UInt8] = [],
        ruser: [UInt8] = [],
        authInfo: [UInt8] = []
    ) throws(WireError) {
        var cut: CutFields = []
        self.uid = uid
        self.user = try Opened.checked(user, .user)
        self.service = try Opened.checked(service, .service)
        self.tty = try Opened.checked(cut.clip(tty, WireLimits.ttyMax, .tty), .tty)
        self.rhost = try Opened.checked(cut.clip(rhost, WireLimits.rhostMax, .rhost), .rhost)
        self.ruser = try Opened.checked(cut.clip(ruser, WireLimits.ruserMax, .ruser), .ruser)
        self.authInfo = try Opened.checked(cut.clipLines(authInfo), .authInfo)
        self.cut = cut
    }

    private static func checked(
        _ text: [UInt8],
        _ field: WireField
    ) throws(WireError) -> [UInt8] {
        guard field.lengths.contains(text.count) else {
            throw .length(field, length: text.count, at: 0)
        }
        guard !text.contains(0) else { throw .value(field, at: 0) }
        return text
    }

    init(_ reader: inout FrameReader) throws(WireError) {
        var uid: UInt32?
        var user: [UInt8] = []
        var service: [UInt8] = []
        var tty: [UInt8] = []
        var rhost: [UInt8] = []
        var ruser: [UInt8] = []
        var authInfo: [UInt8] = []
        var cut: CutFields = []
        while let (field, raw) = try reader.next() {
            switch field {
            case .uid: uid = UInt32(truncatingIfNeeded: reader.number(raw))
            case .user: user = reader.bytes(raw)
            case .service: service = reader.bytes(raw)
            case .tty: tty = reader.bytes(raw)
            case .rhost: rhost = reader.bytes(raw)
            case .ruser: ruser = reader.bytes(raw)
            case .authInfo: authInfo = reader.bytes(raw)
            case .cut:
                cut = CutFields(rawValue: UInt8(truncatingIfNeeded: reader.number(raw)))
                guard CutFields.all.isSuperset(of: cut) else {
                    throw .value(.cut, at: raw.offset)
                }
            case .session, .token, .decision, .text:
                throw .unknownField(tag: raw.tag, at: raw.offset)
            }
        }
        guard let uid else { throw .missing(.uid) }
        guard !user.isEmpty else { throw .missing(.user) }
        guard !service.isEmpty else { throw .missing(.service) }
        self.uid = uid
        self.user = user
        self.service = service
        self.tty = tty
        self.rhost = rhost
        self.ruser = ruser
        self.authInfo = authInfo
        self.cut = cut
    }

    func encode(as kind: FrameKind) -> [UInt8] {
        var writer = FrameWriter(kind: kind)
        writer.put(.uid, uid)
        writer.put(.user, user)
        writer.put(.service, service)
        writer.putIfAny(.tty, tty)
        writer.putIfAny(.rhost, rhost)
        writer.putIfAny(.ruser, ruser)
        writer.putIfAny(.authInfo, authInfo)
        if !cut.isEmpty { writer.put(.cut, cut.rawValue) }
        return writer.finished()
    }
}
