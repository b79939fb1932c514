import LapseControl
import LapseCore
import LapseLinux
import LapsePolicy
import LapseText
import LapseWire

/// A session that asks to be opened, before it is in the table.
final class Candidate {
    let facts: SessionFacts
    let hold: SessionHold
    let opening: Opening
    let answer: (Answer) -> Void
    /// When it is decided with what is known by then.
    let decideBy: BootInstant

    init(
        facts: SessionFacts,
        hold: SessionHold,
        opening: Opening,
        decideBy: BootInstant,
        answer: @escaping (Answer) -> Void
    ) {
        self.facts = facts
        self.hold = hold
        self.opening = opening
        self.decideBy = decideBy
        self.answer = answer
    }
}

/// Whether a session may be opened: its user's groups are looked up first, as long as a login can
/// wait for them.
extension Daemon {
    /// A directory server that takes longer is asked on, and the session goes by what it says then.
    ///
    /// Half of what the module waits for at least, so that the answer still arrives.
    private static let lookUpWithin: Duration = .milliseconds(200)

    func consider(
        _ facts: SessionFacts,
        _ hold: SessionHold,
        _ opening: Opening,
        answer: @escaping (Answer) -> Void
    ) {
        let candidate = Candidate(
            facts: facts,
            hold: hold,
            opening: opening,
            decideBy: now + Self.lookUpWithin,
            answer: answer
        )
        candidates[facts.id] = candidate
        delay(.decideCandidates, until: candidate.decideBy)
        lookups.look(up: facts.user) { [unowned self] account in
            if case .exists(let known) = account {
                hold.note(known)
                // Locked before it opened: keys may have let him in all the same (shadow(5), `!`).
                if opening == .reported { hold.wasLocked = known.isLocked }
            }
            admit(facts.id)
            accountSeen(account, of: facts.user, facts.uid)
        }
    }

    /// Decides what has waited long enough.
    func decideCandidates() {
        let due = candidates.values.filter { $0.decideBy <= now }
        for candidate in due { admit(candidate.facts.id) }
        if let next = candidates.values.map(\.decideBy).min() {
            delay(.decideCandidates, until: next)
        }
    }

    private func admit(_ id: SessionID) {
        guard let candidate = candidates.removeValue(forKey: id) else { return }
        let (facts, hold) = (candidate.facts, candidate.hold)
        let calendar = HostCalendar.current
        let decision = policy.policy.allowance(for: hold.subject, at: calendar.moment(now))
        guard candidate.opening == .reported else {
            enter(facts, hold, decision, .adopted)
            return catchUp(facts, hold)
        }
        var displaced: (id: SessionID, max: Int)?
        switch refusal(of: facts, hold, decision, calendar) {
        case .success(let verdict): displaced = verdict
        case .failure(let refusal):
            // A host whose policy lets nobody in is mended by root at its own screen.
            let isLastResort = facts.uid.value == 0 && hold.subject.source == .local
            let isEnforced = decision.mode == .enforce && !isLastResort
            log.refused(facts, refusal, isEnforced: isEnforced)
            if isEnforced {
                counters.loginsRefused += 1
                return candidate.answer(Answer(.refused, text: Array(refusal.text.utf8)))
            }
        }
        enter(facts, hold, decision, .reported)
        if let auth = hold.auth { log.authenticated(facts, auth) }
        candidate.answer(Answer(.allowed(session: facts.id.value, token: hold.closeToken)))
        if let displaced { feed(.revoked(displaced.id, .displaced(max: displaced.max))) }
    }

    /// What speaks against a session, or which one has to make room for it.
    private func refusal(
        of facts: SessionFacts,
        _ hold: SessionHold,
        _ decision: Decision,
        _ calendar: HostCalendar
    ) -> Result<(id: SessionID, max: Int)?, Refusal> {
        let allowance = decision.allowance
        if hold.isAdmitted(by: allowance.memberOf) == false { return .failure(.notMember) }
        if case .closed(let opens) = allowance.hours.state(at: calendar.moment(now)) {
            let civil = opens.map { WallMoment($0, in: calendar.moment(now).zone).civil }
            return .failure(.hours(opens: civil))
        }
        if let limit = allowance.quota.duration, quota.used(by: facts.uid, at: now) >= limit {
            return .failure(.quota(limit: limit))
        }
        let own = activity.sessions(of: facts.uid)
        // What decides which of them has been idle the longest is read again first.
        if allowance.overMax == .endOldest, allowance.sessionsMax != .unlimited {
            for id in own { feed(.evidence(id, look(at: id))) }
        }
        switch engine.admission(among: own, allowance) {
        case .admitted: return .success(nil)
        case .displaces(let id, let max): return .success((id, max))
        case .refused(let count, let max): return .failure(.sessions(count: count, max: max))
        }
    }
}

/// Why a session is not let in, for its user and for the log.
enum Refusal: Error, Equatable {
    /// The hours are over; nil if they never begin.
    case hours(opens: CivilTime?)
    case quota(limit: Duration)
    case sessions(count: Int, max: Int)
    case notMember

    var text: String {
        switch self {
        case .hours(let opens?):
            "Lapse: logins are not allowed at this time; they are again from \(opens)."
        case .hours(nil):
            "Lapse: logins are not allowed at any time."
        case .quota(let limit):
            "Lapse: your sessions were open for \(DurationText.text(limit)) today, which is all the"
                + " policy gives for a day."
        case .sessions(let count, let max):
            "Lapse: you have \(count) sessions open, and the policy allows \(max). `lapsectl list`"
                + " shows them, `lapsectl end` ends one."
        case .notMember:
            "Lapse: you are in none of the groups whose members may log in here."
        }
    }

    /// For the log.
    var fields: [(String, String)] {
        switch self {
        case .hours(let opens):
            [("reason", "hours"), ("opens", opens.map { "\($0)" } ?? "never")]
        case .quota(let limit): [("reason", "quota"), ("limit", limit.seconds)]
        case .sessions(let count, let max):
            [("reason", "sessions"), ("count", "\(count)"), ("max", "\(max)")]
        case .notMember: [("reason", "account"), ("what", "not-member")]
        }
    }
}
