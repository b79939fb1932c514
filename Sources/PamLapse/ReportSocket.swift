import CModuleLibc
import LapseWireE

/// One report, one answer, one deadline over all of it.
func exchange(
    _ report: Report,
    at path: [UInt8],
    by deadline: Deadline
) throws(Fault) -> Answer {
    let socket = try ReportSocket()
    try socket.connect(to: path, by: deadline)
    try socket.checkPeer()
    var frame = report.encode()
    defer { wipe(&frame) }
    try socket.send(frame, by: deadline)
    return try socket.receive(by: deadline)
}

/// A frame may hold the close token, which must not lie about in the memory of sshd.
private func wipe(_ frame: inout [UInt8]) {
    frame.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        // SAFETY: start and count are the array's.
        explicit_bzero(start, bytes.count)
    }
}

/// The connection to the daemon; closed when it goes out of scope, on every path.
struct ReportSocket: ~Copyable {
    private let descriptor: CInt

    init() throws(Fault) {
        descriptor = lapse_socket()
        guard descriptor >= 0 else { throw .unreachable(lapse_errno()) }
    }

    deinit {
        // Whatever close(2) says, the descriptor is gone; nothing was written that could be lost.
        _ = close(descriptor)
    }

    /// Connects, waiting for a place in the daemon's queue if many log in at once.
    ///
    /// A non-blocking connect of this socket family fails with EAGAIN when the queue is full and
    /// leaves nothing to poll for (unix(7)), so a burst of logins would pass unwatched. A blocking
    /// one waits for a place, and SO_SNDTIMEO bounds it (socket(7); unix_stream_connect in
    /// net/unix/af_unix.c).
    func connect(to path: [UInt8], by deadline: Deadline) throws(Fault) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: Settings lets no path pass that is longer than sun_path less one byte, copyBytes
        // is given no more than fits, and the rest of the structure is zero.
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            field.copyBytes(from: path.prefix(Settings.socketMax))
        }
        while true {
            guard let wait = deadline.remaining else { throw .noConnection }
            try limitSends(to: wait)
            // SAFETY: sockaddr_un begins as sockaddr does; the size given is its own.
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    CModuleLibc.connect(
                        descriptor,
                        generic,
                        socklen_t(MemoryLayout<sockaddr_un>.size)
                    )
                }
            }
            guard result != 0 else { return }
            switch lapse_errno() {
            case EINTR: continue
            case EAGAIN: throw .noConnection
            case let number: throw .unreachable(number)
            }
        }
    }

    /// The kernel's word that root listens, taken before anything is told.
    ///
    /// Only root can make a socket in /run/lapse, but `socket=` may lead anywhere.
    func checkPeer() throws(Fault) {
        var uid: uid_t = 0
        guard lapse_peer_uid(descriptor, &uid) == 0 else { throw .unreachable(lapse_errno()) }
        guard uid == 0 else { throw .foreignPeer(uid) }
    }

    func send(_ frame: [UInt8], by deadline: Deadline) throws(Fault) {
        while true {
            // SAFETY: pointer and count are the array's, for the length of the call.
            let sent = frame.withUnsafeBytes { lapse_send(descriptor, $0.baseAddress, $0.count) }
            guard sent < 0 else { return }
            switch lapse_errno() {
            case EINTR: continue
            case EAGAIN: try wait(for: POLLOUT, by: deadline, else: .notTaken)
            case EPIPE, ECONNRESET: throw .hungUp
            case let number: throw .unreachable(number)
            }
        }
    }

    func receive(by deadline: Deadline) throws(Fault) -> Answer {
        var frame = [UInt8](repeating: 0, count: WireLimits.frameMax)
        defer { wipe(&frame) }
        while true {
            try wait(for: POLLIN, by: deadline, else: .noAnswer)
            // SAFETY: pointer and count are the array's, for the length of the call.
            let length = frame.withUnsafeMutableBytes {
                lapse_receive(descriptor, $0.baseAddress, $0.count)
            }
            guard length < 0 else { return try ReportSocket.answer(&frame, length: length) }
            switch lapse_errno() {
            case EINTR, EAGAIN: continue
            case ECONNRESET: throw .hungUp
            case let number: throw .unreachable(number)
            }
        }
    }

    /// `length` is the packet's, which may be more than was taken from it.
    private static func answer(_ frame: inout [UInt8], length: Int) throws(Fault) -> Answer {
        guard length > 0 else { throw .hungUp }
        guard length <= frame.count else { throw .badAnswer(.frameTooLong(length: length)) }
        do {
            frame.removeLast(frame.count - length)
            return try Answer.decode(frame)
        } catch {
            throw .badAnswer(error)
        }
    }

    private func wait(
        for event: CInt,
        by deadline: Deadline,
        else fault: Fault
    ) throws(Fault) {
        while true {
            guard let wait = deadline.remaining else { throw fault }
            var entry = pollfd(
                fd: descriptor,
                events: CShort(truncatingIfNeeded: event),
                revents: 0
            )
            let ready = poll(&entry, 1, wait)
            // An error or a hang-up is told by the call that follows.
            guard ready <= 0 else { return }
            guard ready == 0 || lapse_errno() == EINTR else { throw .unreachable(lapse_errno()) }
        }
    }

    private func limitSends(to milliseconds: Int32) throws(Fault) {
        var limit = timeval(
            tv_sec: time_t(milliseconds / 1000),
            tv_usec: suseconds_t(milliseconds % 1000 * 1000)
        )
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0 else {
            throw .unreachable(lapse_errno())
        }
    }
}
