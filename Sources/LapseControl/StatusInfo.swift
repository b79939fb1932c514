/// The daemon as the control socket shows it; `DaemonStatus` in the interface description.
package struct StatusInfo: Codable, Equatable, Sendable {
    /// What the daemon does with its decisions; `Mode` in the interface description.
    package enum Mode: String, Codable, CaseIterable, Sendable {
        /// It carries them out.
        case enforce
        /// It records them, and warns, locks and ends nobody.
        case observe
    }

    /// Version of the daemon.
    package var version: String
    /// The kernel's id of this boot (/proc/sys/kernel/random/boot_id).
    package var bootId: String
    /// When the daemon started, in microseconds on CLOCK_REALTIME.
    package var startedUs: Int64
    /// Time since then in milliseconds on CLOCK_BOOTTIME.
    package var upMs: Int64
    /// What it does with its decisions.
    package var mode: Mode
    /// The policy in force; nil for a peer who may not see it.
    package var policy: PolicyInfo?
    /// What it has counted; nil for a peer who may not see it.
    package var counts: StatusCounts?

    package init(
        version: String = LapseVersion.text,
        bootId: String,
        startedUs: Int64,
        upMs: Int64,
        mode: Mode,
        policy: PolicyInfo?,
        counts: StatusCounts?
    ) {
        self.version = version
        self.bootId = bootId
        self.startedUs = startedUs
        self.upMs = upMs
        self.mode = mode
        self.policy = policy
        self.counts = counts
    }

    /// The part that every local user may see.
    var publicPart: StatusInfo {
        var part = self
        part.policy = nil
        part.counts = nil
        return part
    }
}

/// What the daemon has counted; `Counts` in the interface description.
package struct StatusCounts: Codable, Equatable, Sendable {
    /// Open sessions in stage `active` now.
    package var sessionsActive: Int
    /// Open sessions in stage `warned` now.
    package var sessionsWarned: Int
    /// Open sessions in stage `locked` now.
    package var sessionsLocked: Int
    /// Open sessions in stage `ending` now.
    package var sessionsEnding: Int
    /// Open sessions, of any stage, whose idleness cannot be measured now.
    package var sessionsUnmeasurable: Int
    /// Sessions opened since the daemon started.
    package var openedTotal: Int
    /// Sessions closed since then, whatever closed them.
    package var closedTotal: Int
    /// Those among them that Lapse ended.
    package var endedTotal: Int
    /// Those among these that nobody unlocked in time.
    package var endedLockedTotal: Int
    /// Locks since then, whatever brought them about.
    package var locksTotal: Int
    /// Those that the user lifted by re-authenticating.
    package var unlocksTotal: Int
    /// Those that root lifted.
    package var unlocksByRootTotal: Int
    /// Times since then that somebody failed to re-authenticate.
    package var unlockFailuresTotal: Int
    /// Whole seconds that users took to return: from lock to unlock, over `unlocksTotal`, together.
    package var lockedSecondsTotal: Int
    /// Programs on locked terminals that died since then; another took the place of each at once.
    package var lockersDiedTotal: Int
    /// Attempts since then to look active; the journal names each.
    package var suspiciousTotal: Int
    /// Times since then that the evidence of a session was read: its terminals, connection and jobs.
    package var looksTotal: Int
    /// Reports refused since then: not from root, malformed, over a limit.
    package var reportsRefusedTotal: Int
    /// Faults of its own that the daemon met since then; the journal names each.
    package var faultsTotal: Int

    package init(
        sessionsActive: Int,
        sessionsWarned: Int,
        sessionsLocked: Int,
        sessionsEnding: Int,
        sessionsUnmeasurable: Int,
        openedTotal: Int,
        closedTotal: Int,
        endedTotal: Int,
        endedLockedTotal: Int,
        locksTotal: Int,
        unlocksTotal: Int,
        unlocksByRootTotal: Int,
        unlockFailuresTotal: Int,
        lockedSecondsTotal: Int,
        lockersDiedTotal: Int,
        suspiciousTotal: Int,
        looksTotal: Int,
        reportsRefusedTotal: Int,
        faultsTotal: Int
    ) {
        self.sessionsActive = sessionsActive
        self.sessionsWarned = sessionsWarned
        self.sessionsLocked = sessionsLocked
        self.sessionsEnding = sessionsEnding
        self.sessionsUnmeasurable = sessionsUnmeasurable
        self.openedTotal = openedTotal
        self.closedTotal = closedTotal
        self.endedTotal = endedTotal
        self.endedLockedTotal = endedLockedTotal
        self.locksTotal = locksTotal
        self.unlocksTotal = unlocksTotal
        self.unlocksByRootTotal = unlocksByRootTotal
        self.unlockFailuresTotal = unlockFailuresTotal
        self.lockedSecondsTotal = lockedSecondsTotal
        self.lockersDiedTotal = lockersDiedTotal
        self.suspiciousTotal = suspiciousTotal
        self.looksTotal = looksTotal
        self.reportsRefusedTotal = reportsRefusedTotal
        self.faultsTotal = faultsTotal
    }
}
