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
            # a user sees and ends the sessions of his own uid.
            #
            # Fields ending in "Us" are microseconds since 1970 (UTC), in "Ms" milliseconds.
            # Texts are as they were reported: escape them before they go to a terminal.
            interface io.lapse.Control

            # How far a session is on its way.
            type Stage (active, warned, ending, ended)

            # What may run out for a session.
            type Limit (idle, lifetime)

            # What may happen to a session next.
            type Step (warn, end)

            # Why a session ended.
            type Reason (idle, lifetime, admin, logout, leaderDied)

            # What the daemon does with its decisions; "observe" only records them.
            type Mode (enforce, observe)

            # A terminal of a session. No idleMs: it cannot be measured.
            type Terminal (
              name: string,
              idleMs: ?int
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
              idleLimitMs: ?int,
              lifetimeLimitMs: ?int,
              next: ?Next,
              ended: ?Ended
            )

            # The policy in force. A problem: the files are faulty now, an older policy holds.
            type Policy (
              files: []string,
              problem: ?string
            )

            # Sessions that are open now, and totals since the daemon started.
            type Counts (
              sessionsActive: int,
              sessionsWarned: int,
              sessionsEnding: int,
              sessionsUnmeasurable: int,
              openedTotal: int,
              closedTotal: int,
              endedTotal: int,
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
              policy: ?Policy,
              counts: ?Counts
            )

            # The sessions that the caller may see; those on record that have ended on request.
            method List(ended: ?bool) -> (sessions: []Session)

            # One session, open or on record.
            method Show(id: string) -> (session: Session)

            # Begins to end a session, and does not wait for its end. The reason is recorded and
            # shown to the user: 1 to 200 characters.
            method End(id: string, why: string) -> ()

            # The daemon's own state.
            method Status() -> (status: DaemonStatus)

            # There is no such session, or none that the caller may see.
            error NoSuchSession (id: string)

            # The session is being ended, or has ended.
            error AlreadyEnding (id: string)

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
