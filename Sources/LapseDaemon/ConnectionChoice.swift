import LapseCore
import LapseLinux

/// Which of a process's sockets is the connection that the session came over.
enum ConnectionChoice {
    /// A connection among the descriptors of a process.
    struct Found {
        let connection: TCPConnection
        let descriptor: Int32
    }

    /// The ports that only root may bind: a connection that sshd makes for its user has none.
    private static let privilegedPorts: Range<UInt16> = 1..<1024

    /// The connection among a process's sockets.
    ///
    /// sshd's monitor has one, and it is that. Where one process does all (root's own login until
    /// 9.7, other servers), the connections that it forwards are among its descriptors, and no
    /// number tells: sshd 9.2 has its own at 4, and 3 is free for the next. `cookie` is that
    /// of the connection if it was known before, `rhost` where the session is from (PAM_RHOST).
    static func choose(
        among sockets: [ForeignSockets.Socket],
        cookie: UInt64?,
        rhost: String
    ) throws(ConnectionFault) -> Found {
        let all = connections(sockets)
        if let cookie, let same = all.first(where: { $0.connection.cookie == cookie }) {
            return same
        }
        if all.isEmpty { throw absence(sockets) }
        // What came in at a port that the process itself listens at is a forwarded connection.
        let listened = Set(listeningPorts(sockets))
        let own = all.filter { !listened.contains($0.connection.localPort) }
        let address = rhost.split(separator: "%").first.map(String.init) ?? ""
        let near = own.filter { $0.connection.remoteAddress == address }
        let served = (near.isEmpty ? own : near).filter {
            privilegedPorts.contains($0.connection.localPort)
        }
        for group in [all, own, near, served] {
            if group.count == 1, let only = group.first { return only }
        }
        throw .ambiguous(count: all.count)
    }

    private static func connections(_ sockets: [ForeignSockets.Socket]) -> [Found] {
        sockets.compactMap { socket in
            guard case .tcp(let connection) = socket.kind else { return nil }
            return Found(connection: connection, descriptor: socket.descriptor)
        }
    }

    private static func listeningPorts(_ sockets: [ForeignSockets.Socket]) -> [UInt16] {
        sockets.compactMap { socket in
            guard case .listening(let port) = socket.kind else { return nil }
            return port
        }
    }

    /// Why there is none; a Unix socket says little, since sshd's parts speak over one.
    private static func absence(_ sockets: [ForeignSockets.Socket]) -> ConnectionFault {
        var transport = ConnectionFault.Transport.pipeOrUnix
        for socket in sockets {
            switch socket.kind {
            case .vsock: transport = .vsock
            case .multipathTCP: transport = .multipathTCP
            case .other(let domain, let number) where transport == .pipeOrUnix:
                transport = .other(domain: domain, protocol: number)
            case .other, .tcp, .listening, .unix, .connectionless: break
            }
        }
        return .notTCP(transport)
    }
}

/// Why the traffic of a session's connection is not known.
enum ConnectionFault: Error, Equatable, CustomStringConvertible {
    /// What it comes over instead of TCP.
    enum Transport: Equatable {
        /// A socket pair or pipes: sshd -i behind a proxy.
        case pipeOrUnix
        case vsock
        /// One connection over several paths, each with figures of its own.
        case multipathTCP
        /// The kernel's numbers (socket(2)).
        case other(domain: Int32, protocol: Int32)
    }

    case notTCP(Transport)
    /// Its leader has several connections, and nothing tells which one it came over.
    case ambiguous(count: Int)
    /// The kernel does not let the daemon look.
    case refused(SystemError)
    /// A look failed.
    case failed(SystemError)
    /// The connection is closed.
    case gone

    var description: String {
        switch self {
        case .notTCP(.pipeOrUnix): "its transport is no TCP connection but a socket pair or pipes"
        case .notTCP(.vsock): "its transport is no TCP connection but a vsock"
        case .notTCP(.multipathTCP): "its transport is multipath TCP, which has no figures in one"
        case .notTCP(.other(let domain, let number)):
            "its transport is no TCP connection (socket domain \(domain), protocol \(number))"
        case .ambiguous(let count): "its leader has \(count) connections, and any may be the one"
        case .refused(let error): "its leader's sockets may not be looked at (\(error))"
        case .failed(let error): "\(error)"
        case .gone: "its connection is closed"
        }
    }
}
