import LapseCore
import LapseLinux

/// One terminal of a session, with what is known of its use.
struct WatchedTerminal {
    let terminal: Terminal
    /// The leader of the kernel session that has it, as last seen.
    var holder: ProcessIdentity?
    /// Nil if inotify cannot watch it.
    let watch: Inotify.Watch?
    private(set) var input: InputClock
    private var output: OutputClock
    private var suspicions: [Suspicion] = []

    /// Whether inotify tells each read of its node.
    var isWatchedExactly: Bool { watch != nil }
    var lastInput: BootInstant { input.lastInput }

    init(
        _ found: SessionTerminals.Found,
        watch: Inotify.Watch?,
        status: Terminal.Status,
        wallAtOpening: WallOffset,
        now: BootInstant
    ) {
        terminal = found.terminal
        holder = found.holder
        self.watch = watch
        let wall = WallOffset.current
        input = InputClock(
            stamp: WallSecond(seconds: status.readSeconds),
            changed: status.changedNanoseconds,
            wall: wall,
            wallAtOpening: wallAtOpening,
            now: now
        )
        output = OutputClock(
            stamp: WallSecond(seconds: status.writtenSeconds),
            wall: wall,
            wallAtOpening: wallAtOpening,
            now: now
        )
    }

    /// Whether what was found under its device number is another terminal, so that its clock starts
    /// anew: the node went and came again under the same number.
    ///
    /// A watch ends with its node, so while it stands the terminal is the same, whoever has it.
    func isReplaced(by found: SessionTerminals.Found) -> Bool {
        if found.terminal != terminal { return true }
        guard watch == nil, let holder, let other = found.holder else { return false }
        return holder != other
    }

    /// inotify told of a read.
    ///
    /// - Returns: Whether it counts.
    mutating func read(at now: BootInstant, wall: WallOffset) -> Bool {
        noticingRhythm { $0.read(at: now, wall: wall) }
    }

    /// Somebody read through /dev/tty.
    mutating func follow(_ status: Terminal.Status, at now: BootInstant, wall: WallOffset) {
        noticingRhythm {
            $0.follow(
                now,
                stamp: WallSecond(seconds: status.readSeconds),
                changed: status.changedNanoseconds,
                wall: wall
            )
        }
    }

    /// Takes in its stamps; `shared` is nil if events of its watch were lost.
    mutating func examine(
        _ status: Terminal.Status,
        shared: SharedReads?,
        at now: BootInstant,
        wall: WallOffset
    ) {
        let stamp = WallSecond(seconds: status.readSeconds)
        let changed = status.changedNanoseconds
        let isForged: Bool
        if let shared, watch != nil {
            isForged = input.look(
                stamp: stamp,
                changed: changed,
                wall: wall,
                shared: shared,
                now: now
            )
        } else {
            isForged = input.witnessLost(stamp: stamp, changed: changed, wall: wall, now: now)
        }
        let suspicion = Suspicion.stampSet(terminal: terminal.path)
        if isForged, !suspicions.contains(suspicion) { suspicions.append(suspicion) }
    }

    /// Takes in what waits to be read, after its stamps.
    mutating func countWaiting(at now: BootInstant) {
        if let bytes = terminal.waitingBytes() { input.wait(bytes, now: now) }
    }

    /// Adds what it tells to a reading, and its suspicions once.
    mutating func tell(
        _ reading: inout TerminalReading,
        _ status: Terminal.Status,
        at now: BootInstant,
        wall: WallOffset
    ) {
        reading.hasTerminal = true
        let last = input.lastInput
        if reading.input.map({ $0 < last }) ?? true {
            (reading.input, reading.place) = (last, terminal.path)
        }
        if input.hasWaiting { reading.hasWaiting = true }
        let written = WallSecond(seconds: status.writtenSeconds)
        let wrote = output.look(stamp: written, wall: wall, now: now)
        reading.output = max(reading.output ?? wrote, wrote)
        reading.suspicions += suspicions
        suspicions = []
    }

    private mutating func noticingRhythm<Result>(
        _ body: (inout InputClock) -> Result
    ) -> Result {
        let wasKnown = input.rhythm.known != nil
        let result = body(&input)
        if !wasKnown, let known = input.rhythm.known {
            suspicions.append(
                .rhythm(terminal: terminal.path, period: known.period, times: known.beats)
            )
        }
        return result
    }
}
