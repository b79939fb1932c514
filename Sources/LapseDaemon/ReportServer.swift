import LapseCore
import LapseLinux
import LapseWire

/// /run/lapse/report: the PAM module's reports, one packet and one answer a connection.
///
/// MUST take reports from root alone; the socket's mode says so and the peer's credentials prove
/// it. MUST answer at once: a login waits.
final class ReportServer {
    /// Logins that may be under way at once.
    ///
    /// sshd's MaxStartups is far below (sshd_config(5)).
    private static let connectionsMax = 1024
    private unowned let daemon: Daemon
    private let listener: SocketListener
    private var connections: [Int32: Connection] = [:]

    private struct Connection {
        let socket: Descriptor
        let peer: UnixSocket.Peer
        let token: EventLoop.Token
    }

    init(daemon: Daemon) throws(SystemError) {
        self.daemon = daemon
        let path = daemon.options.runDirectory + "/report"
        listener = try SocketListener(at: path, .packets, mode: 0o600)
        try listener.accept(for: daemon, name: "report socket") {
            [unowned self] socket throws(SystemError) in try admit(socket)
        }
    }

    func close() {
        listener.close()
    }

    private func admit(_ socket: Descriptor) throws(SystemError) {
        let peer = try UnixSocket.peer(of: socket)
        guard peer.uid == 0 else {
            daemon.counters.reportsRefused += 1
            daemon.log.fault("report socket: uid \(peer.uid), pid \(peer.pid) is not root, refused")
            return
        }
        guard connections.count < Self.connectionsMax else {
            daemon.log.fault("report socket: \(Self.connectionsMax) connections are open, refused")
            return
        }
        let number = socket.number
        let token = try daemon.loop.watch(socket, for: .readable) { [unowned self] readiness in
            take(number)
        }
        connections[number] = Connection(socket: socket, peer: peer, token: token)
    }

    private func take(_ number: Int32) {
        guard let connection = connections[number] else { return }
        do throws(SystemError) {
            // One byte more than a frame may have, so that a longer one is seen to be too long.
            let size = WireLimits.frameMax + 1
            guard let frame = try UnixSocket.receive(from: connection.socket, max: size) else {
                return
            }
            defer { drop(number) }
            guard !frame.isEmpty else { return }
            let answer = answer(to: frame, from: connection.peer)
            _ = try UnixSocket.send(answer.encode()[...], to: connection.socket)
        } catch {
            daemon.log.fault("report socket: \(error)")
            drop(number)
        }
    }

    private func answer(to frame: [UInt8], from peer: UnixSocket.Peer) -> Answer {
        do throws(WireError) {
            switch try Report.decode(frame) {
            case .opened(let report): return daemon.open(report, leader: peer.pid)
            case .nested(let report): return daemon.nest(report, opener: peer.pid)
            case .closed(let report): return daemon.close(report)
            }
        } catch {
            daemon.counters.reportsRefused += 1
            daemon.log.fault("report from pid \(peer.pid) is malformed: \(error)")
            return Answer(.unable, text: Array("the report is malformed: \(error)".utf8))
        }
    }

    private func drop(_ number: Int32) {
        guard let connection = connections.removeValue(forKey: number) else { return }
        daemon.loop.unwatch(connection.token)
    }
}
