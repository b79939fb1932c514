import CLock

/// One locked terminal, from the daemon's first word to its last.
///
/// It runs as root and takes bytes from whoever sits at the terminal. Therefore it:
///
/// 1. MUST say `verified` for one reason alone: PAM said PAM_SUCCESS to both questions.
/// 2. MUST hear the daemon whenever it is not within a PAM module's own code.
/// 3. MUST NOT hand on a byte that was typed before the prompt was there.
/// 4. MUST NOT leave what was typed in its memory when an attempt is over.
/// 5. MUST NOT let a byte of the terminal or of a PAM module reach the screen as a command.
/// 6. MUST NOT wait for a terminal that takes no output for longer than a second.
final class Locker {
    let daemon: DaemonSocket
    let lock: LockMessage.Lock
    let memory: SecretMemory
    /// For how many seconds PAM modules may do without asking.
    let moduleSeconds: CUnsignedInt
    var terminal: Terminal

    // What is shown.
    var picture = LockPicture()
    var warnings: [[UInt8]] = []
    var isDrawn = false
    var drawnSize = Terminal.Size()
    /// How much of `LockPicture.enter` the terminal has taken.
    var entered = 0
    /// The screen is the session's again, for its last words.
    var isClosed = false
    /// Which screen the application had.
    var screen: LockMessage.Screen
    /// The terminal has been asked and has answered, be it with nothing that helps.
    var hasAnsweredQuery: Bool

    // What is typed.
    var decoder = KeyDecoder()
    /// What of `memory.input` has been read and not decoded.
    var unread = 0..<0
    var lastInput = Moment.now
    var answer: AnswerLine
    /// The answer belongs to an echo-on prompt, and is seen.
    var isAnswerShown = false

    // What PAM does.
    /// A prompt was answered in this attempt.
    var hasAnswered = false
    /// A prompt was left alone for so long that the attempt was given up.
    var isAbandoned = false
    /// Attempts that failed on this terminal.
    var failures = 0

    init(
        daemon: DaemonSocket,
        lock: LockMessage.Lock,
        terminal: Terminal,
        memory: SecretMemory,
        moduleSeconds: CUnsignedInt
    ) {
        self.daemon = daemon
        self.lock = lock
        self.terminal = terminal
        self.memory = memory
        self.moduleSeconds = moduleSeconds
        answer = AnswerLine(in: memory.answer)
        // Another locker has asked before it switched.
        screen = lock.screen
        hasAnsweredQuery = lock.isAgain
        if lock.isAgain { entered = LockPicture.enter.count }
    }

    /// Asks until somebody proves to be the user, and then does what the daemon says.
    func run() -> Never {
        showPrompt("Press Enter to unlock.")
        draw()
        daemon.send(.ready)
        prove()
        daemon.send(.verified)
        showPrompt("Unlocking...")
        swallowForEver()
    }
}

/// The whole program; comes back only if it cannot begin.
@c(lapse_lock)
func lapseLock(_ moduleSeconds: CUnsignedInt) {
    let socket = lock_prepare()
    guard socket >= 0, let memory = SecretMemory() else { _exit(ExitStatus.noBeginning) }
    let daemon = DaemonSocket(descriptor: socket)
    var entry = pollfd(fd: socket, events: CShort(POLLIN), revents: 0)
    while poll(&entry, 1, -1) < 0, lock_errno() == EINTR {}
    switch daemon.receive() {
    case .message(.lock(let lock), let descriptor) where descriptor >= 0:
        let locker = Locker(
            daemon: daemon,
            lock: lock,
            terminal: Terminal(descriptor),
            memory: memory,
            moduleSeconds: moduleSeconds
        )
        locker.run()
    case .end: _exit(ExitStatus.daemonGone)
    case .message, .nothing: _exit(ExitStatus.noBeginning)
    }
}
