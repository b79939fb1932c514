import FoundationEssentials
import LapseCore
import LapseLinux
import LapseLockWire

/// A lock as it lies on disk, written before anything is changed: the next daemon takes it up.
struct SavedLock: Codable {
    private let kind: String
    private let limitNanoseconds: Int64?
    private let by: UInt32?
    private let why: String?
    private let sinceNanoseconds: Int64
    private let failedTries: Int
    let terminals: [SavedTerminal]
    let still: StillProcesses
    let stoppedGroups: [Int32]

    init(_ standing: StandingLock, failedTries: Int) {
        kind = standing.reason.kind.rawValue
        switch standing.reason {
        case .idle(let limit), .lifetime(let limit):
            (limitNanoseconds, by, why) = (limit.wholeNanoseconds, nil, nil)
        case .request(let user, let reason):
            (limitNanoseconds, by, why) = (nil, user.value, reason)
        }
        sinceNanoseconds = standing.since.nanoseconds
        self.failedTries = failedTries
        terminals = standing.inOrder.filter { !$0.isBack }.map(SavedTerminal.init)
        still = standing.still
        stoppedGroups = standing.stoppedGroups.sorted()
    }

    private var reason: LockReason? {
        let limit = Duration.nanoseconds(limitNanoseconds ?? 0)
        switch LockReason.Kind(rawValue: kind) {
        case .idle: return .idle(limit: limit)
        case .lifetime: return .lifetime(limit: limit)
        case .request: return .request(by: UserID(value: by ?? 0), why: why ?? "")
        case nil: return nil
        }
    }

    /// What the engine has to know of it.
    var lock: Lock {
        Lock(
            reason: reason ?? .request(by: UserID(value: 0), why: ""),
            since: BootInstant(nanoseconds: sinceNanoseconds),
            failedTries: failedTries
        )
    }

    /// Whether the values can be those of a lock, beyond having the right types.
    func isSound(at now: BootInstant) -> Bool {
        reason != nil && sinceNanoseconds >= 0 && sinceNanoseconds <= now.nanoseconds
            && failedTries >= 0 && terminals.allSatisfy(\.isSound)
    }
}

/// A locked terminal as it lies on disk.
struct SavedTerminal: Codable {
    private let path: String
    private let device: UInt64
    private let state: TerminalHold.State
    private let screen: Data?
    private let isScreenAway: Bool
    /// Whether the application had the alternate screen; nil where nobody knows.
    private let wasAlternate: Bool?

    init(_ locked: LockedTerminal) {
        path = locked.hold.terminal.path
        device = locked.hold.terminal.device
        state = locked.state
        screen = locked.screen.map { Data($0.bytes) }
        isScreenAway = locked.isScreenAway
        wasAlternate =
            switch locked.application {
            case .unknown: nil
            case .main: false
            case .alternate: true
            }
    }

    fileprivate var isSound: Bool { state.settings.isSound }

    /// Throws if that terminal is gone.
    func taken() throws(SystemError) -> LockedTerminal {
        guard let terminal = Terminal(path: path), terminal.device == device else {
            throw SystemError("open", path, code: 2)
        }
        let locked = LockedTerminal(
            try TerminalHold(terminal),
            state: state,
            screen: screen.map { VirtualScreen(bytes: Array($0)) }
        )
        // A locker that died before it was heard of has perhaps switched it: the second time the
        // screen is only drawn anew.
        locked.isScreenAway = isScreenAway
        if let wasAlternate { locked.application = wasAlternate ? .alternate : .main }
        return locked
    }
}
