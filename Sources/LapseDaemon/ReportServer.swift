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

    private final class Connection {
        let socket: Descriptor
        let peer: UnixSocket.Peer
        let token: EventLoop.Token
        /// The report is in, its answer is not out.
        var isAnswering = false

        init(socket: Descriptor, peer: UnixSocket.Peer, token: EventLoop.Token) {
            self.socket = socket
            self.peer = peer
            self.token = token
        }
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
            // Hung up, or more than the one report that a connection is for.
            guard !frame.isEmpty, !connection.isAnswering else { return drop(connection) }
            connection.isAnswering = true
            answer(frame, on: connection)
        } catch {
            daemon.log.fault("report socket: \(error)")
            drop(connection)
        }
    }

    private func answer(_ frame: [UInt8], on connection: Connection) {
        let pid = connection.peer.pid
        do throws(WireError) {
            switch try Report.decode(frame) {
            case .opened(let report):
                // Users are looked up first; meanwhile the module may have given up.
                daemon.open(report, leader: pid) { [weak self, weak connection] answer in
                    if let connection { self?.send(answer, on: connection) }
                }
            case .nested(let report):
                send(daemon.nest(report, opener: pid), on: connection)
            case .closed(let report):
                send(daemon.close(report), on: connection)
            }
        } catch {
            daemon.counters.reportsRefused += 1
            daemon.log.fault("report from pid \(pid) is malformed: \(error)")
            let text = "the report is malformed: \(error)"
            send(Answer(.unable, text: Array(text.utf8)), on: connection)
        }
    }

    private func send(_ answer: Answer, on connection: Connection) {
        guard connections[connection.socket.number] === connection else { return }
        do throws(SystemError) {
            _ = try UnixSocket.send(answer.encode()[...], to: connection.socket)
        } catch {
            daemon.log.fault("report socket: \(error)")
        }
        drop(connection)
    }

    private func drop(_ connection: Connection) {
        let number = connection.socket.number
        guard connections[number] === connection else { return }
        connections[number] = nil
        daemon.loop.unwatch(connection.token)
    }
}
