/// The limits that a standard asks for, as far as sessions are concerned.
package struct Baseline: Sendable, Equatable {
    /// The name that `baseline = […]` uses.
    package let id: String
    /// The standard and its edition.
    package let title: String
    /// The standard itself knows exceptions with a reason: a rule with `reason` and `until` may be
    /// weaker.
    package let hasExceptions: Bool
    package let requirements: [Requirement]

    /// The baseline with exactly this id.
    package static func named(_ id: String) -> Baseline? {
        all.first { ExactName($0.id) == ExactName(id) }
    }
}

/// One thing that a standard asks for.
package struct Requirement: Sendable, Equatable {
    /// Its number in the standard, or the id of a STIG rule.
    package let clause: String
    /// What it asks for, in our own words.
    package let text: String
    package let demand: Demand
    /// Written down from memory: nobody has compared the figure with the text of the standard.
    package let isFromMemory: Bool

    init(_ clause: String, _ text: String, _ demand: Demand, isFromMemory: Bool = false) {
        self.clause = clause
        self.text = text
        self.demand = demand
        self.isFromMemory = isFromMemory
    }
}

/// What a requirement wants of the settings.
package enum Demand: Sendable, Equatable {
    /// No session stays idle for longer; `.never` wants any limit at all.
    case idle(Limit, IdleRemedy)
    /// No session in which root works stays idle for longer before it is ended.
    case privilegedIdle(Duration)
    /// No session lasts longer without a new authentication.
    case lifetime(Duration)
    /// No user has more sessions at a time.
    case sessions(Int)
}

/// What a standard has happen to a session that is idle.
package enum IdleRemedy: Sendable, Equatable {
    /// Its user has to authenticate again; a lock is that, and an end all the more.
    case reauthentication
    /// It is over. A lock alone is not that: the session is there for as long as it is locked, so
    /// that `idle` and `lock-for` together have to keep within the limit.
    case end
}

/// A place where a policy is weaker than a standard asks for.
package struct Finding: Sendable, Equatable {
    package let baseline: Baseline
    /// What is broken; `nil` where all of it is, because nothing is enforced.
    package let requirement: Requirement?
    /// The setting that is weaker; `nil` where the mode is.
    package let setting: Setting?
    /// Its value as the file has it, `"2h"`.
    package let value: String
    /// What it comes on top of, `idle = "15m"`; `nil` where it breaks the standard by itself.
    package let onTopOf: String?
    /// The rule, the defaults or the built-in policy; `Policy.describe` names the line.
    package let origin: Origin
    /// The reason of an exception that the standard allows; such a finding is no fault.
    package let excuse: String?

    /// What loading makes of it where the policy names the standard itself.
    ///
    /// Whoever only watches does so to come to the standard without surprise. And of what keeps a
    /// session without a hand on the keyboard no standard says that it is idleness: PCI DSS, by its
    /// guidance, would not stop processing that runs by itself, nor would AC-12 end what the user
    /// has made to go on.
    package var severity: Diagnostic.Severity {
        switch setting {
        case nil, .activity, .workMax: .warning
        default: .error
        }
    }

    /// One sentence for people, without the place.
    package var text: String {
        guard let name = setting?.rawValue, let requirement else {
            return "`mode = \(value)` enforces nothing of what \(baseline.title) asks for"
        }
        let unverified = requirement.isFromMemory ? " (from memory, unverified)" : ""
        let excused = excuse.map { _ in ", an exception" } ?? ""
        let standard = "\(baseline.title) \(requirement.clause)"
        let fault =
            severity == .error
            ? "is weaker than \(standard) allows\(excused):"
            : "can keep a session from its idle limit without end, though no hand is on the"
                + " keyboard\(excused); \(standard):"
        let sum = onTopOf.map { " after `\($0)`" } ?? ""
        return "`\(name) = \(value)`\(sum) \(fault) \(requirement.text)\(unverified)"
    }
}
