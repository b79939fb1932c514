/// The settings of a policy, by the name that the file has for them.
package enum Setting: String, Word {
    case idle
    case lifetime
    case warn
    case onIdle = "on-idle"
    case onLifetime = "on-lifetime"
    case lockFor = "lock-for"
    case freeze
    case unlock
    case end
    case privilegedIdle = "privileged.idle"
    case privilegedLifetime = "privileged.lifetime"
    case hours
    case quota
    case sessionsMax = "sessions-max"
    case overMax = "over-max"
    case holdMax = "hold-max"
    case activity
    case workMax = "work-max"
    case keepWhile = "keep-while"
    case traffic
    case unmeasurable
    case detached
    case memberOf = "member-of"

    /// The place in the list of all settings, from 0: a thousand rules ask for it at every load.
    var index: Int {
        switch self {
        case .idle: 0
        case .lifetime: 1
        case .warn: 2
        case .onIdle: 3
        case .onLifetime: 4
        case .lockFor: 5
        case .freeze: 6
        case .unlock: 7
        case .end: 8
        case .privilegedIdle: 9
        case .privilegedLifetime: 10
        case .hours: 11
        case .quota: 12
        case .sessionsMax: 13
        case .overMax: 14
        case .holdMax: 15
        case .activity: 16
        case .workMax: 17
        case .keepWhile: 18
        case .traffic: 19
        case .unmeasurable: 20
        case .detached: 21
        case .memberOf: 22
        }
    }
}

/// Some of the settings.
struct SettingSet: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    static let all = SettingSet(rawValue: 1 << UInt32(Setting.allCases.count) - 1)

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(_ setting: Setting) {
        rawValue = 1 << UInt32(setting.index)
    }
}

/// One setting and what it is set to.
enum SettingValue: Sendable, Equatable {
    case idle(Limit)
    case lifetime(Limit)
    /// Longest first; each with its own place, because a doubt may be about one alone.
    case warn([Sourced<Duration>])
    case onIdle(IdleAction)
    case onLifetime(LifetimeAction)
    case lockFor(Limit)
    case freeze(FreezeScope)
    case unlock(UnlockWay)
    case end([EndStep])
    case privilegedIdle(Limit)
    case privilegedLifetime(Limit)
    case hours(Hours)
    case quota(Limit)
    case sessionsMax(CountLimit)
    case overMax(OverMaxAction)
    case holdMax(Duration)
    /// `input` is among them.
    case activity(Set<ActivityKind>)
    case workMax(Limit)
    /// In the order of their bytes, each with its own place; may be none.
    case keepWhile([Sourced<ExactName>])
    case traffic(TrafficDirection)
    case unmeasurable(UnmeasurableAction)
    case detached(DetachedAction)
    /// In the order of their bytes, each with its own place; none for anyone.
    case memberOf([Sourced<ExactName>])

    var setting: Setting {
        switch self {
        case .idle: .idle
        case .lifetime: .lifetime
        case .warn: .warn
        case .onIdle: .onIdle
        case .onLifetime: .onLifetime
        case .lockFor: .lockFor
        case .freeze: .freeze
        case .unlock: .unlock
        case .end: .end
        case .privilegedIdle: .privilegedIdle
        case .privilegedLifetime: .privilegedLifetime
        case .hours: .hours
        case .quota: .quota
        case .sessionsMax: .sessionsMax
        case .overMax: .overMax
        case .holdMax: .holdMax
        case .activity: .activity
        case .workMax: .workMax
        case .keepWhile: .keepWhile
        case .traffic: .traffic
        case .unmeasurable: .unmeasurable
        case .detached: .detached
        case .memberOf: .memberOf
        }
    }
}

/// A value and the place in a file that gave it; where it stands is no part of what it means.
struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
    let value: Value
    let span: SourceSpan

    static func == (left: Sourced, right: Sourced) -> Bool { left.value == right.value }
}

/// What one `[defaults]` or one rule gives; it is silent about the rest.
struct Settings: Sendable, Equatable {
    /// In the order of `Setting.allCases`.
    private(set) var all: [Sourced<SettingValue>] = []
    private(set) var given: SettingSet = []

    subscript(setting: Setting) -> Sourced<SettingValue>? {
        guard given.contains(SettingSet(setting)) else { return nil }
        return all.first { $0.value.setting == setting }
    }

    /// Sets a setting that is not given yet; an earlier value stays.
    mutating func add(_ value: SettingValue, _ span: SourceSpan) {
        let one = SettingSet(value.setting)
        guard !given.contains(one) else { return }
        given.formUnion(one)
        let place = all.firstIndex { $0.value.setting.index > value.setting.index } ?? all.count
        all.insert(Sourced(value: value, span: span), at: place)
    }

    /// These settings, and those of `other` where these are silent.
    func orElse(_ other: Settings) -> Settings {
        var both = self
        for setting in other.all {
            both.add(setting.value, setting.span)
        }
        return both
    }

    /// The allowance that these settings make of the built-in one.
    var allowance: Allowance {
        var allowance = Allowance.builtIn
        for setting in all {
            allowance.set(setting.value)
        }
        return allowance
    }
}

