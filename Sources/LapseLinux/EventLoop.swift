import CLinux
import Glibc

/// One thread, one epoll(7) set: waits for descriptors and calls their handlers.
///
/// Handlers are found by a token that is never used twice, so an event that was already in the
/// batch when its descriptor was let go (and its number taken by another) reaches nobody.
package final class EventLoop {
    /// What a descriptor is watched for.
    package struct Interest: OptionSet {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Interest(rawValue: EPOLLIN.rawValue)
        package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// What epoll_wait(2) said of a descriptor.
    package struct Readiness {
        package let readable: Bool
        package let writable: Bool
        /// The peer hung up or the descriptor has an error.
        package let hungUp: Bool
    }

    /// A watched descriptor.
    package struct Token: Hashable {
        fileprivate let value: UInt64
        fileprivate let number: Int32
    }

    /// When in a turn a handler runs.
    package enum Order: CaseIterable {
        case first
        /// The death of a leader is told after the reports that it may have sent before it died.
        case second
        /// Whoever asks for information waits behind those who log in; `spareMax` such handlers
        /// run in a turn, the others in the next ones.
        case spare
    }

    private struct Watch {
        let order: Order
        let handler: (Readiness) -> Void
    }

    private static let eventsPerTurnMax = 256
    /// Handlers of order `spare` in one turn: some milliseconds.
    package static let spareMax = 8
    private let epoll: Descriptor
    private var watches: [UInt64: Watch] = [:]
    private var nextValue: UInt64 = 1
    /// Tokens of order `spare` that were ready and had no turn yet, in the order of their coming.
    private var spareQueue: [UInt64] = []
    private var isStopping = false
    /// Called at the beginning of each turn, before any handler.
    package var beforeTurn: () -> Void = {}
    /// Called at the end of each turn: the place to arm timers.
    package var afterTurn: () -> Void = {}

    package init() throws(SystemError) {
        epoll = try Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)), from: "epoll_create1", on: "")
    }

    /// Begins to watch; the caller keeps the descriptor open until `unwatch`.
    package func watch(
        _ descriptor: Descriptor,
        for interest: Interest,
        order: Order = .first,
        handler: @escaping (Readiness) -> Void
    ) throws(SystemError) -> Token {
        let token = Token(value: nextValue, number: descriptor.number)
        nextValue += 1
        try control(EPOLL_CTL_ADD, token, interest)
        watches[token.value] = Watch(order: order, handler: handler)
        return token
    }

    /// Changes what a descriptor is watched for.
    package func change(_ token: Token, to interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, token, interest)
    }

    /// Ends the watch; must come before the descriptor is closed.
    package func unwatch(_ token: Token) {
        watches[token.value] = nil
        // Fails only if the descriptor is closed already, which is what is wanted.
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, token.number, nil)
    }

    /// Runs until `stop` is called from a handler, or for as long as `condition` holds.
    package func run(while condition: () -> Bool = { true }) throws(SystemError) {
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerTurnMax)
        while !isStopping, condition() {
            let count = retrying {
                Int(epoll_wait(epoll.number, &events, Int32(Self.eventsPerTurnMax), -1))
            }
            guard count >= 0 else { throw SystemError("epoll_wait", "") }
            turn(events[..<count])
        }
    }

    package func stop() {
        isStopping = true
    }

    private func turn(_ events: ArraySlice<epoll_event>) {
        beforeTurn()
        for order in Order.allCases {
            for event in order == .spare ? spareTurn(of: events) : events {
                guard let watch = watches[event.data.u64], watch.order == order else { continue }
                watch.handler(
                    Readiness(
                        readable: event.events & EPOLLIN.rawValue != 0,
                        writable: event.events & EPOLLOUT.rawValue != 0,
                        hungUp: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
                    )
                )
            }
        }
        afterTurn()
    }

    /// The events of order `spare` whose turn it is, those that have waited longest first.
    ///
    /// epoll(7) tells of ready descriptors in the same order every time that all of them fit into
    /// one call: without the queue eight busy ones would leave nothing to the others, for ever.
    private func spareTurn(of events: ArraySlice<epoll_event>) -> ArraySlice<epoll_event> {
        spareQueue.removeAll { watches[$0] == nil }
        let queued = Set(spareQueue)
        var ready: [UInt64: epoll_event] = [:]
        for event in events where watches[event.data.u64]?.order == .spare {
            ready[event.data.u64] = event
            if !queued.contains(event.data.u64) { spareQueue.append(event.data.u64) }
        }
        let chosen = spareQueue.filter { ready[$0] != nil }.prefix(Self.spareMax)
        spareQueue.removeAll(where: Set(chosen).contains)
        return chosen.compactMap { ready[$0] }[...]
    }

    private func control(
        _ operation: Int32,
        _ token: Token,
        _ interest: Interest
    ) throws(SystemError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = token.value
        guard epoll_ctl(epoll.number, operation, token.number, &event) == 0 else {
            throw SystemError("epoll_ctl", "descriptor \(token.number)")
        }
    }
}
