import Glibc
import LapseCore
import LapseLinux
import LapsePolicy

/// The shell around the core: it waits for events, hands them to the engine, and carries out the
/// effects.
///
/// What an effect brings back is the next event.
final class Daemon {
    let options: DaemonOptions
    var policy: LoadedPolicy
    /// What was wrong with the last policy that was to be loaded, while an older one is in force.
    var refusedPolicy: String?
    let log: DaemonLog
    let loop: EventLoop
    let lookout: Lookout
    var activity: ActivityWatch { lookout.activity }
    var connections: ConnectionWatch { lookout.connections }
    let files: SessionFiles
    var engine = Engine()
    /// What is held open for each session in the table.
    var holds: [SessionID: SessionHold] = [:]
    /// Sessions that ask to be opened.
    var candidates: [SessionID: Candidate] = [:]
    let lookups: AccountLookups
    var accountChanges: AccountChanges?
    /// Who is still to be looked up in this round.
    var accountsToPoll: Set<Login> = []
    /// Users of whom the log says that they cannot be looked up.
    var unknownAccounts: Set<String> = []
    var quota = QuotaLedger()
    /// The day that `quota` is of, in days since 1970 on the host's clocks.
    var quotaDay: Int64
    let quotaFile: QuotaFile
    var counters = Counters()
    var ended = EndedSessions()
    let started = BootInstant(nanoseconds: BootClock.now())
    /// The watch on the terminals' events, which pauses now and then.
    var listening: EventLoop.Token?
    private let timer: DeadlineTimer
    /// Where terminals may have come.
    var search = TerminalSearch()
    /// The sessions that are locked.
    var locks: [SessionID: StandingLock] = [:]
    /// Tells who has left his place in a lock.
    var lockEvents: Inotify?
    /// Why the last lock that could not be made failed.
    var lastLockFailure = ""
    /// What is left of locks that are gone.
    var leftovers = LockLeftovers()
    /// What terminals have not taken yet.
    var notices = Notices()
    /// The processes of the host, as long as it serves.
    var scan: ProcessScan?
    /// `BootClock.asleep` at the last turn, in nanoseconds.
    private var asleep = BootClock.asleep()
    private var delays = Delays()
    private var pending: [Event] = []
    private var isFeeding = false

    /// Makes a daemon that does nothing yet; `lookUp` is called on any thread and may wait for ever.
    init(
        options: DaemonOptions,
        policy: LoadedPolicy,
        log: DaemonLog,
        lookUp: @escaping @Sendable (String) -> Account = { Accounts.lookUp($0) }
    ) throws(SystemError) {
        self.options = options
        self.policy = policy
        self.log = log
        loop = try EventLoop()
        timer = try DeadlineTimer()
        lookout = try Lookout()
        lookups = try AccountLookups(on: loop, lookUp: lookUp)
        quotaDay = HostCalendar.current.moment(started).civil.day
        quotaFile = QuotaFile(path: options.runDirectory + "/quota")
        files = SessionFiles(directory: options.runDirectory + "/sessions")
    }

    var now: BootInstant { BootInstant(nanoseconds: BootClock.now()) }

    /// Hands an event to the engine and carries out what follows, to the end.
    func feed(_ event: Event) {
        pending.append(event)
        guard !isFeeding else { return }
        isFeeding = true
        defer { isFeeding = false }
        while !pending.isEmpty {
            let next = pending.removeFirst()
            for effect in engine.handle(next, at: now) {
                if let answer = carryOut(effect) { pending.append(answer) }
            }
            if case .evidence(let id, _) = next { keepProgress(of: id) }
        }
    }

    /// Does something once at a moment, or at the earlier one that it already waits for.
    func delay(_ purpose: Delays.Purpose, until moment: BootInstant) {
        delays.add(purpose, at: moment)
    }

    /// Starts the sources and runs until SIGTERM or SIGINT.
    func run() throws(SystemError) {
        let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
        _ = try loop.watch(signals.descriptor, for: .readable) { [unowned self] _ in
            while let signal = signals.next() { take(signal) }
        }
        try watchWorld()
        let reports = try ReportServer(daemon: self)
        let control = try ControlService(daemon: self)
        for (user, used) in quotaFile.load(day: quotaDay, reportingTo: log) {
            quota.restore(used, of: user, at: now)
        }
        // Those that were open are in the table before anybody is told that the daemon is ready.
        try adoptSessions()
        turnCalendar()
        armTimer()
        log.started(options, policy, sessions: engine.sessions.count)
        ServiceManager.notify("READY=1")
        try loop.run()
        ServiceManager.notify("STOPPING=1")
        for id in engine.sessions.keys { keepProgress(of: id) }
        saveQuota()
        reports.close()
        control.close()
        log.stopped(sessions: engine.sessions.count)
    }

    /// Starts to listen to all that the daemon hears of, but for its sockets and signals.
    func watchWorld() throws(SystemError) {
        _ = try loop.watch(timer.descriptor, for: .readable) { [unowned self] _ in
            timer.acknowledge()
            takeTime()
        }
        loop.beforeTurn = { [unowned self] in noteSleep() }
        loop.afterTurn = { [unowned self] in
            scan?.turnEnded()
            armTimer()
        }
        try watchActivity()
        try watchAccounts()
        try watchClock()
    }

    /// Before the keys of a turn are heard: the one that woke the machine may be among them.
    private func noteSleep() {
        let before = asleep
        asleep = BootClock.asleep()
        let slept = Duration.nanoseconds(asleep - before)
        // No idle limit is as short, and the two clocks are not read at once.
        guard slept >= .seconds(1) else { return }
        for id in engine.sessions.keys { feed(.slept(id, slept)) }
    }

    private func take(_ signal: Int32) {
        guard signal == SIGHUP else { return loop.stop() }
        ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(BootClock.monotonicMicroseconds())")
        // What is wrong stands in the log and in the status; the old policy is in force.
        _ = try? reload()
        ServiceManager.notify("READY=1")
    }

    private func takeTime() {
        for purpose in delays.takeDue(at: now) {
            switch purpose {
            case .listenAgain: listenToActivity()
            case .seekTerminals: seekTerminals()
            case .decideCandidates: decideCandidates()
            case .pollAccounts: pollAccounts()
            case .turnCalendar: turnCalendar()
            case .saveQuota: saveQuota()
            case .writeNotices: writeNotices()
            case .guardLocks: guardLocks()
            case .tendLocks: tendLocks()
            case .restoreWindows: restoreWindows()
            }
        }
        if let next = engine.nextDeadline, next <= now { feed(.deadline) }
    }

    func armTimer() {
        let next = [engine.nextDeadline, delays.next].compactMap { $0 }.min()
        do throws(SystemError) {
            try timer.arm(at: next?.nanoseconds)
        } catch {
            log.fault("the timer cannot be armed: \(error)")
        }
    }
}
