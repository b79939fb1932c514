import CStage
import Glibc

/// Both ends of a TCP connection over this machine's loopback, and the socket that listened for it.
package final class TCPPair {
    /// Which addresses it has.
    package enum Family: CaseIterable, Sendable {
        case ipv4
        case ipv6
        /// IPv4 through a socket of IPv6 (ipv6(7)), as sshd with one listening socket has it.
        case mapped

        /// The other end's address as people know it.
        package var address: String { self == .ipv6 ? "::1" : "127.0.0.1" }
    }

    package let listener: Int32
    /// The server's end, which stands for sshd's.
    package private(set) var near: Int32
    /// The client's.
    package private(set) var far: Int32

    package init(_ family: Family = .ipv4) {
        listener = Self.socket(family == .ipv4 ? AF_INET : AF_INET6)
        near = -1
        far = Self.socket(family == .ipv6 ? AF_INET6 : AF_INET)
        var port: UInt16 = 0
        Self.withAddress(of: family, port: 0) {
            precondition(bind(listener, $0, $1) == 0, "A port is free.")
            precondition(listen(listener, 4) == 0, "A socket can listen.")
            var size = $1
            precondition(getsockname(listener, $0, &size) == 0, "It has a name.")
            // sin_port and sin6_port stand at the same place.
            port = UnsafeRawPointer($0).load(fromByteOffset: 2, as: UInt16.self)
        }
        Self.withAddress(of: family == .mapped ? .ipv4 : family, port: port) {
            precondition(connect(far, $0, $1) == 0, "The loopback leads there.")
        }
        // Programs that other tests start must not hold it open.
        near = stage_accept(listener)
        precondition(near >= 0, "The connection arrives.")
    }

    deinit {
        closeNear()
        closeFar()
        close(listener)
    }

    /// Sends bytes from the client and takes them at the server's end.
    package func receive(_ count: Int) {
        Self.pass(count, from: far, to: near)
    }

    /// The reverse.
    package func send(_ count: Int) {
        Self.pass(count, from: near, to: far)
    }

    /// Lets go of the server's end; whoever else has it keeps it.
    package func closeNear() {
        if near >= 0 { close(near) }
        near = -1
    }

    package func closeFar() {
        if far >= 0 { close(far) }
        far = -1
    }

    /// Whether the client has been told of the end within five seconds.
    package var isOverForClient: Bool {
        var wait = pollfd(fd: far, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 5000) == 1 else { return false }
        var byte: UInt8 = 0
        return recv(far, &byte, 1, 0) == 0
    }

    private static func pass(_ count: Int, from source: Int32, to target: Int32) {
        var bytes = [UInt8](repeating: 7, count: count)
        precondition(Glibc.send(source, bytes, count, Int32(MSG_NOSIGNAL)) == count, "It is sent.")
        precondition(recv(target, &bytes, count, Int32(MSG_WAITALL)) == count, "It arrives.")
    }

    private static func socket(_ domain: Int32) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(domain, type, 0)
        precondition(number >= 0, "A socket can be made.")
        return number
    }

    /// The loopback's address in one family; `port` is in network byte order.
    private static func withAddress(
        of family: Family,
        port: UInt16,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Void
    ) {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port
        four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port
        six.sin6_addr = in6addr_loopback
        if family == .mapped {
            withUnsafeMutableBytes(of: &six.sin6_addr) {
                $0.copyBytes(from: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1])
            }
        }
        func pass<Address>(_ address: inout Address) {
            let size = socklen_t(MemoryLayout<Address>.size)
            // SAFETY: sockaddr is the common head of both; the size is that of the whole.
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
            }
        }
        if family == .ipv4 { pass(&four) } else { pass(&six) }
    }
}
