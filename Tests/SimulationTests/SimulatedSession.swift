import LapseCore
import LapsePolicy
import TestRandom

/// One session of the world: the truth about it, and the ledger that holds the engine to it.
final class SimulatedSession {
    let facts: SessionFacts
    let wallAtOpening: WallOffset
    var allowance: Allowance
    var mode: Mode
    /// When each cutoff but the lifetime is, in truth.
    var cutoffs: [EndReason.Kind: Int64] = [:]
    /// What the policy allows without root; nil while nobody is root in the session.
    var unprivileged: Limit?
    var user: SimulatedUser
    var processes: SimulatedProcesses
    var terminals: [SimulatedTerminal] = []
    var life: SimulatedLife
    var locking: SimulatedLocking
    var ledger: SessionLedger
    /// What the daemon has written down of its activity.
    var saved: FormerActivity?
    /// The last forged input that may be counted yet.
    var forgedCounted: Int64 = .min
    /// In the daemon's table: opened to it and not retired.
    var isHeld = false
    /// The last time at which something made the session harder to judge.
    ///
    /// That is a restart, a suspend, a look that failed, a terminal that came. No end is owed
    /// before a limit's notice after it.
    var undisturbedSince: Int64
    /// The wall clock was stepped since the last look.
    var hasStepped = false
    /// The first look after a step of the wall clock: from then on a stamp may mean two moments.
    var latestDoubt: Int64 = .min
    /// The wall clock was stepped in its life.
    var wasStepped = false
    /// The daemon starts and finds the wall clock as it was at the opening, though it was stepped
    /// and back since: nobody can tell that from stamps.
    var isDeceived = false
    /// Any terminal was missing or unreadable at a look, in the daemon's present life.
    var wasUnmeasurable = false
    /// What the engine was last told.
    var evidence: Evidence?
    /// Something about the terminals that the daemon has not seen yet.
    var hasUnfoundTerminal = false

    init(
        index: Int,
        opened: BootInstant,
        allowance: Allowance,
        mode: Mode,
        wall: WallOffset,
        random: inout SeededRandom
    ) {
        wallAtOpening = wall
        facts = SessionFacts(
            id: SessionID(value: UInt64(index)),
            user: "u",
            uid: UserID(value: 1000),
            service: "sshd",
            rhost: "",
            tty: "ssh",
            leader: ProcessIdentity(pid: Int32(index + 2), startTicks: 1),
            auditSession: nil,
            opened: opened
        )
        self.allowance = allowance
        self.mode = mode
        user = SimulatedUser(allowance, random: &random)
        life = SimulatedLife(scale: user.scale, random: &random)
        processes = SimulatedProcesses(random: &random)
        locking = SimulatedLocking(random: &random)
        ledger = SessionLedger(
            allowance: allowance,
            mode: mode,
            since: opened.nanoseconds,
            opened: opened.nanoseconds
        )
        undisturbedSince = opened.nanoseconds
    }

    /// The latest input on terminals that the daemon found to be gone.
    private var goneInput: BootInstant?
    /// The latest read of a hand.
    private(set) var lastRead: Int64 = .min

    /// The latest read of a hand that the daemon can know of and has to count, over all terminals
    /// that were ever there.
    var lastCertainRead: Int64 { terminals.map(\.lastCertainHand).max() ?? .min }

    func noteRead(of terminal: SimulatedTerminal) {
        lastRead = max(lastRead, terminal.truth.lastHand)
    }

    /// The daemon starts anew: what it knew is lost.
    func forgetReads() {
        goneInput = nil
        for place in terminals.indices { terminals[place].isForgotten() }
    }

    /// The daemon was told of a read, or looks at the stamp of the terminal.
    func noteKnown(_ place: Int) {
        terminals[place].noteKnown(doubt: doubt(of: terminals[place]))
    }

    /// The daemon found that a terminal is gone.
    func drop(_ place: Int) {
        if let last = terminals[place].clock?.lastInput {
            goneInput = goneInput.map { max($0, last) } ?? last
        }
        terminals[place].isDropped()
    }

    /// The last input over all terminals, if this is that of those which are there.
    ///
    /// That of a terminal which went before a look could tell of it counts though none is left.
    func input(_ last: BootInstant?) -> BootInstant? {
        [last, goneInput].compactMap(\.self).max()
    }

    /// By how much the daemon may take the terminal's last read for earlier; nanoseconds.
    ///
    /// Reads that only the stamp tells of, and that do not move it, because it was in their block
    /// when the daemon began to watch: they seem to be from before. A wall clock that is set back
    /// makes a block come again.
    func doubt(of terminal: SimulatedTerminal) -> Int64 {
        guard terminal.stamp == terminal.stampAtFirst else { return 0 }
        guard !isDeceived else { return terminal.truth.lastRead }
        guard terminal.path == .unseen else { return 0 }
        return latestDoubt > .min ? terminal.truth.lastRead : 8_000_000_000
    }

    var index: Int { Int(facts.id.value) }

    /// What the daemon knows last is that nothing can be measured.
    var isBlind: Bool {
        evidence?.unmeasurable != nil
    }

    /// Whether a terminal is there that the daemon can read from, or bytes that it can count.
    var isMeasurable: Bool {
        let there = terminals.filter(\.exists)
        guard !there.isEmpty else { return life.isBacked }
        return there.contains { !$0.isUnreadable && $0.clock != nil }
    }

    /// When a hand was there: a key, a terminal that was made, a byte where there is none.
    var lastHand: Int64 { max(facts.opened.nanoseconds, lastRead, life.lastReceived) }
}
