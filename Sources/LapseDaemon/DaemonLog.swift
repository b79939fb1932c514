import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy

/// The log: one line an event, a sentence's worth of `name=value`, the same facts as fields.
///
/// Every text that came from outside is escaped here and nowhere later.
final class DaemonLog {
    private let system: SystemLog
    /// Faults of our own since the start.
    private(set) var faults = 0

    init(_ system: SystemLog) {
        self.system = system
    }

    convenience init(_ target: SystemLog.Target) {
        self.init(SystemLog(target, name: "lapsed"))
    }

    func started(_ options: DaemonOptions, _ policy: LoadedPolicy, sessions: Int) {
        write(
            .info,
            "started",
            [
                ("version", LapseVersion.text),
                ("mode", policy.mode == .enforce ? "enforce" : "observe"),
                ("policy", policy.files.joined(separator: ",")), ("sessions", "\(sessions)"),
            ]
        )
    }

    func stopped(sessions: Int) {
        write(.info, "stopped", [("sessions", "\(sessions)")])
    }

    func reloaded(_ policy: LoadedPolicy, sessions: Int) {
        write(
            .info,
            "reloaded",
            [
                ("mode", policy.mode == .enforce ? "enforce" : "observe"),
                ("policy", policy.files.joined(separator: ",")), ("sessions", "\(sessions)"),
            ]
        )
    }

    /// The policy that is in force stays, since the new one is wrong.
    func refusedPolicy(_ text: String) {
        write(.error, "reload-refused", [("what", text)])
    }

    /// A session was not let in, or would not have been.
    func refused(_ facts: SessionFacts, _ refusal: Refusal, isEnforced: Bool) {
        write(
            isEnforced ? .notice : .info,
            isEnforced ? "refused" : "would-refuse",
            fields(of: facts) + refusal.fields
        )
    }

    private func fields(of facts: SessionFacts) -> [(String, String)] {
        var fields = [
            ("session", facts.id.name), ("user", facts.user), ("uid", "\(facts.uid.value)"),
            ("service", facts.service), ("leader", "\(facts.leader.pid)"),
        ]
        if !facts.rhost.isEmpty { fields.append(("from", facts.rhost)) }
        return fields
    }

    /// Something of ours went wrong and was passed over; the text says what.
    func fault(_ text: String) {
        faults += 1
        write(.warning, "fault", [("what", text)])
    }

    /// A diagnostic of the policy, several lines.
    func policyProblem(_ text: String) {
        write(.error, "policy", [("what", text)])
    }

    /// How the user of a session proved who he is, as sshd says.
    func authenticated(_ facts: SessionFacts, _ auth: SSHAuthInfo) {
        var fields = [
            ("session", facts.id.name), ("user", facts.user), ("uid", "\(facts.uid.value)"),
            ("leader", "\(facts.leader.pid)"), ("methods", auth.methods.joined(separator: ",")),
        ]
        if let end = auth.validBefore { fields.append(("certificate-until", "\(end)")) }
        write(.info, "authenticated", fields)
    }

    /// The terminals of a session are as they were, so long after it was unlocked.
    func putBack(_ id: SessionID, took: Duration) {
        write(.info, "put-back", [("session", id.name), ("took", took.seconds)])
    }

    /// Root works in a session from now on, or does not any more.
    func privilege(_ isPrivileged: Bool, of facts: SessionFacts, by nesting: Nesting) {
        write(
            .notice,
            isPrivileged ? "privileged" : "unprivileged",
            [
                ("session", facts.id.name), ("user", facts.user), ("uid", "\(facts.uid.value)"),
                ("leader", "\(facts.leader.pid)"), ("by", nesting.service),
                ("opener", "\(nesting.opener.pid)"),
            ]
        )
    }

    func write(_ record: Record) {
        write(record.priority, record.name, fields(of: record.facts) + record.figures)
    }

    private func write(
        _ priority: SystemLog.Priority,
        _ event: String,
        _ fields: [(String, String)]
    ) {
        let all = [("event", event)] + fields.map { ($0.0, PlainText.escaped($0.1)) }
        let message = all.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: " ")
        let upper = all.map { (name: Self.journalName($0.0), value: $0.1) }
        system.write(SystemLog.Line(priority, message, fields: upper))
    }

    /// A field's name as the journal takes it: upper case, digits and `_`; a field of any other
    /// name is dropped there without a word (systemd.journal-fields(7)).
    private static func journalName(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// A value with blanks, quotes or an equals sign is quoted, so that no user name can look
    /// like another field.
    ///
    /// Scalar by scalar: to a reader of bytes a quote with an accent on it is a quote.
    private static func quoted(_ value: String) -> String {
        let scalars = value.unicodeScalars
        guard scalars.isEmpty || scalars.contains(where: needsQuotes) else { return value }
        var result = "\"".unicodeScalars
        for scalar in scalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return String(result)
    }

    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" || scalar == "\\" || scalar == "=" || scalar.properties.isWhitespace
    }
}

extension Record {
    var priority: SystemLog.Priority {
        switch what {
        case .opened, .kept, .eased, .touched, .released, .closed(.logout, _): .info
        case .suspicious(.keepAlives): .info
        case .held, .extended: .notice
        case .lockFailed, .reauthFailed: .warning
        case .locked, .unlocked: .notice
        case .warned, .overdue, .ending, .ended, .spared, .swept, .workMaxReached: .notice
        case .closed(.leaderDied, _), .stuck, .left, .suspicious: .warning
        }
    }

