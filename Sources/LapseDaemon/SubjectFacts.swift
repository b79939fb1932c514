import LapseCore
import LapseLinux
import LapsePolicy
import LapseWire

extension Subject {
    /// What is known of a session as it opens; groups and terminal come later.
    init(_ report: Opened) {
        let tty = String(decoding: report.tty, as: UTF8.self)
        let auth = SSHAuthInfo(report.authInfo)
        let isSSH = !report.authInfo.isEmpty
        self.init(
            user: String(decoding: report.user, as: UTF8.self),
            uid: report.uid,
            groups: nil,
            service: String(decoding: report.service, as: UTF8.self),
            source: Source(rhost: String(decoding: report.rhost, as: UTF8.self), tty: tty),
            terminal: TerminalKind(path: tty),
            // Without ExposeAuthInfo's text sshd's method is not known; others have none.
            auth: isSSH ? auth.methods : (tty == Self.sshTerminal ? nil : [])
        )
    }

    /// What sshd gives as PAM_TTY (auth-pam.c, PAM_TTY_KLUDGE).
    static let sshTerminal = "ssh"
}

extension Subject.Source {
    /// From PAM_RHOST: an address is taken as it is; a name proves nothing, whoever resolves it.
    init(rhost: String, tty: String) {
        if let address = IPAddress(rhost) {
            self = .address(address)
        } else {
            self = rhost.isEmpty && tty.hasPrefix("/dev/") ? .local : .unknown
        }
    }
}

extension TerminalKind {
    /// By the name of its node; nil for anything that is none.
    init?(path: String) {
        guard path.hasPrefix("/dev/") else { return nil }
        let name = path.dropFirst("/dev/".count)
        if name.hasPrefix("pts/") {
            self = .pty
        } else if name.hasPrefix("tty"), !name.dropFirst(3).isEmpty,
            name.dropFirst(3).utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        {
            self = .console
        } else if name.hasPrefix("tty") || name.hasPrefix("hvc") {
            self = .serial
        } else {
            return nil
        }
    }
}
