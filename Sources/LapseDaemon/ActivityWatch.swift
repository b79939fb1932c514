import LapseCore
import LapseLinux

/// The terminals of all sessions and when each was last read from.
///
/// Terminals are found from the leader's process tree when they are needed: sshd opens the PAM
/// session before any pty exists. A new name in /dev/pts is the hint to look.
final class ActivityWatch {
    /// One terminal of a session.
    struct Watched {
        let terminal: Terminal
        fileprivate let watch: Inotify.Watch?
        fileprivate var clock: InputClock
        /// Whether inotify tells each read of its node.
        var isWatchedExactly: Bool { watch != nil }
        var lastInput: BootInstant { clock.lastInput }
    }

    /// A session whose terminals are watched.
    private struct Followed {
        let facts: SessionFacts
        let wallAtOpening: WallOffset
    }

    private static let controllingTerminal = "/dev/tty"
    private static let pseudoTerminals = "/dev/pts"
    let inotify: Inotify
    private let sharedWatch: Inotify.Watch?
    private let namesWatch: Inotify.Watch?
    private var sharedReads = SharedReads()
    /// A read that is told now happened after this moment.
    private var lastListened = BootInstant(nanoseconds: BootClock.now())
    private var followed: [SessionID: Followed] = [:]
    private var sessionsByUser: [UserID: Set<SessionID>] = [:]
    private var terminals: [SessionID: [UInt64: Watched]] = [:]
    private var readers: [Inotify.Watch: Set<SessionID>] = [:]
    /// What could not be watched exactly, told once by the daemon.
    private(set) var faults: [SystemError] = []

    init() throws(SystemError) {
        inotify = try Inotify()
        // Without them the coarse witness decides, on the late side: nobody is ended early.
        sharedWatch = try? inotify.watchReads(of: Self.controllingTerminal)
        namesWatch = try? inotify.watchNames(in: Self.pseudoTerminals)
    }

    /// Takes a session in, opened when the wall clock was `wallAtOpening`; the first `look` finds
    /// its terminals.
    func add(_ session: SessionFacts, wallAtOpening: WallOffset) {
        followed[session.id] = Followed(facts: session, wallAtOpening: wallAtOpening)
        sessionsByUser[session.uid, default: []].insert(session.id)
    }

    func remove(_ id: SessionID) {
        for watched in (terminals.removeValue(forKey: id) ?? [:]).values { release(watched, id) }
        guard let session = followed.removeValue(forKey: id)?.facts else { return }
        sessionsByUser[session.uid]?.remove(id)
        if sessionsByUser[session.uid]?.isEmpty == true { sessionsByUser[session.uid] = nil }
    }

    /// The session's terminals as last found, in the order of their names.
    func terminals(of id: SessionID) -> [Watched] {
        (terminals[id] ?? [:]).values.sorted { $0.terminal.path < $1.terminal.path }
    }

    func sessions(of user: UserID) -> Set<SessionID> {
        sessionsByUser[user] ?? []
    }

    /// Reads the evidence of a session now, after a fresh look for its terminals.
    func look(at id: SessionID, now: BootInstant) -> Evidence {
        findTerminals(of: id, at: now)
        let wall = WallOffset.current
        var last: BootInstant?
        var unreadable: String?
        for (device, watched) in terminals[id] ?? [:] {
            guard let status = watched.terminal.status() else {
                unreadable = "\(watched.terminal.path) is gone"
                continue
            }
            let stamp = WallSecond(seconds: status.readSeconds)
            let clock = updated(watched, stamp: stamp, wall: wall, now: now)
            terminals[id]?[device]?.clock = clock
            last = max(last ?? clock.lastInput, clock.lastInput)
        }
        if let last { return .measured(lastInput: last) }
        return .unmeasurable(unreadable.map { .unreadable($0) } ?? .noTerminal)
    }

    private func updated(
        _ watched: Watched,
        stamp: WallSecond,
        wall: WallOffset,
        now: BootInstant
    ) -> InputClock {
        var clock = watched.clock
        if watched.watch == nil {
            clock.witnessLost(stamp: stamp, wall: wall, now: now)
        } else {
            clock.look(stamp: stamp, wall: wall, shared: sharedReads, now: now)
        }
        return clock
    }
}

