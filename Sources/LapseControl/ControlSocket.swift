import Glibc

/// The socket under `ControlClient`: messages that end with a NUL, each with a deadline.
///
/// It blocks, and belongs into no event loop. Its calls stand here, not in `LapseLinux`, because
/// nothing but a command ever connects to the daemon.
struct ControlSocket: ~Copyable {
    private let path: String
    private let timeout: Duration
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects.
    ///
    /// - Parameters:
    ///   - path: Path of the daemon's socket.
    ///   - timeout: Time for connecting, and for each message.
    /// - Throws: Why there is no connection.
    init(path: String, timeout: Duration) throws(ControlClientError) {
        self.descriptor = try Self.connected(to: path, within: timeout)
        self.path = path
        self.timeout = timeout
    }

    deinit {
        close(descriptor)
    }

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - message: The message with its NUL.
    ///   - deadline: When to give up.
    /// - Throws: Why it could not be sent.
    func send(
        _ message: [UInt8],
        by deadline: ContinuousClock.Instant
    ) throws(ControlClientError) {
        var sent = 0
        while sent < message.count {
            var failure: Int32 = 0
            // SAFETY: the kernel reads from within the array, during the call alone.
            let count = message.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                let count = Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
                failure = count < 0 ? errno : 0
                return count
            }
            switch failure {
            case 0: sent += count
            case EAGAIN: try wait(for: Int16(POLLOUT), until: deadline)
            case EINTR: continue
            default: throw lostOrFailed("send", failure)
            }
        }
    }

    /// Waits for one message.
    ///
    /// - Parameter deadline: When to give up.
    /// - Returns: The message without its NUL.
    /// - Throws: Why none came.
    mutating func receive(
        by deadline: ContinuousClock.Instant
    ) throws(ControlClientError) -> ArraySlice<UInt8> {
        var searched = 0
        while true {
            if let end = received[searched...].firstIndex(of: 0) {
                let message = received[..<end]
                received.removeSubrange(...end)
                return message
            }
            searched = received.count
            guard searched <= ControlLimits.replyBytesMax else {
                throw .notUnderstood(
                    path: path,
                    what: "more than \(ControlLimits.replyBytesMax) bytes"
                )
            }
            try wait(for: Int16(POLLIN), until: deadline)
            try receiveSome()
        }
    }

    private mutating func receiveSome() throws(ControlClientError) {
        var failure: Int32 = 0
        // 64 KiB: a list of a hundred sessions in one read.
        let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
            // SAFETY: the kernel writes at most `count` bytes; those it reports are initialized.
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            failure = count < 0 ? errno : 0
            initialized = max(0, count)
        }
        if chunk.isEmpty, failure != EINTR { throw lostOrFailed("recv", failure) }
        received += chunk
    }

    private func wait(
        for events: Int16,
        until deadline: ContinuousClock.Instant
    ) throws(ControlClientError) {
        while true {
            let left = deadline - .now
            guard left > .zero else { throw .timedOut(path: path, after: timeout) }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            // Rounded up, so that the last wait does not become a busy loop.
            let count = poll(&entry, 1, Int32(clamping: left.milliseconds + 1))
            if count > 0 { return }
            if count < 0, errno != EINTR {
                throw .system(call: "poll", path: path, errno: errno)
            }
        }
    }

    /// Zero stands for the end of the stream.
    private func lostOrFailed(_ call: String, _ failure: Int32) -> ControlClientError {
        switch failure {
        case 0, EPIPE, ECONNRESET: .connectionLost(path: path)
        default: .system(call: call, path: path, errno: failure)
        }
    }

    private static func connected(
        to path: String,
        within timeout: Duration
    ) throws(ControlClientError) -> Int32 {
        var address = try address(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(call: "socket", path: path, errno: errno) }

        // A non-blocking connect to a full backlog fails at once and cannot be waited for; a
        // blocking one waits for the time set here (SO_SNDTIMEO, socket(7)).
        var wait = timeval(timeout)
        let waitSize = socklen_t(MemoryLayout<timeval>.size)
        var status = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, waitSize)
        if status == 0 {
            // SAFETY: used during the call alone; sockaddr_un begins as sockaddr does.
            status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        guard status == 0 else {
            let failure = errno
            close(descriptor)
            throw connectError(failure, path: path, timeout: timeout)
        }
        return descriptor
    }

    private static func address(_ path: String) throws(ControlClientError) -> sockaddr_un {
        let bytes = Array(path.utf8)
        guard bytes.count <= ControlClient.pathBytesMax else { throw .pathTooLong(path: path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path is at most 107 bytes; `sun_path` has 108, zeroed above.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func connectError(
        _ failure: Int32,
        path: String,
        timeout: Duration
    ) -> ControlClientError {
        switch failure {
        case ENOENT, ECONNREFUSED, ENOTDIR: .notRunning(path: path)
        case EACCES, EPERM: .notPermitted(path: path)
        case EAGAIN, EINTR: .timedOut(path: path, after: timeout)
        default: .system(call: "connect", path: path, errno: failure)
        }
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
