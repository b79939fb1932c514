import CLinux
import Glibc

/// One TCP connection, beyond doubt: its addresses and ports, and the kernel's cookie for the
/// socket, which no other socket of this boot has (SO_COOKIE, Linux 4.6).
package struct TCPConnection: Sendable, CustomStringConvertible {
    let tuple: lapse_tcp_tuple

    init(_ tuple: lapse_tcp_tuple) {
        self.tuple = tuple
    }

    package var cookie: UInt64 { tuple.cookie }
    package var localPort: UInt16 { UInt16(bigEndian: tuple.local_port) }
    package var remotePort: UInt16 { UInt16(bigEndian: tuple.remote_port) }

    /// The address at the other end, as inet_ntop(3) writes it; one of IPv4 that came through an
    /// IPv6 socket as IPv4.
    package var remoteAddress: String { Self.text(tuple.remote, family: tuple.family) }
    package var localAddress: String { Self.text(tuple.local, family: tuple.family) }

    package var description: String {
        "\(localAddress) port \(localPort) to \(remoteAddress) port \(remotePort)"
    }

    private static func text<Bytes>(_ raw: Bytes, family: UInt8) -> String {
        let bytes = withUnsafeBytes(of: raw) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        if family == UInt8(AF_INET) { return text(bytes.prefix(4), AF_INET) }
        if bytes.starts(with: mapped) { return text(bytes.suffix(4), AF_INET) }
        return text(bytes[...], AF_INET6)
    }

    private static func text(_ address: ArraySlice<UInt8>, _ family: Int32) -> String {
        var shown = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // SAFETY: inet_ntop reads 4 or 16 bytes, as many as the slice has for that family, and
        // writes at most the length given.
        let isWritten = address.withUnsafeBytes {
            inet_ntop(family, $0.baseAddress, &shown, socklen_t(shown.count)) != nil
        }
        guard isWritten else { return "?" }
        let end = shown.prefix { $0 != 0 }
        return String(decoding: end.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
