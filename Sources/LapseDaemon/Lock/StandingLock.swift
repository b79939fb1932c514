import LapseCore
import LapseLinux
import LapseLockWire

/// A session that is locked: its terminals, each with its locker, and what stands still.
final class StandingLock {
    let session: SessionID
    let reason: LockReason
    let since: BootInstant
    var terminals: [UInt64: LockedTerminal] = [:]
    var still: StillProcesses
    /// On those that stand still, by pid.
    var watches: [Int32: Inotify.Watch] = [:]
    /// How often somebody has moved them elsewhere.
    var moves = 0
    /// When the log told last that somebody had moved them.
    var toldOfMoves: BootInstant?
    /// Process groups that had been stopped before the lock, and stay so.
    var stoppedGroups: Set<Int32> = []
    var phase = Phase.standing
    /// When somebody proved who he is, or root gave the order.
    var lifted: BootInstant?

    /// Where it stands.
    enum Phase {
        case standing
        /// It is lifted: the lockers put the screens back, until this moment at the latest.
        case leaving(until: BootInstant)
        /// The session is being ended; the lockers swallow what is typed until it is over.
        case closing
    }

    init(_ session: SessionID, _ reason: LockReason, since: BootInstant, still: StillProcesses) {
        self.session = session
        self.reason = reason
        self.since = since
        self.still = still
    }

    var isStanding: Bool {
        if case .standing = phase { true } else { false }
    }

    var inOrder: [LockedTerminal] {
        terminals.values.sorted { $0.hold.terminal.path < $1.hold.terminal.path }
    }

    /// What /proc/PID/stat calls its terminals.
    var procNumbers: Set<UInt32> { Set(terminals.values.map(\.hold.terminal.procNumber)) }

    var lockerPids: Set<Int32> { Set(terminals.values.compactMap(\.locker?.pid)) }
}

/// One terminal of a locked session.
final class LockedTerminal {
    let hold: TerminalHold
    /// As it was before.
    let state: TerminalHold.State
    /// What a console showed; a pty's terminal keeps its screen itself.
    let screen: VirtualScreen?
    var locker: Locker?
    /// A locker has switched the screen away.
    var isScreenAway = false
    /// The line that was being typed; never on disk, since it may be half of a password.
    var line: [UInt8] = []
    /// Which of its screens the application had, as far as the terminal has said.
    var application = LockMessage.Screen.unknown
    /// Everything is as it was.
    var isBack = false
    /// How often a locker of it has died.
    var deaths = 0
    /// The service manager was asked for a locker and started none.
    var isServiceTroubled = false
    /// When the next locker is started, should none run, or when one must have been.
    var startAt: BootInstant?

    init(_ hold: TerminalHold, state: TerminalHold.State, screen: VirtualScreen?) {
        self.hold = hold
        self.state = state
        self.screen = screen
    }

    /// Takes a terminal that is open for its session.
    convenience init(_ terminal: Terminal) throws(SystemError) {
        let hold = try TerminalHold(terminal)
        let screen = terminal.virtualNumber.flatMap { VirtualScreen.read($0) }
        self.init(hold, state: try hold.state(), screen: screen)
    }

    /// What a locker would have written that could not.
    static let screenBack = Array("\u{1b}[?1049l\u{1b}8".utf8)

    /// Everything as it was; `leader` has the master side of a pty.
    func putBack(leader: ProcessHandle?) throws(SystemError) {
        isBack = true
        if let screen, let number = hold.terminal.virtualNumber { _ = screen.write(to: number) }
        var keyboard: Descriptor?
        if !line.isEmpty, let leader, let index = hold.terminal.ptyIndex {
            keyboard = HeldPtys.master(of: index, heldBy: leader)
        }
        try hold.reopen(to: state, line: line, keyboard: keyboard)
    }
}
