import CStage
import Glibc
import Synchronization

/// One thread that waits on all descriptors of a stage, so that what happens there is stamped with
/// the time at which it happened, however busy the test's own tasks are.
final class StageLoop: Sendable {
    /// What a handler wants after an event.
    enum Verdict {
        /// Be called again.
        case keep
        /// Be forgotten; the descriptor is closed when nobody else holds it.
        case done
    }

    /// Runs on the loop's thread; it must not block.
    typealias Handler = @Sendable () -> Verdict

    /// The key of the eventfd that ends the loop; descriptors get keys from 1.
    private static let endKey: UInt64 = 0

    private struct Entry {
        let descriptor: Descriptor
        let handler: Handler
    }

    private struct State {
        var nextKey: UInt64 = 1
        var entries: [UInt64: Entry] = [:]
    }

    private let epoll: Descriptor
    private let end: Descriptor
    private let state = Mutex(State())

    init() throws(StageError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        epoll = try Descriptor(number, from: "epoll_create1", on: "loop")
        end = try Descriptor(eventfd(0, Int32(EFD_CLOEXEC)), from: "eventfd", on: "loop")
        try control(EPOLL_CTL_ADD, end, EPOLLIN.rawValue, Self.endKey)
        try startThread()
    }

    /// Calls a handler whenever a descriptor is ready, until the handler says that it is done.
    ///
    /// Ready means readable, or with `urgent` EPOLLPRI.
    func watch(
        _ descriptor: Descriptor,
        urgent: Bool = false,
        handler: @escaping Handler
    ) throws(StageError) {
        let key = state.withLock { state in
            defer { state.nextKey += 1 }
            state.entries[state.nextKey] = Entry(descriptor: descriptor, handler: handler)
            return state.nextKey
        }
        try control(EPOLL_CTL_ADD, descriptor, (urgent ? EPOLLPRI : EPOLLIN).rawValue, key)
    }

    /// Ends the thread and lets go of every descriptor.
    func stop() {
        var one: UInt64 = 1
        // SAFETY: an eventfd takes exactly the eight bytes of the integer.
        _ = withUnsafeBytes(of: &one) { write(end.number, $0.baseAddress, $0.count) }
    }

    private func startThread() throws(StageError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        // SAFETY: the thread takes over the retained reference and releases it when it ends.
        let result = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<StageLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard result == 0 else {
            context.release()
            throw .system(call: "pthread_create", object: "loop", errno: result)
        }
        pthread_detach(thread)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            // SAFETY: the array holds as many events as are asked for.
            let count = events.withUnsafeMutableBufferPointer {
                epoll_wait(epoll.number, $0.baseAddress, Int32($0.count), -1)
            }
            for event in events.prefix(Int(max(count, 0))) {
                let key = event.data.u64
                guard key != Self.endKey else { return forgetAll() }
                guard let entry = state.withLock({ $0.entries[key] }) else { continue }
                guard case .done = entry.handler() else { continue }
                forget(key, entry.descriptor)
            }
        }
    }

    private func forget(_ key: UInt64, _ descriptor: Descriptor) {
        epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor.number, nil)
        // The entry is released outside the lock, because its handler may own anything.
        let entry = state.withLock { $0.entries.removeValue(forKey: key) }
        withExtendedLifetime(entry) {}
    }

    private func forgetAll() {
        let entries = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries
        }
        withExtendedLifetime(entries) {}
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Descriptor,
        _ events: UInt32,
        _ key: UInt64
    ) throws(StageError) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = key
        let result = epoll_ctl(epoll.number, operation, descriptor.number, &event)
        try check(result, "epoll_ctl", "loop")
    }
}
