import Glibc

/// The stage's /dev/log: what sshd, login and PAM modules say to syslog(3), as they say it.
final class SyslogSocket: Sendable {
    /// Each message is a line that begins with its `<priority>`, see syslog(2) and RFC 3164.
    let transcript = Transcript()

    /// Binds the socket to the stage's /dev/log as the test sees it, a path short enough for
    /// `sun_path`.
    init(path: String, loop: StageLoop) throws(StageError) {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = try Descriptor(socket(AF_UNIX, type, 0), from: "socket", on: path)
        try bindSocket(socket, to: path)
        try check(chmod(path, 0o666), "chmod", path)
        try setNonBlocking(socket)
        try loop.watch(socket) { [transcript] in
            if case .bytes(let message) = readSome(socket) {
                let line = message.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
                transcript.append(line.filter { $0 != 0 } + [UInt8(ascii: "\n")], at: .now)
            }
            return .keep
        }
    }
}
