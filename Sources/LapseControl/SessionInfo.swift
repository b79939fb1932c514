/// A session as the control socket shows it; `Session` in the interface description.
///
/// Texts come from outside and are kept as they were reported: who shows them escapes them.
package struct SessionInfo: Codable, Equatable, Sendable {
    /// The daemon's id of the session.
    package var id: String
    /// The login name, as PAM_USER had it.
    package var user: String
    /// The user's uid; nil when the name did not resolve, and the session is nobody's own.
    package var uid: UInt32?
    /// PAM_SERVICE.
    package var service: String
    /// PAM_RHOST; nil for a session that came from no other host.
    package var rhost: String?
    /// PAM_RUSER.
    package var ruser: String?
    /// Pid of the process that opened the session, for people; nothing is signalled by it.
    package var leader: Int32
    /// When it was opened, in microseconds on CLOCK_REALTIME.
    package var openedUs: Int64
    /// Time since it was opened, in milliseconds on CLOCK_BOOTTIME.
    package var ageMs: Int64
    /// Its terminals; none for sftp, scp and the like.
    package var terminals: [TerminalInfo]
    /// How far it is on its way.
    package var stage: SessionStage
    /// The limit it is being warned for; nil unless the stage is `warned`.
    package var warnedFor: SessionLimit?
    /// Why its idleness cannot be measured; nil when it can.
    package var unmeasurable: String?
    /// Time since its last activity that counts in milliseconds; nil when it cannot be measured.
    package var idleMs: Int64?
    /// Of all activity that counts, the last; nil when the session has ended.
    package var lastActivity: ActivityInfo?
    /// Its idle limit in milliseconds; nil means never.
    package var idleLimitMs: Int64?
    /// Its lifetime limit in milliseconds; nil means never.
    package var lifetimeLimitMs: Int64?
    /// Whether root works in it, so that root's limits hold: its own login, or su or sudo in it.
    package var privileged: Bool
    /// Until when a hold keeps it from its idle limit, in microseconds on CLOCK_REALTIME; nil for
    /// none.
    package var heldUntilUs: Int64?
    /// The reason that was given for the hold.
    package var heldWhy: String?
    /// Since when it is locked, in microseconds on CLOCK_REALTIME; nil unless the stage is `locked`,
    /// and so with what follows.
    package var lockedUs: Int64?
    /// Why it is locked.
    package var lockReason: SessionLock?
    /// Who asked for the lock; nil when a limit brought it about.
    package var lockedBy: String?
    /// The reason that person gave.
    package var lockWhy: String?
    /// When it will be ended if nobody unlocks it, in microseconds on CLOCK_REALTIME; nil for never.
    package var lockEndsUs: Int64?
    /// How often somebody has failed to unlock it.
    package var failedTries: Int?
    /// What happens next if nothing moves; nil when nothing is due.
    package var next: NextStep?
    /// How it ended; nil until it has.
    package var ended: SessionEnd?

    package init(
        id: String,
        user: String,
        uid: UInt32?,
        service: String,
        rhost: String? = nil,
        ruser: String? = nil,
        leader: Int32,
        openedUs: Int64,
        ageMs: Int64,
        terminals: [TerminalInfo] = [],
        stage: SessionStage,
        warnedFor: SessionLimit? = nil,
        unmeasurable: String? = nil,
        idleMs: Int64? = nil,
        lastActivity: ActivityInfo? = nil,
        idleLimitMs: Int64? = nil,
        lifetimeLimitMs: Int64? = nil,
        privileged: Bool = false,
        heldUntilUs: Int64? = nil,
        heldWhy: String? = nil,
        lockedUs: Int64? = nil,
        lockReason: SessionLock? = nil,
        lockedBy: String? = nil,
        lockWhy: String? = nil,
        lockEndsUs: Int64? = nil,
        failedTries: Int? = nil,
        next: NextStep? = nil,
        ended: SessionEnd? = nil
    ) {
        self.id = id
        self.user = user
        self.uid = uid
        self.service = service
        self.rhost = rhost
        self.ruser = ruser
        self.leader = leader
        self.openedUs = openedUs
        self.ageMs = ageMs
        self.terminals = terminals
        self.stage = stage
        self.warnedFor = warnedFor
        self.unmeasurable = unmeasurable
        self.idleMs = idleMs
        self.lastActivity = lastActivity
        self.idleLimitMs = idleLimitMs
        self.lifetimeLimitMs = lifetimeLimitMs
        self.privileged = privileged
        self.heldUntilUs = heldUntilUs
        self.heldWhy = heldWhy
        self.lockedUs = lockedUs
        self.lockReason = lockReason
        self.lockedBy = lockedBy
        self.lockWhy = lockWhy
        self.lockEndsUs = lockEndsUs
        self.failedTries = failedTries
        self.next = next
        self.ended = ended
    }
}

