import CLinux
import Glibc

/// Figures of TCP connections in this process's own network namespace (sock_diag(7)).
///
/// One exact look-up each, by addresses, ports and the kernel's cookie; never a dump of all
/// connections. The kernel answers while it takes the question, so nothing waits.
package final class SocketDiagnosis {
    private let socket: Descriptor
    private var sequence: UInt32 = 0

    package init() throws(SystemError) {
        socket = try Descriptor(lapse_diag_socket(), from: "socket", on: "NETLINK_SOCK_DIAG")
    }

    /// The connection's figures; nil if there is no such connection here, be it that it is gone or
    /// that it is in another network namespace.
    package func figures(of connection: TCPConnection) throws(SystemError) -> TCPFigures? {
        sequence &+= 1
        var raw = lapse_tcp_figures()
        var tuple = connection.tuple
        if lapse_diag_tcp(socket.number, &tuple, sequence, &raw) == 0 {
            return TCPFigures(raw)
        }
        guard errno != ENOENT else { return nil }
        throw SystemError("sock_diag", connection.description)
    }
}
