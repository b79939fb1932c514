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

    /// Something suspicious is to be told by the next look.
    var isSuspected: Bool { !suspicions.isEmpty }
    /// Whether inotify tells each read of its node.
    var isWatchedExactly: Bool { watch != nil }
    var lastInput: BootInstant { input.lastInput }

    init(
        _ found: SessionTerminals.Found,
        watch: Inotify.Watch?,
        stat: Stat,
        wallAtOpening: WallOffset,
        now: BootInstant
    ) {
        terminal = found.terminal
        holder = found.holder
        self.watch = watch
        let wall = WallOffset.current
        input = InputClock(
            stamp: WallSecond(seconds: stat.status.readSeconds),
            change: stat.change,
            wall: wall,
            wallAtOpening: wallAtOpening,
            now: now
        )
        output = OutputClock(
            stamp: WallSecond(seconds: stat.status.writtenSeconds),
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

    /// What stat(2) says of it now; nil if it is gone.
    func stat() -> Stat? {
        terminal.status().map { Stat($0) }
    }

    /// inotify told of a read; `heard` or `examine` judges it.
    mutating func readTold(at now: BootInstant, wall: WallOffset) {
        input.readTold(at: now, wall: wall)
    }

    /// inotify told that its owner, mode or stamps were set.
    mutating func changeTold() {
        input.changeTold()
    }

    /// Judges what inotify told, by what stat(2) said right afterwards.
    mutating func heard(
        _ stat: Stat,
        shared: SharedReads,
        at now: BootInstant,
        wall: WallOffset
    ) -> InputClock.Outcome {
        noticing { input in
            input.heard(
                stamp: stat.stamp,
                change: stat.change,
                wall: wall,
                shared: shared,
                now: now
            )
        }
    }

    /// Somebody read through /dev/tty, perhaps from this terminal.
    mutating func follow(_ stat: Stat, at now: BootInstant, wall: WallOffset) {
        _ = noticing { input in
            input.follow(now, stamp: stat.stamp, change: stat.change, wall: wall)
            return InputClock.Outcome()
        }
    }

    /// Takes in its stamps; `shared` is nil if events of its watch were lost.
    mutating func examine(
        _ stat: Stat,
        shared: SharedReads?,
        at now: BootInstant,
        wall: WallOffset
    ) {
        let isWatched = watch != nil
        _ = noticing { input in
            if let shared, isWatched {
                input.look(
                    stamp: stat.stamp,
                    change: stat.change,
                    wall: wall,
                    shared: shared,
                    now: now
                )
            } else {
                input.witnessLost(stamp: stat.stamp, change: stat.change, wall: wall, now: now)
            }
        }
    }

    /// Takes in what waits to be read, after its stamps.
    mutating func countWaiting(at now: BootInstant) {
        if let bytes = terminal.waitingBytes() { input.wait(bytes, now: now) }
    }

    /// Adds what it tells to a reading, and its suspicions once.
    mutating func tell(
        _ reading: inout TerminalReading,
        _ stat: Stat,
        at now: BootInstant,
        wall: WallOffset
    ) {
        reading.hasTerminal = true
        let last = input.lastInput
        if reading.input.map({ $0 < last }) ?? true {
            (reading.input, reading.place) = (last, terminal.path)
        }
        if input.hasWaiting { reading.hasWaiting = true }
        let written = WallSecond(seconds: stat.status.writtenSeconds)
        let wrote = output.look(stamp: written, wall: wall, now: now)
        reading.output = max(reading.output ?? wrote, wrote)
        reading.suspicions += suspicions
        suspicions = []
    }

    /// Judges, and keeps what was suspicious until it is told.
    private mutating func noticing(
        _ judge: (inout InputClock) -> InputClock.Outcome
    ) -> InputClock.Outcome {
        let wasKnown = input.rhythm.known != nil
        let outcome = judge(&input)
        let forgery = Suspicion.stampSet(terminal: terminal.path)
        if outcome.isForged, !suspicions.contains(forgery) { suspicions.append(forgery) }
        if !wasKnown, let known = input.rhythm.known {
            suspicions.append(
                .rhythm(terminal: terminal.path, period: known.period, times: known.beats)
            )
        }
        return outcome
    }
}

extension WatchedTerminal {
    /// What stat(2) says of a node, and when that was.
    struct Stat {
        let status: Terminal.Status
        let change: NodeChange
        var stamp: WallSecond { WallSecond(seconds: status.readSeconds) }

        /// Takes in what was read a moment ago.
        init(_ status: Terminal.Status) {
            self.status = status
            change = NodeChange(
                changed: status.changedNanoseconds,
                coarseWall: BootClock.coarseWall()
            )
        }
    }
}