/// One terminal of a session; `Terminal` in the interface description.
package struct TerminalInfo: Codable, Equatable, Sendable {
    /// Device path, with or without its leading "/dev/".
    package var name: String
    /// Time since its last input in milliseconds; nil when it cannot be measured.
    package var idleMs: Int64?

    package init(name: String, idleMs: Int64?) {
        self.name = name
        self.idleMs = idleMs
    }
}

/// How far a session is on its way; `Stage` in the interface description.
package enum SessionStage: String, Codable, CaseIterable, Sendable {
    /// Nothing is being done to it.
    case active
    /// Its user has been told that it will be locked, or ended.
    case warned
    /// Its terminals are locked until he re-authenticates.
    case locked
    /// Its processes are being ended; there is no way back.
    case ending
    /// It is over and kept for the record.
    case ended
}

/// What may run out for a session; `Limit` in the interface description.
package enum SessionLimit: String, Codable, CaseIterable, Sendable {
    /// The time without activity.
    case idle
    /// The time since it was opened.
    case lifetime
    /// The hours in which sessions may be.
    case hours
    /// The user's time for the day.
    case quota
    /// The time for which the certificate is valid that let him in.
    case certificate
    /// The account: locked, expired, gone, or out of the group that let him in.
    case account
    /// The time for which it may stay locked.
    case locked
}

/// Why a session is locked; `LockReason` in the interface description.
package enum SessionLock: String, Codable, CaseIterable, Sendable {
    /// The idle limit was reached.
    case idle
    /// The lifetime limit was reached: who re-authenticates has it anew.
    case lifetime
    /// Somebody asked for it.
    case request
}

/// What happens to a session next if nothing moves; `Next` in the interface description.
package struct NextStep: Codable, Equatable, Sendable {
    /// The kinds of step; `Step` in the interface description.
    package enum What: String, Codable, CaseIterable, Sendable {
        /// The user is warned.
        case warn
        /// The terminals of the session are locked.
        case lock
        /// The session is ended.
        case end
    }

    /// The kind of step.
    package var what: What
    /// The limit that brings it about.
    package var reason: SessionLimit
    /// Time until then in milliseconds; 0 when it is due now.
    package var inMs: Int64

    package init(what: What, reason: SessionLimit, inMs: Int64) {
        self.what = what
        self.reason = reason
        self.inMs = inMs
    }
}

/// How a session ended; `Ended` in the interface description.
package struct SessionEnd: Codable, Equatable, Sendable {
    /// Why sessions end; `Reason` in the interface description.
    package enum Reason: String, Codable, CaseIterable, Sendable {
        /// The idle limit was reached.
        case idle
        /// The lifetime limit was reached.
        case lifetime
        /// The hours in which sessions may be were over.
        case hours
        /// The user's time for the day was used up.
        case quota
        /// The certificate that let him in was no longer valid.
        case certificate
        /// The account was locked, expired, gone, or out of the group that let him in.
        case account
        /// The user opened another session and had as many as he may have.
        case sessions
        /// It was locked, and nobody unlocked it in time.
        case locked
        /// Somebody asked for it: `by` and `why` say who and why.
        case admin
        /// The user logged out, or the connection closed.
        case logout
        /// The leader died without closing the session.
        case leaderDied
    }

    /// When, in microseconds on CLOCK_REALTIME.
    package var atUs: Int64
    /// Why.
    package var reason: Reason
    /// Who asked for it; nil when nobody did.
    package var by: String?
    /// The reason that person gave.
    package var why: String?
    /// How long the session lasted, in milliseconds on CLOCK_BOOTTIME.
    package var durationMs: Int64
    /// What was left running on purpose, one text each.
    package var spared: [String]

    package init(
        atUs: Int64,
        reason: Reason,
        by: String? = nil,
        why: String? = nil,
        durationMs: Int64,
        spared: [String] = []
    ) {
        self.atUs = atUs
        self.reason = reason
        self.by = by
        self.why = why
        self.durationMs = durationMs
        self.spared = spared
    }
}