extension Allowance {
    mutating func set(_ value: SettingValue) {
        switch value {
        case .idle(let limit): idle = limit
        case .lifetime(let limit): lifetime = limit
        case .warn(let times): warn = times.map(\.value)
        case .onIdle(let action): onIdle = action
        case .onLifetime(let action): onLifetime = action
        case .lockFor(let limit): lockFor = limit
        case .freeze(let scope): freeze = scope
        case .unlock(let way): unlock = way
        case .end(let steps): end = steps
        case .privilegedIdle(let limit): privileged.idle = limit
        case .privilegedLifetime(let limit): privileged.lifetime = limit
        case .hours(let hours): self.hours = hours
        case .quota(let limit): quota = limit
        case .sessionsMax(let count): sessionsMax = count
        case .overMax(let action): overMax = action
        case .holdMax(let time): holdMax = time
        case .activity(let kinds): activity = kinds
        case .workMax(let limit): workMax = limit
        case .keepWhile(let programs): keepWhile = programs.map(\.value.name)
        case .traffic(let direction): traffic = direction
        case .unmeasurable(let action): unmeasurable = action
        case .detached(let action): detached = action
        case .memberOf(let groups): memberOf = Membership(groups.map(\.value))
        }
    }

    /// What a setting is set to.
    func value(of setting: Setting) -> SettingValue {
        // A value of the built-in policy has no place; this one is never shown.
        let nowhere = SourceSpan(file: 0, 0..<0)
        return switch setting {
        case .idle: .idle(idle)
        case .lifetime: .lifetime(lifetime)
        case .warn: .warn(warn.map { Sourced(value: $0, span: nowhere) })
        case .onIdle: .onIdle(onIdle)
        case .onLifetime: .onLifetime(onLifetime)
        case .lockFor: .lockFor(lockFor)
        case .freeze: .freeze(freeze)
        case .unlock: .unlock(unlock)
        case .end: .end(end)
        case .privilegedIdle: .privilegedIdle(privileged.idle)
        case .privilegedLifetime: .privilegedLifetime(privileged.lifetime)
        case .hours: .hours(hours)
        case .quota: .quota(quota)
        case .sessionsMax: .sessionsMax(sessionsMax)
        case .overMax: .overMax(overMax)
        case .holdMax: .holdMax(holdMax)
        case .activity: .activity(activity)
        case .workMax: .workMax(workMax)
        case .keepWhile:
            .keepWhile(keepWhile.map { Sourced(value: ExactName($0), span: nowhere) })
        case .traffic: .traffic(traffic)
        case .unmeasurable: .unmeasurable(unmeasurable)
        case .detached: .detached(detached)
        case .memberOf: .memberOf(memberOf.groups.map { Sourced(value: $0, span: nowhere) })
        }
    }

    /// The value of a setting as a policy file has it: `"15m"`, `["2m", "30s"]`, `20`.
    package func text(of setting: Setting) -> String { value(of: setting).text }
}

// MARK: - Text

extension SettingValue {
    /// The value as a policy file has it.
    var text: String {
        switch self {
        case .idle(let limit), .lifetime(let limit), .lockFor(let limit), .quota(let limit),
            .privilegedIdle(let limit), .privilegedLifetime(let limit), .workMax(let limit):
            limit.text
        case .warn(let times): TOMLText.array(times.map { quoted($0.value) })
        case .onIdle(let action): TOMLText.string(action.rawValue)
        case .onLifetime(let action): TOMLText.string(action.rawValue)
        case .freeze(let scope): TOMLText.string(scope.rawValue)
        case .unlock(let way): TOMLText.string(way.rawValue)
        case .end(let steps): TOMLText.array(steps.map(\.text))
        case .hours(let hours): TOMLText.string(hours.text)
        case .sessionsMax(.unlimited): TOMLText.string("unlimited")
        case .sessionsMax(.atMost(let count)): String(count)
        case .overMax(let action): TOMLText.string(action.rawValue)
        case .holdMax(let time): quoted(time)
        case .activity(let kinds):
            TOMLText.array(
                ActivityKind.allCases.filter(kinds.contains).map { TOMLText.string($0.rawValue) }
            )
        case .keepWhile(let programs):
            TOMLText.array(programs.map { TOMLText.string($0.value.name) })
        case .traffic(let direction): TOMLText.string(direction.rawValue)
        case .unmeasurable(let action): TOMLText.string(action.rawValue)
        case .detached(.spare): TOMLText.string("spare")
        case .detached(.end): TOMLText.string("end")
        case .detached(.after(let time)): quoted(time)
        case .memberOf(let groups): Membership(groups.map(\.value)).text
        }
    }
}

extension Limit {
    /// The limit as a policy file has it.
    var text: String {
        switch self {
        case .never: TOMLText.string("never")
        case .after(let time): quoted(time)
        }
    }
}

extension EndStep {
    fileprivate var text: String {
        let words = "signal = \"\(signal.rawValue)\", to = \"\(target.rawValue)\""
        return "{ \(words), wait = \(quoted(allowed)) }"
    }
}

private func quoted(_ time: Duration) -> String { TOMLText.string(PolicyDuration.text(time)) }
