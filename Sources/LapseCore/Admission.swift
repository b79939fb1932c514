package import LapsePolicy

/// Whether a user may open one session more.
package enum Admission: Equatable, Sendable {
    case admitted
    /// He has `count` sessions already.
    case refused(count: Int, max: Int)
    /// He may, and this one of his sessions, idle the longest, makes room.
    case displaces(SessionID, max: Int)
}

extension Engine {
    /// What the policy says to one session more of a user.
    ///
    /// Sessions that are being ended do not count.
    ///
    /// - Parameters:
    ///   - ids: The user's sessions; of others nothing is done.
    ///   - allowance: Of the session that is to be opened.
    /// - Returns: The policy's word; whether it is enforced is the caller's to see.
    package func admission(
        among ids: some Sequence<SessionID>,
        _ allowance: Allowance
    ) -> Admission {
        guard case .atMost(let max) = allowance.sessionsMax else { return .admitted }
        let living = ids.compactMap { sessions[$0] }.filter { !$0.isEnding }
        guard living.count >= max else { return .admitted }
        let mostIdle = living.min {
            ($0.lastInput, $0.facts.id.value) < ($1.lastInput, $1.facts.id.value)
        }
        guard allowance.overMax == .endOldest, let mostIdle else {
            return .refused(count: living.count, max: max)
        }
        return .displaces(mostIdle.facts.id, max: max)
    }
}
