import Glibc
import LapseCore
import LapseLinux
import LapseLockWire

/// A lapse-lock process and the socket to it.
///
/// The service manager starts it where it serves a socket for that, outside the daemon's sandbox;
/// else it is a child. It keeps itself until the process has ended and, a child, was waited for.
final class Locker {
    /// What comes from it.
    enum News {
        case said(LockMessage)
        /// It is gone, and nothing more comes.
        case ended
    }

    private enum Process {
        case child(ChildProcess)
        case served(ServedProcess)
    }

    /// How long the service manager may take to start one.
    static let startsWithin: Duration = .seconds(3)

    private let process: Process
    private let loop: EventLoop
    private var ear: EventLoop.Token?
    private var eye: EventLoop.Token?
    private var take: ((News) -> Void)?
    /// What is said to one that is still being started.
    private var waiting: [(packet: [UInt8], terminal: TerminalHold?)] = []

    /// Has `program`, lapse-lock, started by who serves `socket`; as a child if nobody does.
    init(
        _ program: String,
        servedAt socket: String?,
        on loop: EventLoop,
        take: @escaping (News) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.take = take
        // Any failure there leaves the other way.
        if let socket, let served = try? ServedProcess(at: socket, running: program) {
            process = .served(served)
            ear = try loop.watch(served.socket, for: .readable) { [self] _ in listen() }
            return
        }
        let child = try ChildProcess(program)
        process = .child(child)
        do throws(SystemError) {
            ear = try loop.watch(child.socket, for: .readable) { [self] _ in listen() }
            eye = try loop.watch(child.handle.descriptor, for: .readable) { [self] _ in end() }
        } catch {
            child.kill()
            throw error
        }
    }

    private var handle: ProcessHandle? {
        switch process {
        case .child(let child): child.handle
        case .served(let served): served.handle
        }
    }

    /// Nil while it is being started.
    var pid: Int32? { handle?.pid }

    /// The service manager was asked for it and has not started it.
    var isAwaited: Bool { handle == nil }

    /// False if it does not listen any more.
    @discardableResult
    func say(_ message: LockMessage, with terminal: TerminalHold? = nil) -> Bool {
        guard let packet = message.encode() else { return false }
        guard !isAwaited else {
            // Before it is known who that is, it gets no terminal: it would not be told from a
            // reader that has to stand still.
            waiting.append((packet, terminal))
            return true
        }
        return send(packet, with: terminal)
    }

    private func send(_ packet: [UInt8], with terminal: TerminalHold?) -> Bool {
        switch process {
        case .child(let child): child.send(packet, with: terminal?.descriptor)
        case .served(let served): served.send(packet, with: terminal?.descriptor)
        }
    }

    /// Ends it, and hears nothing of it any more.
    func kill() {
        take = nil
        endProcess()
    }

    /// `end` follows.
    private func endProcess() {
        // One that is not there yet finds its socket closed and ends by itself.
        guard let handle else { return end() }
        // It is gone if this fails.
        _ = try? handle.send(SIGKILL)
    }

    private func listen() {
        do throws(SystemError) {
            guard let packet = try receive() else { return }
            guard let message = LockMessage.decode(packet) else { return giveUp() }
            if eye == nil { try greet() }
            if message != .here { take?(.said(message)) }
        } catch {
            giveUp()
        }
    }

    private func receive() throws(SystemError) -> [UInt8]? {
        switch process {
        case .child(let child):
            try UnixSocket.receive(from: child.socket, max: LockMessage.bytesMax)
        case .served(let served): try served.receive(max: LockMessage.bytesMax)
        }
    }

    /// The service manager has started it.
    private func greet() throws(SystemError) {
        guard let handle else { return }
        eye = try loop.watch(handle.descriptor, for: .readable) { [self] _ in end() }
        let orders = waiting
        waiting = []
        // One that does not listen has ended, or will be told by its silence.
        for order in orders { _ = send(order.packet, with: order.terminal) }
    }

    /// A locker that says nothing sensible any more is as good as dead.
    private func giveUp() {
        if let ear { loop.unwatch(ear) }
        ear = nil
        endProcess()
    }

    private func end() {
        if case .child(let child) = process, child.reap() == nil { return }
        for token in [ear, eye] { if let token { loop.unwatch(token) } }
        (ear, eye) = (nil, nil)
        let last = take
        take = nil
        last?(.ended)
    }
}
