import CStage
import Glibc

/// The stage's /dev/log: what sshd, login and PAM modules say to syslog(3), as they say it.
final class SyslogSocket: Sendable {
    /// Each message is a line that begins with its `<priority>`, see syslog(2) and RFC 3164.
    ///
    /// Its time is that of its sending, as the kernel stamped it.
    let transcript = Transcript()

    /// Binds the socket to the stage's /dev/log as the test sees it, a path short enough for
    /// `sun_path`.
    init(path: String, loop: StageLoop) throws(StageError) {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = try Descriptor(socket(AF_UNIX, type, 0), from: "socket", on: path)
        try bindSocket(socket, to: path)
        try check(chmod(path, 0o666), "chmod", path)
        try setNonBlocking(socket)
        try check(stage_stamp_datagrams(socket.number), "setsockopt SO_TIMESTAMPNS", path)
        try loop.watch(socket) { [transcript] in
            if let (message, sent) = receive(socket) {
                let line = message.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
                transcript.append(line.filter { $0 != 0 } + [UInt8(ascii: "\n")], at: sent)
            }
            return .keep
        }
    }
}

/// One message and when it was sent, or nil where none is there.
private func receive(_ socket: Descriptor) -> ([UInt8], ContinuousClock.Instant)? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var sent = timespec()
    // SAFETY: the buffer outlives the call, and its true size is given.
    let count = buffer.withUnsafeMutableBytes {
        stage_receive(socket.number, $0.baseAddress, $0.count, &sent)
    }
    guard count > 0 else { return nil }
    let moment = sent.tv_sec == 0 ? .now : instant(atWallTime: span(of: sent))
    return (Array(buffer[..<count]), moment)
}
