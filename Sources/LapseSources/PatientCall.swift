import Glibc
import Synchronization

/// Something that may wait for ever, asked for as long as one is ready to wait.
///
/// A look-up in a directory cannot be cut off from outside: its thread stays until the server
/// answers. For a command that is no matter, since it ends soon.
enum PatientCall {
    /// Calls the body on a thread of its own.
    ///
    /// - Parameters:
    ///   - limit: How long to wait; nothing is started where it is not above zero.
    ///   - body: Called once, or not at all where the system has no thread to give.
    /// - Returns: What it returned; nil if it has not yet.
    static func value<Value: Sendable>(
        within limit: Duration,
        of body: @escaping @Sendable () -> Value
    ) -> Value? {
        guard limit > .zero else { return nil }
        var ends: [Int32] = [-1, -1]
        // Not O_CLOEXEC, which needs pipe2 that the Glibc module hides: a command runs no program.
        guard pipe(&ends) == 0 else { return nil }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        let box = Box<Value>()
        let errand = Errand {
            let value = body()
            box.value.withLock { $0 = value }
            // The other end is told by the hang-up.
            close(writing)
        }
        guard errand.start() else {
            close(writing)
            return nil
        }
        wait(for: reading, within: limit)
        return box.value.withLock(\.self)
    }

    private static func wait(for descriptor: Int32, within limit: Duration) {
        let deadline = ContinuousClock.now + limit
        while true {
            let (seconds, attoseconds) = (deadline - ContinuousClock.now).components
            // Rounded up: a wait of less than a millisecond is none.
            let rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1
            guard rest > 0 else { return }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&entry, 1, Int32(min(rest, Int64(Int32.max))))
            if count >= 0 || errno != EINTR { return }
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private final class Errand: Sendable {
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }

        /// False if there is no thread.
        func start() -> Bool {
            var thread = pthread_t()
            let box = Unmanaged.passRetained(self)
            // SAFETY: the errand is retained here, and released by the thread, which alone uses it.
            let status = pthread_create(
                &thread,
                nil,
                { argument in
                    guard let argument else { return nil }
                    // SAFETY: pthread_create hands over what was retained for it.
                    Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                },
                box.toOpaque()
            )
            guard status == 0 else {
                box.release()
                return false
            }
            pthread_detach(thread)
            return true
        }
    }
}
