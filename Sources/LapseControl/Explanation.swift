/// Why a session is treated as it is; `Explanation` in the interface description.
package struct Explanation: Codable, Equatable, Sendable {
    /// The session's id.
    package var id: String
    /// Whether the policy is carried out for it.
    package var mode: StatusInfo.Mode
    /// Where that comes from.
    package var modeOrigin: OriginInfo
    /// Each setting with its value, in the order of lapse.toml(5).
    package var settings: [SettingInfo]
    /// What was not known of the session and may have mattered, by the keys of `when`.
    package var unknown: [String]
    /// The exceptions that gave it something.
    package var exceptions: [ExceptionInfo]
    /// All that was seen of it, whether it counts or not, a kind each.
    package var activities: [ActivityInfo]
    /// What is known of each of its terminals, and how.
    package var evidence: [EvidenceInfo]
    /// What keeps it from its limits.
    package var holds: [HoldInfo]
    /// What happens if nothing moves, the soonest first.
    package var steps: [NextStep]

    package init(
        id: String,
        mode: StatusInfo.Mode,
        modeOrigin: OriginInfo,
        settings: [SettingInfo],
        unknown: [String] = [],
        exceptions: [ExceptionInfo] = [],
        activities: [ActivityInfo] = [],
        evidence: [EvidenceInfo] = [],
        holds: [HoldInfo] = [],
        steps: [NextStep] = []
    ) {
        self.id = id
        self.mode = mode
        self.modeOrigin = modeOrigin
        self.settings = settings
        self.unknown = unknown
        self.exceptions = exceptions
        self.activities = activities
        self.evidence = evidence
        self.holds = holds
        self.steps = steps
    }
}

/// Where a value of the policy was given; `Origin` in the interface description.
package struct OriginInfo: Codable, Equatable, Sendable {
    /// The rule that gives it; nil for what `[defaults]` gives, and for what is built in.
    package var rule: String?
    /// File and line, as "FILE:LINE"; nil for what is built in.
    package var place: String?

    package init(rule: String?, place: String?) {
        self.rule = rule
        self.place = place
    }

    /// No file gives it.
    package static let builtIn = OriginInfo(rule: nil, place: nil)
}

/// One setting of a session; `Setting` in the interface description.
package struct SettingInfo: Codable, Equatable, Sendable {
    /// Its name in a policy file, as "on-idle".
    package var name: String
    /// Its value as a policy file writes it, quotes included.
    package var value: String
    /// Where that comes from.
    package var origin: OriginInfo

    package init(name: String, value: String, origin: OriginInfo) {
        self.name = name
        self.value = value
        self.origin = origin
    }
}

/// A rule that holds for a reason and a time; `Exception` in the interface description.
package struct ExceptionInfo: Codable, Equatable, Sendable {
    /// The rule's name.
    package var rule: String
    /// Why it holds.
    package var reason: String
    /// Until when, in microseconds on CLOCK_REALTIME: the first moment at which it does not.
    package var untilUs: Int64
    /// File and line of its `until`, as "FILE:LINE".
    package var place: String

    package init(rule: String, reason: String, untilUs: Int64, place: String) {
        self.rule = rule
        self.reason = reason
        self.untilUs = untilUs
        self.place = place
    }
}

/// What is known of one terminal; `Evidence` in the interface description.
package struct EvidenceInfo: Codable, Equatable, Sendable {
    /// Device path of the terminal, with or without its leading "/dev/".
    package var terminal: String
    /// Time since its last input in milliseconds; nil when it is not known.
    package var lastInputMs: Int64?
    /// How that is known, or why it is not, in words.
    package var how: String

    package init(terminal: String, lastInputMs: Int64?, how: String) {
        self.terminal = terminal
        self.lastInputMs = lastInputMs
        self.how = how
    }
}

/// A hold that is in force; `Holding` in the interface description.
package struct HoldInfo: Codable, Equatable, Sendable {
    /// Until when, in microseconds on CLOCK_REALTIME.
    package var untilUs: Int64
    /// Time until then in milliseconds on CLOCK_BOOTTIME.
    package var inMs: Int64
    /// Who asked for it.
    package var by: String
    /// The reason he gave.
    package var why: String

    package init(untilUs: Int64, inMs: Int64, by: String, why: String) {
        self.untilUs = untilUs
        self.inMs = inMs
        self.by = by
        self.why = why
    }
}
