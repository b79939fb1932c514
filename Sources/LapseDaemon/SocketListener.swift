import LapseLinux

/// A listening socket of the daemon: whoever connects is handed on, a fault is told and passed over.
final class SocketListener {
    private let path: String
    private let descriptor: Descriptor
    /// Let go of to take in, and hang up on, those who wait when there is no descriptor left:
    /// otherwise they would wait for ever, and the loop would turn for nothing as long as they do.
    private var reserve = OpenFiles.reserve()

    init(at path: String, _ kind: UnixSocket.Kind, mode: UInt32) throws(SystemError) {
        self.path = path
        descriptor = try UnixSocket.listen(at: path, kind, mode: mode)
    }

    /// Accepts from now on; `name` stands in the log before what went wrong.
    func accept(
        for daemon: Daemon,
        name: String,
        admit: @escaping (Descriptor) throws(SystemError) -> Void
    ) throws(SystemError) {
        _ = try daemon.loop.watch(descriptor, for: .readable) { [unowned self, unowned daemon] _ in
            do throws(SystemError) {
                while let socket = try UnixSocket.accept(descriptor) { try admit(socket) }
            } catch {
                daemon.log.fault("\(name): \(error)")
                if error.isOutOfDescriptors { turnAway() }
            }
        }
    }

    private func turnAway() {
        reserve = nil
        // A failure means that nobody waits any more, or that the next turn tries again.
        while (try? UnixSocket.accept(descriptor)) != nil {}
        reserve = OpenFiles.reserve()
    }

    /// Takes the socket's name away: nobody new finds the daemon that stops.
    func close() {
        UnixSocket.removePath(path)
    }
}
