import Glibc

/// An AF_UNIX socket of a test (unix(7)), made without the code under test.
package final class LocalSocket: Sendable {
    /// The kinds, with the numbers of <bits/socket_type.h>.
    package enum Kind: Int32, Sendable {
        case stream = 1
        case datagram = 2
        case packets = 5
    }

    package let number: Int32

    private init(_ kind: Kind) {
        number = socket(AF_UNIX, kind.rawValue | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(number >= 0, "A socket can be made.")
    }

    deinit {
        close(number)
    }

    /// A socket with a name; a zero byte at its beginning makes the address abstract.
    package init(_ kind: Kind, boundTo path: String) {
        number = socket(AF_UNIX, kind.rawValue | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(Self.withAddress(path) { bind(number, $0, $1) } == 0, "\(path) is free.")
    }

    /// A socket that is connected to a name; nil, with errno, if nobody listens there.
    package static func connected(_ kind: Kind, to path: String) -> LocalSocket? {
        let socket = LocalSocket(kind)
        let outcome = withAddress(path) { connect(socket.number, $0, $1) }
        return outcome == 0 ? socket : nil
    }

    package func send(_ bytes: [UInt8]) -> Int {
        Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What arrives within five seconds, nil if nothing does.
    package func receive(max: Int = 65536) -> [UInt8]? {
        var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 5000) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: max)
        let count = recv(number, &bytes, max, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// What arrives, as text.
    package func text() -> String? {
        receive().map { String(decoding: $0, as: UTF8.self) }
    }

    private static func withAddress(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(108)) }
        let isAbstract = path.utf8.first == 0
        let size = isAbstract ? 2 + path.utf8.count : MemoryLayout<sockaddr_un>.size
        // SAFETY: sockaddr_un is what the kernel reads behind an AF_UNIX sockaddr pointer.
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }
}
