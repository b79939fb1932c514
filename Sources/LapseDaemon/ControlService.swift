import LapseControl
import LapseCore
import LapseLinux

/// /run/lapse/control: everyone may connect; `LapseControl.Access` decides who may do what.
///
/// MUST NOT let one user's connections take the place of another's: each uid has its share, and a
/// client that does not read its answers is cut off.
final class ControlService {
    private enum Bounds {
        /// Connections of one uid; a command needs one, a monitoring agent a few.
        static let perUserMax = 16
        /// Connections of all ordinary users; root's are not counted, so that root always gets in.
        static let allMax = 512
        /// Bytes of answers that a client has not read yet.
        static let unreadBytesMax = 2 * ControlLimits.replyBytesMax
    }

    private unowned let daemon: Daemon
    private let listener: SocketListener
    private let server: ControlServer
    private var clients: [Int32: Client] = [:]

    private final class Client {
        let socket: Descriptor
        let peer: ControlPeer
        var connection = ControlConnection()
        var unread: ArraySlice<UInt8> = []
        /// A list that is being put together.
        var listing: SessionListing?
        var isClosing = false
        var token: EventLoop.Token?

        init(socket: Descriptor, peer: ControlPeer) {
            self.socket = socket
            self.peer = peer
        }
    }

    init(daemon: Daemon) throws(SystemError) {
        self.daemon = daemon
        let path = daemon.options.runDirectory + "/control"
        server = ControlServer(access: Access(lapseGroup: GroupFile.gid(of: "lapse")))
        listener = try SocketListener(at: path, .stream, mode: 0o666)
        try listener.accept(for: daemon, name: "control socket") {
            [unowned self] socket throws(SystemError) in try admit(socket)
        }
    }

    func close() {
        listener.close()
    }

    private func admit(_ socket: Descriptor) throws(SystemError) {
        let kernel = try UnixSocket.peer(of: socket)
        let peer = ControlPeer(uid: kernel.uid, gids: kernel.gids, pid: kernel.pid)
        if peer.uid != 0 {
            let ordinary = clients.values.filter { $0.peer.uid != 0 }
            guard ordinary.count < Bounds.allMax,
                ordinary.count(where: { $0.peer.uid == peer.uid }) < Bounds.perUserMax
            else { return }
        }
        let client = Client(socket: socket, peer: peer)
        let number = socket.number
        client.token = try daemon.loop.watch(socket, for: .readable, order: .spare) {
            [unowned self] readiness in serve(number, readiness)
        }
        clients[number] = client
    }

    /// One turn of one client: one read or none, one call, one write.
    ///
    /// A row of calls that came in one read is answered over as many turns: logins and the other
    /// clients have their turns between.
    private func serve(_ number: Int32, _ readiness: EventLoop.Readiness) {
        guard let client = clients[number] else { return }
        do throws(SystemError) {
            if readiness.readable { try receive(client) }
            if client.listing != nil {
                goOnListing(client)
            } else if client.unread.isEmpty {
                answerNext(client)
            }
            try send(client)
            try wait(client)
        } catch {
            client.isClosing = true
            client.unread = []
            client.listing = nil
            client.connection = ControlConnection()
        }
        if client.isClosing, !isBusy(client) {
            drop(number)
        }
    }

    private func receive(_ client: Client) throws(SystemError) {
        guard
            let bytes = try UnixSocket.receive(
                from: client.socket,
                max: ControlLimits.callBytesMax
            )
        else { return }
        guard !bytes.isEmpty else {
            client.isClosing = true
            return
        }
        do throws(ControlFault) {
            try client.connection.receive(bytes)
        } catch {
            client.isClosing = true
        }
    }

    private func answerNext(_ client: Client) {
        do throws(ControlFault) {
            guard let call = try client.connection.nextCall() else { return }
            // A key of the listening pause is known to whom is told how idle somebody is.
            daemon.hear()
            var backend = DaemonBackend(daemon: daemon)
            switch server.begin(call, peer: client.peer, backend: &backend) {
            case .whole(let reply): post(reply, to: client)
            case .listing(let listing):
                client.listing = listing
                goOnListing(client)
            }
        } catch {
            // What was understood before is answered, then the connection ends.
            client.isClosing = true
            client.connection = ControlConnection()
        }
    }

    /// One piece of a list a turn.
    private func goOnListing(_ client: Client) {
        guard let reply = client.listing?.next(DaemonBackend(daemon: daemon)) else { return }
        client.listing = nil
        post(reply, to: client)
    }

    private func post(_ reply: [UInt8], to client: Client) {
        client.unread += reply
        if client.unread.count > Bounds.unreadBytesMax { client.isClosing = true }
    }

    /// With answers unread or calls unanswered nothing more is taken in: the client waits for
    /// itself alone.
    private func isBusy(_ client: Client) -> Bool {
        !client.unread.isEmpty || client.listing != nil || client.connection.holdsWholeCall
    }

    private func send(_ client: Client) throws(SystemError) {
        while !client.unread.isEmpty {
            let count = try UnixSocket.send(client.unread, to: client.socket)
            guard count > 0 else { return }
            client.unread = client.unread.dropFirst(count)
        }
    }

    private func wait(_ client: Client) throws(SystemError) {
        guard let token = client.token else { return }
        try daemon.loop.change(token, to: isBusy(client) ? .writable : .readable)
    }

    private func drop(_ number: Int32) {
        guard let client = clients.removeValue(forKey: number), let token = client.token else {
            return
        }
        daemon.loop.unwatch(token)
    }
}
