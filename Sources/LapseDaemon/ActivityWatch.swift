import LapseCore
import LapseLinux
import LapsePolicy

/// The terminals of all sessions and when each was last read from.
///
/// Terminals are found when they are needed: sshd opens the PAM session before any pty exists. A
/// new name in /dev/pts is the hint to look.
final class ActivityWatch {
    /// A session whose terminals are watched.
    struct Followed {
        let facts: SessionFacts
        let wallAtOpening: WallOffset
        /// When its terminals were last sought.
        var soughtAt: BootInstant?
        /// What is in the way of finding them.
        var obstacle: String?
        /// The last input on those that are gone: where a rhythm on another takes back what was
        /// counted, a hand on these stays one.
        var goneInput: BootInstant?

        mutating func keepInput(_ last: BootInstant) {
            goneInput = goneInput.map { max($0, last) } ?? last
        }
    }

    /// A terminal of one session.
    struct Place: Hashable {
        let session: SessionID
        let device: UInt64
    }

    /// Terminals whose reads through /dev/tty are followed one by one, so that their rhythm is
    /// seen: each costs one stat(2) at each such read on the host, ten a second at most.
    static let followedMax = 256
    /// So long after a new name in /dev/pts looks at sessions seek their terminals anew: sshd gives
    /// the pty to its user and a process to the pty within milliseconds, on a busy host later.
    private static let settlingTime: Duration = .seconds(60)
    static let pseudoTerminals = "/dev/pts"

    let inotify: Inotify
    let sharedWatch: Inotify.Watch?
    private let namesWatch: Inotify.Watch?
    /// Whether this kernel shows reads through /dev/tty on the terminal behind it.
    let readsAreStamped: Bool
    var sharedReads = SharedReads()
    /// Terminals that are root's for the time of a lock.
    var locked: Set<UInt64> = []
    /// A read that is told now happened after this moment.
    var lastListened = BootInstant(nanoseconds: BootClock.now())
    /// When a name last came in /dev/pts, or may have.
    var newestNode: BootInstant?
    var followed: [SessionID: Followed] = [:]
    private var sessionsByUser: [UserID: Set<SessionID>] = [:]
    var terminals: [SessionID: [UInt64: WatchedTerminal]] = [:]
    var readers: [Inotify.Watch: Set<SessionID>] = [:]
    /// Terminals that are read through /dev/tty.
    var sharedReaders: Set<Place> = []
    /// Terminals of which something was told that is not judged yet.
    var openPlaces: Set<Place> = []
    /// Sessions of which something suspicious was heard, to be looked at without delay.
    var suspected: Set<SessionID> = []
    /// What cannot be measured as it should be, told once by the daemon.
    var faults: [String] = []

    /// Begins to listen; `sharedNode` is what each process reads its own terminal through.
    init(sharedNode: String = "/dev/tty") throws(SystemError) {
        // Before there is a watch that would tell of it.
        do throws(SystemError) {
            readsAreStamped = try ControllingTerminal.readsAreStamped()
        } catch {
            readsAreStamped = false
            faults.append("\(error); taken for a kernel that does not show reads through /dev/tty")
        }
        inotify = try Inotify()
        // Without them the coarse witness decides, on the late side: nobody is ended early.
        sharedWatch = try? inotify.watchReads(of: sharedNode)
        namesWatch = try? inotify.watchNames(in: Self.pseudoTerminals)
    }

    /// Takes a session in, opened when the wall clock was `wallAtOpening`; the first `look` finds
    /// its terminals.
    func add(_ session: SessionFacts, wallAtOpening: WallOffset) {
        followed[session.id] = Followed(facts: session, wallAtOpening: wallAtOpening)
        sessionsByUser[session.uid, default: []].insert(session.id)
    }

    func remove(_ id: SessionID) {
        suspected.remove(id)
        for watched in (terminals.removeValue(forKey: id) ?? [:]).values { release(watched, id) }
        guard let session = followed.removeValue(forKey: id)?.facts else { return }
        sessionsByUser[session.uid]?.remove(id)
        if sessionsByUser[session.uid]?.isEmpty == true { sessionsByUser[session.uid] = nil }
    }

