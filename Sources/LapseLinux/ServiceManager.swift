import CLinux
import Glibc

/// The notification protocol of systemd (sd_notify(3)): one datagram to $NOTIFY_SOCKET.
package enum ServiceManager {
    /// Tells the service manager, if there is one; nothing waits for it and nothing fails.
    package static func notify(_ state: String) {
        guard let value = getenv("NOTIFY_SOCKET"),
            let socket = try? Descriptor(
                lapse_unix_socket_datagram(),
                from: "socket",
                on: "datagram"
            )
        else { return }
        // SAFETY: getenv gives a C string; the daemon has one thread and sets no variables.
        var path = String(cString: value)
        // An abstract address is written with `@` and begins with a zero byte (unix(7)).
        if path.hasPrefix("@") { path = "\0" + path.dropFirst() }
        UnixSocket.sendDatagram(Array(state.utf8), from: socket, to: path)
    }
}
