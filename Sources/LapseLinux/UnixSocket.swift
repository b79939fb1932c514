import CLinux
import Glibc

/// AF_UNIX sockets (unix(7)): listening, accepting, and who is at the other end.
package enum UnixSocket {
    /// The kind of conversation.
    package enum Kind {
        case stream
        case packets
    }

    /// Who connected, as the kernel recorded it at connect(2); not to be forged.
    package struct Peer: Equatable, Sendable {
        /// 0 if the process is in a pid namespace that we cannot see into.
        package let pid: Int32
        package let uid: UInt32
        /// The primary group and the supplementary ones.
        package let gids: [UInt32]
    }

    private static let groupsMax = 65_536

    /// Listens at a path with a mode; a socket that a former daemon left there is replaced, any
    /// other file is left alone and makes the call fail.
    package static func listen(
        at path: String,
        _ kind: Kind,
        mode: UInt32
    ) throws(SystemError) -> Descriptor {
        let descriptor = try make(kind)
        if isSocket(path) { _ = unlink(path) }
        let bound = try withAddress(path) { bind(descriptor.number, $0, $1) }
        guard bound == 0 else { throw SystemError("bind", path) }
        // Before it listens nobody can connect, so the mode is in time; the umask has no say.
        guard chmod(path, mode) == 0 else { throw SystemError("chmod", path) }
        guard Glibc.listen(descriptor.number, SOMAXCONN) == 0 else {
            throw SystemError("listen", path)
        }
        return descriptor
    }

    /// Whether anybody listens on a stream socket at a path.
    package static func isServed(_ path: String) -> Bool {
        // Any failure means that nobody can be asked there.
        guard let socket = try? make(.stream),
            let outcome = try? withAddress(path, { connect(socket.number, $0, $1) })
        else { return false }
        // EAGAIN: its queue is full (unix(7)), so there is somebody.
        return outcome == 0 || errno == EAGAIN
    }

    /// Removes a socket's name at the end, best effort: the next start replaces it anyway.
    package static func removePath(_ path: String) {
        _ = unlink(path)
    }

    /// The next connection that waits, nil if none does.
    package static func accept(_ listener: Descriptor) throws(SystemError) -> Descriptor? {
        let number = Int32(retrying { Int(lapse_accept(listener.number)) })
        if number >= 0 { return Descriptor(number) }
        // ECONNABORTED: it hung up while it waited.
        guard errno != EAGAIN, errno != ECONNABORTED else { return nil }
        throw SystemError("accept4", "")
    }

    /// Who is at the other end.
    package static func peer(of socket: Descriptor) throws(SystemError) -> Peer {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        guard lapse_peer_credentials(socket.number, &pid, &uid, &gid) == 0 else {
            throw SystemError("getsockopt", "SO_PEERCRED")
        }
        var groups = [gid_t](repeating: 0, count: 64)
        var count = lapse_peer_groups(socket.number, &groups, 64)
        if count < 0, errno == ERANGE {
            groups = [gid_t](repeating: 0, count: groupsMax)
            count = lapse_peer_groups(socket.number, &groups, Int32(groupsMax))
        }
        // Without the list (before Linux 4.13) the peer has its primary group alone: less right.
        return Peer(pid: pid, uid: uid, gids: [gid] + groups.prefix(Int(max(0, count))))
    }

    /// Reads once; nil if nothing waits, empty at the end of the stream.
    package static func receive(
        from socket: Descriptor,
        max: Int
    ) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: max)
        let count = retrying { recv(socket.number, &bytes, max, 0) }
        if count < 0, errno == EAGAIN { return nil }
        guard count >= 0 else { throw SystemError("recv", "") }
        bytes.removeLast(max - count)
        return bytes
    }

    /// Sends what fits without waiting and returns how many bytes that were.
    package static func send(
        _ bytes: ArraySlice<UInt8>,
        to socket: Descriptor
    ) throws(SystemError) -> Int {
        let count = bytes.withUnsafeBytes { buffer in
            retrying {
                Glibc.send(
                    socket.number,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
        }
        if count < 0, errno == EAGAIN { return 0 }
        guard count >= 0 else { throw SystemError("send", "") }
        return count
    }

    /// Sends one packet without waiting, and a descriptor with it; false if nobody takes it.
    static func sendPacket(
        _ packet: [UInt8],
        with descriptor: Descriptor?,
        to socket: Descriptor
    ) -> Bool {
        let count = packet.withUnsafeBytes { bytes in
            // SAFETY: pointer and length are of one buffer that lives through the call.
            retrying {
                guard let descriptor else {
                    return Glibc.send(
                        socket.number,
                        bytes.baseAddress,
                        bytes.count,
                        Int32(MSG_NOSIGNAL)
                    )
                }
                return lapse_send_with_descriptor(
                    socket.number,
                    bytes.baseAddress,
                    bytes.count,
                    descriptor.number
                )
            }
        }
        return count == packet.count
    }

    /// Connects to who takes packets at a path; nil if nobody does, or too many wait there.
    static func connectForPackets(to path: String) throws(SystemError) -> Descriptor? {
        let socket = try make(.packets)
        guard lapse_unix_want_senders(socket.number) == 0 else {
            throw SystemError("setsockopt", "SO_PASSCRED")
        }
        let outcome = try withAddress(path) { connect(socket.number, $0, $1) }
        if outcome == 0 { return socket }
        // ECONNREFUSED: a socket that nobody listens on any more. EPROTOTYPE: not of packets.
        guard [ENOENT, ECONNREFUSED, EAGAIN, EPROTOTYPE].contains(errno) else {
            throw SystemError("connect", path)
        }
        return nil
    }

    /// Sends a datagram without waiting; false if nobody took it.
    @discardableResult
    static func sendDatagram(_ bytes: [UInt8], from socket: Descriptor, to path: String) -> Bool {
        // A path that is too long is nobody's.
        let sent = try? withAddress(path) { pointer, size in
            let count = sendto(
                socket.number,
                bytes,
                bytes.count,
                Int32(MSG_NOSIGNAL),
                pointer,
                size
            )
            return count == bytes.count ? 0 : -1
        }
        return sent == 0
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func make(_ kind: Kind) throws(SystemError) -> Descriptor {
        switch kind {
        case .stream: try Descriptor(lapse_unix_socket_stream(), from: "socket", on: "stream")
        case .packets: try Descriptor(lapse_unix_socket_seqpacket(), from: "socket", on: "packets")
        }
    }

    /// Hands the address of a path to a call in the form that the C functions want.
    static func withAddress(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // One byte stays zero: a path ends there (unix(7), 108 bytes).
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError("bind", path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // An abstract address has a length instead of an end: family and name, no more.
        let isAbstract = bytes.first == 0
        let size = isAbstract ? 2 + bytes.count : MemoryLayout<sockaddr_un>.size
        // SAFETY: sockaddr_un is what the kernel reads behind an AF_UNIX sockaddr pointer.
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(size))
            }
        }
    }
}