    /// The session's terminals as last found, in the order of their names.
    func terminals(of id: SessionID) -> [WatchedTerminal] {
        (terminals[id] ?? [:]).values.sorted { $0.terminal.path < $1.terminal.path }
    }

    func sessions(of user: UserID) -> Set<SessionID> {
        sessionsByUser[user] ?? []
    }

    /// The moment at which what was read since `now` stands: work in between takes time, and what
    /// happened in that time must not count as of before it.
    func after(_ now: BootInstant) -> BootInstant {
        max(now, BootInstant(nanoseconds: BootClock.now()))
    }

    /// Takes the sessions of which something suspicious was heard since the last time.
    func takeSuspected() -> Set<SessionID> {
        defer { suspected = [] }
        return suspected
    }

    /// Takes the faults that were not told yet.
    func takeFaults() -> [String] {
        defer { faults = [] }
        return faults
    }
}

// MARK: - The look

extension ActivityWatch {
    /// Reads what the terminals of a session tell now.
    func look(at id: SessionID, now: BootInstant) -> TerminalReading {
        if mustSeekTerminals(of: id, at: now) { findTerminals(of: id, at: now) }
        var (reading, hasLost) = read(id, at: now)
        if hasLost {
            findTerminals(of: id, at: now)
            let suspicions = reading.suspicions
            (reading, hasLost) = read(id, at: now)
            reading.suspicions = suspicions + reading.suspicions
        }
        if reading.input == nil {
            let obstacle = hasLost ? "a terminal comes and goes" : followed[id]?.obstacle
            reading.unmeasurable = obstacle.map { .unreadable($0) } ?? .noTerminal
        }
        return reading
    }

    /// Whether terminals may have come since they were last sought.
    ///
    /// `TerminalSearch` finds what comes within seconds. For a host that is slower they are sought
    /// again each time that twice as long has passed, which costs few looks more.
    private func mustSeekTerminals(of id: SessionID, at now: BootInstant) -> Bool {
        guard namesWatch != nil, let session = followed[id], let sought = session.soughtAt
        else { return true }
        // A node that was there before may be given to the user: by login(1), or once more. sshd
        // makes a new one.
        let mayBeOld = session.facts.tty != Subject.sshTerminal || session.goneInput != nil
        let isMissing = mayBeOld && terminals[id]?.isEmpty != false
        guard !isMissing, session.obstacle == nil else { return true }
        guard let newestNode else { return false }
        let settled = sought.since(newestNode)
        return settled < Self.settlingTime && now.since(newestNode) >= settled * 2
    }

    private func read(
        _ id: SessionID,
        at now: BootInstant
    ) -> (reading: TerminalReading, hasLost: Bool) {
        var reading = TerminalReading()
        reading.readsAreStamped = readsAreStamped
        reading.lastSharedRead = sharedReads.latest
        guard let session = followed[id]?.facts else { return (reading, false) }
        let wall = WallOffset.current
        var hasLost = false
        var isRhythmKnown = false
        for device in (terminals[id] ?? [:]).keys {
            guard let stat = terminals[id]?[device]?.stat(),
                stat.status.owner == session.uid.value || locked.contains(device)
            else {
                hasLost = true
                continue
            }
            terminals[id]?[device]?.examine(stat, shared: sharedReads, at: now, wall: wall)
            terminals[id]?[device]?.countWaiting(at: now)
            terminals[id]?[device]?.tell(&reading, stat, at: now, wall: wall)
            guard let input = terminals[id]?[device]?.input else { continue }
            isRhythmKnown = isRhythmKnown || input.rhythm.known != nil
            follow(Place(session: id, device: device), input.isShared)
        }
        reading.goneInput = followed[id]?.goneInput
        if let input = reading.input, let gone = reading.goneInput {
            reading.input = max(input, gone)
        }
        if isRhythmKnown { reading.noInputSince = reading.input }
        return (reading, hasLost)
    }

    private func follow(_ place: Place, _ isShared: Bool) {
        if !isShared {
            sharedReaders.remove(place)
        } else if sharedReaders.count < Self.followedMax {
            sharedReaders.insert(place)
        }
    }
}
