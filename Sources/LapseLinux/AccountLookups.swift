import Glibc
import Synchronization

/// Look-ups of users that never keep the event loop waiting.
///
/// 1. MUST return at once from `look(up:then:)`, whatever the directory server does.
/// 2. MUST NOT let one user's look-up that hangs occupy more than one worker.
/// 3. MUST answer each request exactly once, on the loop's thread, from a look-up that began after
///    the request.
///
/// Workers are threads that live while there is something to look up and no longer. One that hangs
/// in a module cannot be ended from outside: it stays until its server answers.
package final class AccountLookups {
    /// Look-ups at one time.
    ///
    /// Look-ups of a directory take milliseconds: four do hundreds a second.
    package static let workersMax = 4
    /// Users whose look-up waits for a worker.
    package static let usersWaitingMax = 1024
    /// Requests for one user that wait for the same look-up.
    ///
    /// Each session of a user asks once at its login and once a poll.
    package static let requestsPerUserMax = 1024

    /// Called on the loop's thread when a request was turned away, once until all is answered
    /// again.
    package var whenOverloaded: () -> Void = {}

    private typealias Request = (Account) -> Void

    /// The requests for one user.
    private struct Asked {
        /// Answered by the look-up that is under way or waits for a worker.
        var now: [Request] = []
        /// Came while it was under way: what it brings may be older than they are.
        var later: [Request] = []
    }

    private let loop: EventLoop
    private let desk: Desk
    private var token: EventLoop.Token?
    private var asked: [String: Asked] = [:]
    private var isOverloaded = false

    /// Makes the desk; no thread is started before the first request.
    ///
    /// `lookUp` is called on any thread, several at a time, and may wait for ever.
    package init(
        on loop: EventLoop,
        lookUp: @escaping @Sendable (String) -> Account = { Accounts.lookUp($0) }
    ) throws(SystemError) {
        self.loop = loop
        desk = Desk(lookUp: lookUp, wakeup: try Wakeup())
        token = try loop.watch(desk.wakeup.descriptor, for: .readable) { [unowned self] _ in
            deliver()
        }
    }

    deinit {
        if let token { loop.unwatch(token) }
        desk.clear()
    }

    /// Looks a user up and calls back in a later turn of the loop; at once with
    /// `AccountFailure.busy` where there is no room to wait.
    package func look(up user: String, then: @escaping (Account) -> Void) {
        if var known = asked[user] {
            guard known.now.count + known.later.count < Self.requestsPerUserMax else {
                return turnAway(then)
            }
            if desk.isWaiting(user) { known.now.append(then) } else { known.later.append(then) }
            asked[user] = known
            return
        }
        guard desk.put(user) else { return turnAway(then) }
        asked[user] = Asked(now: [then])
    }

    private func turnAway(_ request: Request) {
        if !isOverloaded {
            isOverloaded = true
            whenOverloaded()
        }
        request(.failed(.busy))
    }

    private func deliver() {
        desk.wakeup.acknowledge()
        for (user, account) in desk.takeDone() {
            guard let answered = asked.removeValue(forKey: user) else { continue }
            if !answered.later.isEmpty {
                if desk.put(user) {
                    asked[user] = Asked(now: answered.later)
                } else {
                    answered.later.forEach { turnAway($0) }
                }
            }
            for request in answered.now { request(account) }
        }
        if asked.isEmpty { isOverloaded = false }
    }
}

/// What the loop and the workers share.
private final class Desk: Sendable {
    private struct State {
        var waiting: [String] = []
        var done: [(user: String, account: Account)] = []
        var workers = 0
    }

    let wakeup: Wakeup
    private let lookUp: @Sendable (String) -> Account
    private let state = Mutex(State())

    init(lookUp: @escaping @Sendable (String) -> Account, wakeup: Wakeup) {
        self.lookUp = lookUp
        self.wakeup = wakeup
    }

    /// Puts a user in the queue, with a new worker where there may be one; false if it is full, or
    /// if there is no worker and none can be made.
    func put(_ user: String) -> Bool {
        state.withLock { state in
            guard state.waiting.count < AccountLookups.usersWaitingMax else { return false }
            state.waiting.append(user)
            guard state.workers < AccountLookups.workersMax else { return true }
            if startWorker() {
                state.workers += 1
            } else if state.workers == 0 {
                state.waiting.removeLast()
                return false
            }
            return true
        }
    }

    /// Whether no worker has begun with this user yet.
    func isWaiting(_ user: String) -> Bool {
        state.withLock { $0.waiting.contains(user) }
    }

    func takeDone() -> [(user: String, account: Account)] {
        state.withLock { state in
            defer { state.done = [] }
            return state.done
        }
    }

    func clear() {
        state.withLock { $0.waiting = [] }
    }

    /// Starts a thread that takes no signal: those are the loop's.
    private func startWorker() -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var all = sigset_t()
        var former = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        var thread = pthread_t()
        // SAFETY: the reference that is passed here is taken over by the thread; if there is none,
        // it is given back below.
        let context = Unmanaged.passRetained(self)
        let outcome = pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Desk>.fromOpaque(context).takeRetainedValue().work()
                return nil
            },
            context.toOpaque()
        )
        if outcome != 0 { context.release() }
        return outcome == 0
    }

    /// Takes users from the queue until it is empty.
    private func work() {
        while true {
            let user: String? = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.workers -= 1
                return nil
            }
            guard let user else { return }
            let account = lookUp(user)
            state.withLock { $0.done.append((user, account)) }
            wakeup.ring()
        }
    }
}
