import LapseCore
import LapseLinux
import LapseLockWire

/// A lapse-lock process and the socket to it.
///
/// It keeps itself until the process has ended and was waited for.
final class Locker {
    /// What comes from it.
    enum News {
        case said(LockMessage)
        /// It is gone, and nothing more comes.
        case ended
    }

    private let child: ChildProcess
    private let loop: EventLoop
    private var tokens: [EventLoop.Token] = []
    private var take: ((News) -> Void)?
    var pid: Int32 { child.pid }

    init(
        _ program: String,
        on loop: EventLoop,
        take: @escaping (News) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.take = take
        child = try ChildProcess(program)
        do throws(SystemError) {
            tokens.append(
                try loop.watch(child.socket, for: .readable) { [self] _ in listen() }
            )
            tokens.append(
                try loop.watch(child.handle.descriptor, for: .readable) { [self] _ in end() }
            )
        } catch {
            child.kill()
            throw error
        }
    }

    /// False if it does not listen any more.
    @discardableResult
    func say(_ message: LockMessage, with terminal: TerminalHold? = nil) -> Bool {
        guard let packet = message.encode() else { return false }
        return child.send(packet, with: terminal?.descriptor)
    }

    /// Ends it, and hears nothing of it any more.
    func kill() {
        take = nil
        child.kill()
    }

    private func listen() {
        do throws(SystemError) {
            guard let packet = try UnixSocket.receive(from: child.socket, max: LockMessage.bytesMax)
            else { return }
            if let message = LockMessage.decode(packet) { take?(.said(message)) } else { giveUp() }
        } catch {
            giveUp()
        }
    }

    /// A locker that says nothing sensible any more is as good as dead.
    private func giveUp() {
        if let token = tokens.first { loop.unwatch(token) }
        child.kill()
    }

    private func end() {
        guard child.reap() != nil else { return }
        for token in tokens { loop.unwatch(token) }
        tokens = []
        let last = take
        take = nil
        last?(.ended)
    }
}