// MARK: - What inotify tells

extension ActivityWatch {
    /// What the waiting events mean.
    struct News {
        /// Sessions whose terminals were read from.
        var active: Set<SessionID> = []
        /// Some terminal was read from, or /dev/tty was.
        var wasRead = false
        /// Nodes of new ptys; whose they are shows a moment later.
        var newNodes: [String] = []
    }

    /// Takes all waiting events; each read counts as of `now`, which is never too early.
    func takeEvents(at now: BootInstant) -> News {
        var news = News()
        defer { lastListened = now }
        for event in inotify.events() {
            switch event {
            case .read(sharedWatch):
                news.wasRead = true
                let wall = WallOffset.current
                sharedReads.note(since: lastListened, at: now, wall: wall)
            case .read(let watch):
                news.wasRead = true
                for id in readers[watch] ?? [] {
                    noteRead(watch, of: id, at: now)
                    news.active.insert(id)
                }
            case .created(_, let name):
                news.newNodes.append(Self.pseudoTerminals + "/" + name)
            case .written:
                break
            case .gone(let watch):
                forget(watch)
            case .overflowed:
                distrustAll(at: now)
            }
        }
        return news
    }

    private func noteRead(_ watch: Inotify.Watch, of id: SessionID, at now: BootInstant) {
        let wall = WallOffset.current
        for (device, watched) in terminals[id] ?? [:] where watched.watch == watch {
            terminals[id]?[device]?.clock.read(at: now, wall: wall)
        }
    }

    private func forget(_ watch: Inotify.Watch) {
        for id in readers.removeValue(forKey: watch) ?? [] {
            terminals[id] = terminals[id]?.filter { $0.value.watch != watch }
        }
    }

    private func distrustAll(at now: BootInstant) {
        let wall = WallOffset.current
        for (id, watchedTerminals) in terminals {
            for (device, watched) in watchedTerminals {
                guard let status = watched.terminal.status() else { continue }
                let stamp = WallSecond(seconds: status.readSeconds)
                terminals[id]?[device]?.clock.witnessLost(stamp: stamp, wall: wall, now: now)
            }
        }
    }
}

// MARK: - Which terminals

extension ActivityWatch {
    /// Looks for terminals that the session has gained or lost; true if it has gained one.
    @discardableResult
    func findTerminals(of id: SessionID, at now: BootInstant) -> Bool {
        guard let session = followed[id] else { return false }
        let found = SessionTerminals.find(for: session.facts)
        let known = terminals[id] ?? [:]
        for (device, watched) in known where !found.contains(watched.terminal) {
            terminals[id]?[device] = nil
            release(watched, id)
        }
        var gained = false
        for terminal in found where known[terminal.device]?.terminal != terminal {
            gained = watch(terminal, for: session, at: now) || gained
        }
        return gained
    }

    private func watch(
        _ terminal: Terminal,
        for session: Followed,
        at now: BootInstant
    ) -> Bool {
        let id = session.facts.id
        let watch: Inotify.Watch?
        do throws(SystemError) {
            watch = try inotify.watchReads(of: terminal.path)
        } catch {
            watch = nil
            faults.append(error)
        }
        // The stamp is read after the exact witness stands: nothing falls between the two.
        guard let status = terminal.status() else { return false }
        let clock = InputClock(
            stamp: WallSecond(seconds: status.readSeconds),
            wall: WallOffset.current,
            wallAtOpening: session.wallAtOpening,
            now: now
        )
        if let watch { readers[watch, default: []].insert(id) }
        terminals[id, default: [:]][terminal.device] = Watched(
            terminal: terminal,
            watch: watch,
            clock: clock
        )
        return true
    }

    private func release(_ watched: Watched, _ id: SessionID) {
        guard let watch = watched.watch else { return }
        readers[watch]?.remove(id)
        guard readers[watch]?.isEmpty == true else { return }
        readers[watch] = nil
        inotify.remove(watch)
    }

    /// Takes the faults that were not told yet.
    func takeFaults() -> [SystemError] {
        defer { faults = [] }
        return faults
    }
}
