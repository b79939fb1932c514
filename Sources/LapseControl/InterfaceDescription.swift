/// What the service says of itself: the Varlink interface descriptions.
package struct InterfaceDescription: Sendable {
    /// Full interface name.
    package let name: String
    /// Its description, in the language of varlink.org ("Interface Definition").
    package let text: String

    /// The interfaces that the daemon offers, in the order of `GetInfo`.
    package static let all = [service, control]

    /// The interface of Lapse itself.
    ///
    /// lapsectl(1) prints the same text; a test holds them together.
    package static let control = InterfaceDescription(
        name: "io.lapse.Control",
        text: """
            # Lapse ends or locks login sessions that nobody is using. This interface shows what
            # its daemon knows of them and steers it. What a caller may see and do follows from
            # the credentials of his process: root everything; group "lapse" reads everything;
            # a user sees and steers the sessions of his own uid.
            #
            # Fields ending in "Us" are microseconds since 1970 (UTC), in "Ms" milliseconds.
            # Texts are as they were reported: escape them before they go to a terminal.
            interface io.lapse.Control

            # How far a session is on its way.
            type Stage (active, warned, locked, ending, ended)

            # What may run out for a session: its time without activity, its time in all, the
            # hours for sessions, the user's time for the day, his certificate, his account, the
            # time for which it may stay locked.
            type Limit (idle, lifetime, hours, quota, certificate, account, locked)

            # What may happen to a session next.
            type Step (warn, lock, end)

            # Why a session is locked: a limit, or somebody asked for it.
            type LockReason (idle, lifetime, request)

            # Why a session ended. Locked: nobody unlocked it in time.
            type Reason (
              idle,
              lifetime,
              hours,
              quota,
              certificate,
              account,
              sessions,
              locked,
              admin,
              logout,
              leaderDied
            )

            # What the daemon does with its decisions; "observe" only records them.
            type Mode (enforce, observe)

            # A terminal of a session. No idleMs: it cannot be measured.
            type Terminal (
              name: string,
              idleMs: ?int
            )

            # What a session may be seen to do. Received and sent: bytes from and to the client. Word:
            # somebody said that it is in use. Former: what counted before the daemon was started.
            type Doing (opening, input, received, sent, output, work, word, former)

            # What the policy makes of that. Limited: it counts until work-max after the last hand is
            # over. Over: it did until then.
            type Worth (counts, limited, over, ignored)

            # What a session was last seen to do, of one kind, and the job that did it.
            type Activity (
              doing: Doing,
              what: ?string,
              agoMs: int,
              worth: Worth,
              untilUs: ?int
            )

            # What happens next if nothing moves, and when.
            type Next (
              what: Step,
              reason: Limit,
              inMs: int
            )

            # How a session ended: who asked for it and why, if somebody did, and what was
            # left running on purpose.
            type Ended (
              atUs: int,
              reason: Reason,
              by: ?string,
              why: ?string,
              durationMs: int,
              spared: []string
            )

            # A login session. No idleLimitMs or lifetimeLimitMs: no such limit. No idleMs: not
            # measurable, and unmeasurable says why. The leader is the process that opened it.
            # Privileged: root's limits hold, since root works in it. Held: a hold keeps it from
            # its idle limit. LastActivity: of all that counts, the last. Locked: since when; lockedBy
            # and lockWhy if somebody asked for it; it ends at lockEndsUs, if that is there, unless it
            # is unlocked before.
            type Session (
              id: string,
              user: string,
              uid: ?int,
              service: string,
              rhost: ?string,
              ruser: ?string,
              leader: int,
              openedUs: int,
              ageMs: int,
              terminals: []Terminal,
              stage: Stage,
              warnedFor: ?Limit,
              unmeasurable: ?string,
              idleMs: ?int,
              lastActivity: ?Activity,
              idleLimitMs: ?int,
              lifetimeLimitMs: ?int,
              privileged: bool,
              heldUntilUs: ?int,
              heldWhy: ?string,
              lockedUs: ?int,
              lockReason: ?LockReason,
              lockedBy: ?string,
              lockWhy: ?string,
              lockEndsUs: ?int,
              failedTries: ?int,
              next: ?Next,
              ended: ?Ended
            )

            # Where a value was given: the rule, if a rule gave it, and FILE:LINE. Neither: it is
            # built in.
            type Origin (
              rule: ?string,
              place: ?string
            )

            # A setting as a policy file writes it, quotes included.
            type Setting (
              name: string,
              value: string,
              origin: Origin
            )

            # A rule that holds for a reason, and until a time.
            type Exception (
              rule: string,
              reason: string,
              untilUs: int,
              place: string
            )

            # What is known of a terminal, and how. No lastInputMs: it is not known.
            type Evidence (
              terminal: string,
              lastInputMs: ?int,
              how: string
            )

            # What keeps a session from its idle limit.
            type Holding (
              untilUs: int,
              inMs: int,
              by: string,
              why: string
            )

            # Why a session is treated as it is. Unknown: keys of "when" that could not be
            # answered for it and may have mattered. Steps: what happens if nothing moves, the
            # soonest first. Activities: all that was seen of it, whether it counts or not.
            type Explanation (
              id: string,
              mode: Mode,
              modeOrigin: Origin,
              settings: []Setting,
              unknown: []string,
              exceptions: []Exception,
              activities: []Activity,
              evidence: []Evidence,
              holds: []Holding,
              steps: []Next
            )

            # The policy in force. Refused: what is wrong with the files that the last reload
            # found; an older policy holds. Exceptions that are over hold for nobody any more.
            type PolicyState (
              files: []string,
              loadedUs: int,
              refused: ?string,
              exceptionsOver: []Exception
            )

            # Sessions that are open now, and totals since the daemon started. Unlocks are those by
            # re-authentication, and lockedSecondsTotal is how long their sessions were locked.
            type Counts (
              sessionsActive: int,
              sessionsWarned: int,
              sessionsLocked: int,
              sessionsEnding: int,
              sessionsUnmeasurable: int,
              openedTotal: int,
              closedTotal: int,
              endedTotal: int,
              endedLockedTotal: int,
              locksTotal: int,
              unlocksTotal: int,
              unlocksByRootTotal: int,
              unlockFailuresTotal: int,
              lockedSecondsTotal: int,
              lockersDiedTotal: int,
              suspiciousTotal: int,
              looksTotal: int,
              reportsRefusedTotal: int,
              faultsTotal: int
            )

            # The daemon. Policy and counts are for root and group "lapse" alone.
            type DaemonStatus (
              version: string,
              bootId: string,
              startedUs: int,
              upMs: int,
              mode: Mode,
              policy: ?PolicyState,
              counts: ?Counts
            )

            # The sessions that the caller may see; those on record that have ended on request.
            method List(ended: ?bool) -> (sessions: []Session)

            # One session, open or on record.
            method Show(id: string) -> (session: Session)

            # Begins to end a session, and does not wait for its end. The reason is recorded and
            # shown to the user: 1 to 200 characters.
            method End(id: string, why: string) -> ()

            # Why a session that is not over is treated as it is.
            method Why(id: string) -> (why: Explanation)

            # Counts as activity of the session's user, now.
            # A user's touches count until hold-max after the last key; then HoldTooLong.
            method Touch(id: string) -> ()

            # Keeps a session from its idle limit for a time, in place of a hold before it. A user
            # may do so until his policy's hold-max after the last key. The reason is recorded and shown.
            method Hold(id: string, forMs: int, why: string) -> (untilUs: int, inMs: int)

            # Lifts the session's hold, if it has one.
            method Release(id: string) -> ()

            # Moves the ends that are due for a session by a time. Root alone.
            method Extend(id: string, byMs: int, why: string) -> (next: ?Next)

            # Locks the terminals of a session, whatever its policy says. Reason: as with Hold; none
            # is needed. A session that is locked stays as it is.
            method Lock(id: string, why: ?string) -> ()

            # Unlocks a session, as if its user had come back. The reason is recorded. A session that
            # is not locked stays as it is. Root alone.
            method Unlock(id: string, why: string) -> ()

            # Begins to end all sessions of a user, by his name or his uid in digits, and says how
            # many. Root alone.
            method Revoke(user: string, why: string) -> (ended: int)

            # Reads the policy's files anew and puts them in force, whole or not at all. Root alone.
            method Reload() -> (files: []string, warnings: string)

            # The policy in force as one TOML file that means the same. Root and group "lapse".
            method Policy() -> (files: []string, text: string, loadedUs: int, refused: ?string)

            # The daemon's own state.
            method Status() -> (status: DaemonStatus)

            # There is no such session, or none that the caller may see.
            error NoSuchSession (id: string)

            # The session is being ended, or has ended.
            error AlreadyEnding (id: string)

            # A hold may not last for so long; this is the longest that may.
            error HoldTooLong (maxMs: int)

            # The session is locked: it is neither touched nor held.
            error SessionLocked (id: string)

            # The session cannot be locked: it has no terminal, or its user no way to unlock it.
            error CannotLock (id: string, reason: string)

            # The reason is empty.
            error ReasonMissing ()

            # The policy's files are refused as a whole; the policy from before stays in force.
            error PolicyRefused (text: string)

            # The answer cannot be put into one message.
            error CannotReply (reason: string)

            """
    )

    /// The interface that every Varlink service has (varlink.org, "Service").
    package static let service = InterfaceDescription(
        name: "org.varlink.service",
        text: """
            # What every Varlink service answers: who it is, and what it offers.
            interface org.varlink.service

            # Who made the service, its version, and the interfaces that it offers.
            method GetInfo() -> (
              vendor: string,
              product: string,
              version: string,
              url: string,
              interfaces: []string
            )

            # The description of one of them.
            method GetInterfaceDescription(interface: string) -> (description: string)

            # The service does not offer this interface.
            error InterfaceNotFound (interface: string)

            # The interface has no such method.
            error MethodNotFound (method: string)

            # The method exists, but not in the way in which it was called.
            error MethodNotImplemented (method: string)

            # A parameter is missing, unknown, of the wrong type or out of range.
            error InvalidParameter (parameter: string)

            # The caller may not do this.
            error PermissionDenied ()

            # The method gives several replies, and "more" was not set.
            error ExpectedMore ()

            """
    )
}
