import Glibc
package import LapseControl

/// A control socket on a thread of its own: a poll loop around the real connection and server.
package final class FixtureServer: Sendable {
    /// What the server does with a client.
    package enum Behaviour: Sendable {
        /// Answers as the daemon does.
        case answer
        /// Reads and says nothing.
        case silence
        /// Closes after the first bytes.
        case hangUp
        /// Sends these bytes after the first bytes, whatever was asked.
        case say([UInt8])
        /// Does not even accept; the backlog holds one.
        case deaf
    }

    /// Path of the socket.
    package let path: String
    private let directory: String
    private let thread: pthread_t
    private let stopWriteEnd: Int32

    /// Listens and serves until `stop()`.
    ///
    /// - Parameters:
    ///   - backend: The backend, copied.
    ///   - peer: The peer that every client is taken for; nil for the kernel's word.
    ///   - behaviour: What to do with clients.
    package init(
        _ backend: FixtureBackend = FixtureBackend(),
        peer: ControlPeer? = nil,
        behaviour: Behaviour = .answer
    ) {
        directory = Self.makeDirectory()
        path = directory + "/control"
        let listener = Self.listen(path, backlog: behaviour.isDeaf ? 0 : 64)
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "A pipe can be made.")
        stopWriteEnd = ends[1]
        let loop = Loop(listener, stop: ends[0], backend, peer, behaviour)
        var thread = pthread_t()
        // SAFETY: the box is retained here and released by the thread, which alone uses it.
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                // SAFETY: pthread_create hands over what was retained for it.
                guard let argument else { return nil }
                Unmanaged<Loop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            Unmanaged.passRetained(loop).toOpaque()
        )
        precondition(status == 0, "A thread can be made.")
        self.thread = thread
    }

    /// Ends the thread and removes the socket.
    package func stop() {
        close(stopWriteEnd)
        pthread_join(thread, nil)
        unlink(path)
        rmdir(directory)
    }

    /// Makes a directory that belongs to one test.
    package static func makeDirectory() -> String {
        var template = Array("/tmp/lapse-control-XXXXXX".utf8CString)
        // SAFETY: mkdtemp writes within the array, which ends with a NUL.
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { preconditionFailure("A directory can be made.") }
        return made
    }

    private static func listen(_ path: String, backlog: Int32) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        precondition(path.utf8.count < 108, "The path fits.")
        // SAFETY: the length was checked.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        // SAFETY: used during the call alone; sockaddr_un begins as sockaddr does.
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0 && Glibc.listen(descriptor, backlog) == 0, "It can listen.")
        return descriptor
    }
}

extension FixtureServer.Behaviour {
    fileprivate var isDeaf: Bool {
        if case .deaf = self { true } else { false }
    }
}

/// The thread's loop.
private final class Loop {
    private struct Client {
        let descriptor: Int32
        let peer: ControlPeer
        var connection = ControlConnection()
    }

    private let listener: Int32
    private let stop: Int32
    private let server = ControlServer(access: Access(lapseGroup: FixtureSessions.lapseGroup))
    private var backend: FixtureBackend
    private let fixedPeer: ControlPeer?
    private let behaviour: FixtureServer.Behaviour
    private var clients: [Client] = []

    init(
        _ listener: Int32,
        stop: Int32,
        _ backend: FixtureBackend,
        _ fixedPeer: ControlPeer?,
        _ behaviour: FixtureServer.Behaviour
    ) {
        self.listener = listener
        self.stop = stop
        self.backend = backend
        self.fixedPeer = fixedPeer
        self.behaviour = behaviour
    }

    func run() {
        while true {
            let watched = [stop] + (behaviour.isDeaf ? [] : [listener]) + clients.map(\.descriptor)
            var entries = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            let ready = Set(entries.filter { $0.revents != 0 }.map(\.fd))
            if ready.contains(stop) { break }
            if ready.contains(listener) { acceptOne() }
            clients = clients.compactMap { client in
                guard ready.contains(client.descriptor) else { return client }
                if let stays = serve(client) { return stays }
                close(client.descriptor)
                return nil
            }
        }
        for descriptor in clients.map(\.descriptor) + [listener, stop] {
            close(descriptor)
        }
    }

    private func acceptOne() {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        clients.append(Client(descriptor: descriptor, peer: fixedPeer ?? kernelPeer(descriptor)))
    }

    private func serve(_ client: Client) -> Client? {
        var client = client
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
            // SAFETY: the kernel writes at most `count` bytes; those it reports are initialized.
            initialized = max(0, recv(client.descriptor, buffer.baseAddress, buffer.count, 0))
        }
        if bytes.isEmpty { return nil }
        switch behaviour {
        case .silence, .deaf: return client
        case .hangUp: return nil
        case .say(let words):
            send(words, to: client)
            return client
        case .answer: break
        }
        do throws(ControlFault) {
            try client.connection.receive(bytes)
            while let call = try client.connection.nextCall() {
                send(server.answer(call, peer: client.peer, backend: &backend), to: client)
            }
            return client
        } catch {
            return nil
        }
    }

    private func send(_ bytes: [UInt8], to client: Client) {
        var sent = 0
        while sent < bytes.count {
            // SAFETY: the kernel reads from within the array, during the call alone.
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return Glibc.send(
                    client.descriptor,
                    rest.baseAddress,
                    rest.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0 { return }
            sent += count
        }
    }

    private func kernelPeer(_ descriptor: Int32) -> ControlPeer {
        // struct ucred (unix(7)): pid, uid, gid; Glibc's module does not show it.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(12)
        // SAFETY: three integers of four bytes lie in a row, as the kernel writes them.
        let status = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
        precondition(status == 0, "The kernel knows the peer.")
        return ControlPeer(
            uid: credentials.uid,
            gids: [credentials.gid],
            pid: credentials.pid
        )
    }
}
