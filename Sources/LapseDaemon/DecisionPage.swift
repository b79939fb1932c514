import LapseCore
import LapsePolicy

/// What the policy and the calendar say at one moment, for all sessions that are decided on at it:
/// ten thousand of them share a few hundred users and a few sets of hours.
///
/// MUST NOT outlive the turn: the policy and the clocks may change after it.
final class DecisionPage {
    let now: BootInstant
    let calendar = HostCalendar.current
    var decisions: DecisionRound
    private let moment: WallMoment
    private var states: [Hours: Hours.State] = [:]

    init(_ policy: Policy, at now: BootInstant) {
        self.now = now
        moment = calendar.moment(now)
        decisions = DecisionRound(policy, at: moment)
    }

    /// Whether hours are open, and what comes next.
    func state(of hours: Hours) -> Hours.State {
        if let known = states[hours] { return known }
        let state = hours.state(at: moment)
        states[hours] = state
        return state
    }
}
