/// What one session may do before something is done about it: the answer of the policy.
package struct Allowance: Sendable, Equatable {
    /// How long without activity.
    package var idle: Limit
    /// How long in all, whatever it does.
    package var lifetime: Limit
    /// How long before an end each warning is given.
    ///
    /// Longest first, no two alike, at most `PolicyLimits.warningsMax`; one that is not shorter
    /// than the limit is passed over.
    package var warn: [Duration]
    /// What happens at the idle limit.
    package var onIdle: IdleAction
    /// How the session is ended, step by step; `EndRules` says what every list of steps has.
    package var end: [EndStep]
    /// What happens at the end of the lifetime.
    package var onLifetime: LifetimeAction = .end
    /// What the limits are at most while the session is privileged: root's, or root in it.
    ///
    /// `Policy.allowance(for:at:)` has applied them to `idle` and `lifetime` already.
    package var privileged = PrivilegedLimits.builtIn
    /// When sessions may be at all.
    package var hours: Hours = .always
    /// How long the user's sessions may be together on one day of the host's calendar.
    package var quota: Limit = .never
    /// How many sessions the user may have at a time.
    package var sessionsMax: CountLimit = .unlimited
    /// What happens to one session more.
    package var overMax: OverMaxAction = .refuse
    /// How long after the last key words of the user's own (touch, hold) may keep the session from
    /// its idle limit; zero: not at all.
    package var holdMax: Duration = .seconds(2 * 3_600)
    /// What counts as activity.
    package var activity: Set<ActivityKind> = [.input, .work]
    /// How long after the last hand on the keyboard work may keep the session from its idle limit.
    package var workMax: Limit = .after(.seconds(4 * 3_600))
    /// Programs that count as work for as long as they run in the foreground.
    ///
    /// Names or absolute paths of executables, as /proc/PID/exe (proc(5)) tells them; what the
    /// user himself could have put there does not count.
    package var keepWhile: [String] = []
    /// Which direction of the connection is looked at where bytes from the network count.
    package var traffic: TrafficDirection = .both
    /// What becomes of a session whose activity cannot be measured.
    package var unmeasurable: UnmeasurableAction = .report
    /// What becomes of processes that the user has put apart from the session (tmux, nohup).
    package var detached: DetachedAction = .spare
    /// Of which groups the user has to be for as long as the session is open.
    package var memberOf: Membership = .anyone
    /// How long a session stays locked before it is ended.
    package var lockFor: Limit = .after(.seconds(3_600))
    /// What stands still while a session is locked.
    package var freeze: FreezeScope = .terminal
    /// Who is taken to be able to unlock his session.
    package var unlock: UnlockWay = .password

    package init(
        idle: Limit,
        lifetime: Limit,
        warn: [Duration],
        onIdle: IdleAction,
        end: [EndStep]
    ) {
        self.idle = idle
        self.lifetime = lifetime
        self.warn = warn
        self.onIdle = onIdle
        self.end = end
    }

    /// What holds where no file says otherwise: the 15 minutes of PCI DSS 8.2.8, a working day,
    /// and the 10 minutes of DISA's SRG-OS-000163 for root.
    ///
    /// At the idle limit nobody's work is lost: that requirement asks for a new authentication, and
    /// for no more.
    package static let builtIn = Allowance(
        idle: .after(.seconds(15 * 60)),
        lifetime: .after(.seconds(12 * 3600)),
        warn: [.seconds(120), .seconds(30)],
        onIdle: .lock,
        end: EndStep.builtIn
    )
}

/// A time that may run out, or not.
package enum Limit: Sendable, Hashable {
    case never
    case after(Duration)
}

extension Limit: Comparable {
    /// The stricter limit is the smaller one.
    package static func < (left: Limit, right: Limit) -> Bool {
        switch (left, right) {
        case (.never, _): false
        case (.after, .never): true
        case (.after(let left), .after(let right)): left < right
        }
    }
}

/// The limits of a session in which root works.
package struct PrivilegedLimits: Sendable, Hashable {
    package var idle: Limit
    package var lifetime: Limit

    package static let builtIn = PrivilegedLimits(idle: .after(.seconds(600)), lifetime: .never)
}

/// A number that may be reached, or any.
package enum CountLimit: Sendable, Hashable {
    case unlimited
    /// 1...10,000.
    case atMost(Int)
}

/// What happens to a session that is idle for too long.
package enum IdleAction: String, Word {
    /// Its terminals are locked until the user re-authenticates; it is ended where that cannot be.
    case lock
    case end
    /// It is recorded, and the session goes on.
    case report
}

/// What happens to a session that is too old.
package enum LifetimeAction: String, Word {
    case end
    /// It is locked, and has its whole lifetime anew when the user re-authenticates.
    case reauth
}

/// What stands still while a session is locked.
package enum FreezeScope: String, Word {
    /// What could read from its terminals, or does not care whether it may write there.
    case terminal
    /// All that belongs to it, but for what carries the connection.
    case session
}

/// Who is taken to be able to unlock his session; everybody else's is ended instead of locked.
package enum UnlockWay: String, Word {
    /// Users with a password that shadow(5) does not show as locked or missing.
    case password
    /// Everybody: the administrator's PAM stack `lapse-unlock` has a way for all.
    case pam
}

/// What happens when a user opens more sessions than he may have.
package enum OverMaxAction: String, Word {
    /// The new one is refused, with the reason.
    case refuse
    /// Of the old ones, the one that is idle the longest is ended.
    case endOldest = "end-oldest"
}

/// What becomes of a session whose activity cannot be measured.
package enum UnmeasurableAction: String, Word {
    /// The idle limit is not applied while nothing tells of activity; the lifetime is.
    case report
    /// The idle limit goes on counting from the last input that is known, or from the opening, so
    /// that the session is ended at it.
    case end
}

/// What becomes of detached processes when their session is ended.
package enum DetachedAction: Sendable, Hashable {
    case spare
    case end
    /// They are ended so long after the end of the session, 1 min to 30 days.
    case after(Duration)
}
