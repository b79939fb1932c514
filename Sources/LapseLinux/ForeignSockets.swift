import CLinux
import Glibc

/// Sockets of another process, looked at through a duplicate that is closed at once.
///
/// MUST NOT keep a duplicate: with it a connection that everybody else has closed would stay open.
/// The corresponding C function is `pidfd_getfd` (Linux 5.6). It takes the right to trace the
/// process, which Yama can take from everybody (kernel.yama.ptrace_scope=3).
package enum ForeignSockets {
    /// Descriptors of one process that are looked through.
    ///
    /// sshd's monitor has less than ten; a relay two a channel and one a forwarded connection.
    package static let descriptorsMax = 1024

    /// A socket of a process.
    package struct Socket: Sendable {
        /// The process's own number for it, the lowest if it has several.
        package let descriptor: Int32
        package let kind: Kind
    }

    /// What a socket is, as far as Lapse tells them apart.
    package enum Kind: Sendable {
        case tcp(TCPConnection)
        /// A TCP socket that waits for connections, at this port.
        case listening(port: UInt16)
        case multipathTCP
        case vsock
        case unix
        /// Datagrams, netlink and the like: no session comes over it.
        case connectionless
        /// The kernel's numbers (socket(2)).
        case other(domain: Int32, protocol: Int32)
    }

    /// The sockets among a process's descriptors, in the order of their numbers; throws ESRCH if
    /// the process is gone, EPERM if this process may not look.
    package static func sockets(of process: ProcessHandle) throws(SystemError) -> [Socket] {
        let directory = "/proc/\(process.pid)/fd"
        guard let names = SmallFile.listing(of: directory) else {
            // The directory of a process that is gone is gone too (proc(5)).
            let code = errno == ENOENT ? ESRCH : errno
            throw SystemError("opendir", directory, code: code)
        }
        var inodes: Set<String> = []
        var found: [Socket] = []
        for number in names.compactMap({ Int32($0) }).sorted().prefix(descriptorsMax) {
            // A socket at two descriptors is one: sshd -i has it at 0 and 1.
            guard let target = link("\(directory)/\(number)"), target.hasPrefix("socket:["),
                inodes.insert(target).inserted
            else { continue }
            guard let kind = try withDuplicate(number, of: process, kind) else { continue }
            found.append(Socket(descriptor: number, kind: kind))
        }
        return found
    }

    /// The figures of a connection by TCP_INFO (tcp(7)), in whatever network namespace it is.
    ///
    /// Nil if the process has closed it or is gone; a descriptor that is another socket by now is
    /// known by its cookie.
    package static func figures(
        of connection: TCPConnection,
        at descriptor: Int32,
        of process: ProcessHandle
    ) throws(SystemError) -> TCPFigures? {
        let figures = try withDuplicate(descriptor, of: process) { duplicate -> TCPFigures? in
            var kind = lapse_socket_kind()
            var raw = lapse_tcp_figures()
            guard lapse_socket_kind(duplicate, &kind) == 0,
                kind.cookie == connection.cookie,
                lapse_tcp_info(duplicate, &raw) == 0
            else { return nil }
            return TCPFigures(raw)
        }
        return figures ?? nil
    }

    /// Nil if the process has no such descriptor any more, or is gone.
    private static func withDuplicate<Result>(
        _ descriptor: Int32,
        of process: ProcessHandle,
        _ body: (Int32) -> Result
    ) throws(SystemError) -> Result? {
        let duplicate = lapse_pidfd_getfd(process.descriptor.number, descriptor)
        guard duplicate >= 0 else {
            if errno == EBADF || errno == ESRCH { return nil }
            throw SystemError("pidfd_getfd", "descriptor \(descriptor) of pid \(process.pid)")
        }
        defer { close(duplicate) }
        return body(duplicate)
    }

    private static func kind(of duplicate: Int32) -> Kind {
        var kind = lapse_socket_kind()
        guard lapse_socket_kind(duplicate, &kind) == 0 else {
            return .other(domain: -1, protocol: -1)
        }
        guard kind.domain != AF_UNIX else { return .unix }
        guard kind.is_stream != 0 else { return .connectionless }
        guard kind.domain != AF_VSOCK else { return .vsock }
        guard kind.protocol != multipathProtocol else { return .multipathTCP }
        guard [AF_INET, AF_INET6].contains(kind.domain), kind.protocol == Int32(IPPROTO_TCP) else {
            return .other(domain: kind.domain, protocol: kind.protocol)
        }
        var tuple = lapse_tcp_tuple()
        if kind.is_listening != 0 { return .listening(port: localPort(of: duplicate)) }
        guard lapse_tcp_tuple(duplicate, &kind, &tuple) == 0 else {
            // Not connected, or not any more: nothing comes over it.
            return .other(domain: kind.domain, protocol: kind.protocol)
        }
        return .tcp(TCPConnection(tuple))
    }

    /// IPPROTO_MPTCP (linux/in.h), which the Glibc module does not have everywhere.
    private static let multipathProtocol: Int32 = 262

    private static func localPort(of duplicate: Int32) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        // SAFETY: sockaddr_in6 is at least as large as sockaddr_in; in both the port stands at the
        // same place (ip(7), ipv6(7)), and the size bounds what the kernel writes.
        let outcome = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(duplicate, $0, &size)
            }
        }
        return outcome == 0 ? UInt16(bigEndian: address.sin6_port) : 0
    }

    private static func link(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 64)
        // SAFETY: pointer and length are of one buffer that lives through the call.
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map {
                readlink(path, $0.assumingMemoryBound(to: CChar.self), buffer.count)
            } ?? -1
        }
        guard count >= 0 else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

extension SystemError {
    /// Whether a look at another process failed because that is gone.
    package var isGone: Bool { code == ESRCH }

    /// Whether this process may not look at another one: EPERM of ptrace(2)'s access check, or
    /// EACCES of /proc.
    package var isRefusal: Bool { code == EPERM || code == EACCES }
}