    /// The event's name in the log.
    var name: String {
        switch what {
        case .opened(.reported): "opened"
        case .opened(.adopted): "adopted"
        case .warned: "warned"
        case .locked: "locked"
        case .lockFailed: "lock-failed"
        case .reauthFailed: "reauth-failed"
        case .unlocked: "unlocked"
        case .kept: "kept"
        case .eased: "eased"
        case .touched: "touched"
        case .held: "held"
        case .released: "released"
        case .extended: "extended"
        case .overdue: "overdue"
        case .suspicious: "suspicious"
        case .workMaxReached: "work-max-reached"
        case .ending: "ending"
        case .ended: "ended"
        case .stuck: "stuck"
        case .closed: "closed"
        case .spared: "spared"
        case .swept: "swept"
        case .left: "left"
        }
    }

    /// The figures of the event: durations in seconds with three decimals.
    var figures: [(String, String)] {
        switch what {
        case .opened, .kept, .eased, .stuck:
            []
        case .touched(let user), .released(let user):
            [("by", "\(user.value)")]
        case .held(let hold, let duration):
            [("for", duration.seconds), ("by", "\(hold.by.value)"), ("why", hold.why)]
        case .extended(let longer):
            [
                ("for", longer.by.seconds), ("by", "\(longer.orderedBy.value)"),
                ("why", longer.why),
            ]
        case .warned(let reason, let remaining, let idle):
            reason.fields + [("ends-in", remaining.seconds)] + Self.idle(idle)
        case .locked(let reason, let idle, let endsIn):
            reason.fields + Self.idle(idle) + (endsIn.map { [("ends-in", $0.seconds)] } ?? [])
        case .lockFailed(let reason, let why):
            reason.fields + [("what", why)]
        case .reauthFailed(let why, let terminal, let tries):
            [("what", why), ("terminal", terminal), ("tries", "\(tries)")]
        case .unlocked(let how, let after, let tries):
            how.fields + [("after", after.seconds), ("failed-tries", "\(tries)")]
        case .overdue(let reason, let idle), .ending(let reason, let idle):
            reason.fields + Self.idle(idle)
        case .suspicious(let suspicion):
            suspicion.fields
        case .workMaxReached(let max, let job):
            [("work-max", max.seconds)] + (job.map { [("job", $0)] } ?? [])
        case .ended(let reason, let idle, let duration):
            reason.fields + Self.idle(idle) + [("duration", duration.seconds)]
        case .closed(let reason, let duration):
            [
                ("reason", reason == .logout ? "logout" : "leader-died"),
                ("duration", duration.seconds),
            ]
        case .spared(let processes, let endIn):
            processes.fields + (endIn.map { [("ends-in", $0.seconds)] } ?? [])
        case .swept(let processes), .left(let processes):
            processes.fields
        }
    }

    private static func idle(_ idle: Duration?) -> [(String, String)] {
        idle.map { [("idle", $0.seconds)] } ?? [("idle", "unmeasured")]
    }
}

extension NamedProcesses {
    var fields: [(String, String)] {
        [("count", "\(count)"), ("processes", texts.joined(separator: " "))]
    }
}

extension EndReason {
    var fields: [(String, String)] {
        switch self {
        case .idle(let limit): [("reason", "idle"), ("limit", limit.seconds)]
        case .lifetime(let limit): [("reason", "lifetime"), ("limit", limit.seconds)]
        case .hours: [("reason", "hours")]
        case .quota(let limit): [("reason", "quota"), ("limit", limit.seconds)]
        case .certificate: [("reason", "certificate")]
        case .account(let fault): [("reason", "account"), ("what", fault.word)]
        case .sessions(let max): [("reason", "sessions"), ("max", "\(max)")]
        case .locked(let limit): [("reason", "locked"), ("limit", limit.seconds)]
        case .request(let request):
            [("reason", "admin"), ("by", "\(request.by.value)"), ("why", request.why)]
        }
    }
}

extension LockReason {
    var fields: [(String, String)] {
        switch self {
        case .idle(let limit), .lifetime(let limit):
            [("reason", kind.rawValue), ("limit", limit.seconds)]
        case .request(let user, let why):
            [("reason", kind.rawValue), ("by", "\(user.value)"), ("why", why)]
        }
    }
}

extension Unlocking {
    var fields: [(String, String)] {
        switch self {
        case .reauthenticated: [("how", "reauthenticated")]
        case .ordered(let user, let why):
            [("how", "ordered"), ("by", "\(user.value)"), ("why", why)]
        }
    }
}

extension Suspicion {
    var fields: [(String, String)] {
        let kind = ("what", kind.rawValue)
        switch self {
        case .stampSet(let terminal), .unbackedInput(let terminal):
            return [kind, ("terminal", terminal)]
        case .rhythm(let terminal, let period, let times):
            return [
                kind, ("terminal", terminal), ("period", period.seconds), ("times", "\(times)"),
            ]
        case .keepAlives(let seen):
            return [
                kind, ("period", seen.period.seconds), ("received", "\(seen.received)"),
                ("sent", "\(seen.sent)"),
            ]
        case .masquerade(let executable, let pid):
            return [kind, ("executable", executable), ("pid", "\(pid)")]
        }
    }
}

extension AccountFault {
    /// For the log.
    var word: String {
        switch self {
        case .expired: "expired"
        case .locked: "locked"
        case .deleted: "deleted"
        case .notMember: "not-member"
        }
    }
}

extension Duration {
    /// `12.345s`, for figures that somebody may add up.
    var seconds: String {
        let milliseconds = wholeMilliseconds
        let rest = String(milliseconds.magnitude % 1000)
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(milliseconds.magnitude / 1000)."
            + String(repeating: "0", count: 3 - rest.count) + rest + "s"
    }
}
