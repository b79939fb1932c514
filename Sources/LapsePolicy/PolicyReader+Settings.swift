// The settings, in `[defaults]` and in rules alike.

/// The keys of settings.
enum SettingKey: String, Word {
    case idle
    case lifetime
    case warn
    case onIdle = "on-idle"
    case onLifetime = "on-lifetime"
    case lockFor = "lock-for"
    case freeze
    case unlock
    case end
    case privileged
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
}

extension PolicyReader {
    /// Reads a setting into `settings`; `false`, with nothing said, if `key` is none.
    mutating func read(
        _ value: TOMLValue,
        of key: TOMLKey,
        into settings: inout Settings
    ) -> Bool {
        guard let setting = SettingKey.word(key.name) else { return false }
        if setting == .privileged {
            readPrivileged(value, into: &settings)
        } else if let read = settingValue(value, of: setting) {
            settings.add(read, value.span)
        }
        return true
    }

    private mutating func settingValue(
        _ value: TOMLValue,
        of key: SettingKey
    ) -> SettingValue? {
        let name = key.rawValue
        switch key {
        case .idle:
            return limit(value, name, within: PolicyRanges.idle).map { .idle($0.value) }
        case .lifetime:
            return limit(value, name, within: PolicyRanges.lifetime).map { .lifetime($0.value) }
        case .warn: return warnings(value, name).map { .warn($0) }
        case .onIdle:
            // What stands still is `freeze`; the lifetime has a word of its own for a lock.
            return word(value, name, meant: ["freeze": .lock, "reauth": .lock])
                .map { .onIdle($0.value) }
        case .onLifetime:
            return word(value, name, meant: ["lock": .reauth]).map { .onLifetime($0.value) }
        case .lockFor:
            let help = "to end a session without locking it, write `on-idle = \"end\"`"
            return limit(value, name, within: PolicyRanges.lock, helpForZero: help)
                .map { .lockFor($0.value) }
        case .freeze: return word(value, name).map { .freeze($0.value) }
        case .unlock: return word(value, name).map { .unlock($0.value) }
        case .end: return endSteps(value, name).map { .end($0.value) }
        case .privileged: return nil
        case .hours: return hours(value, name).map { .hours($0) }
        case .quota:
            return limit(value, name, within: PolicyRanges.quota).map { .quota($0.value) }
        case .sessionsMax: return count(value, name).map { .sessionsMax($0) }
        case .overMax: return word(value, name).map { .overMax($0.value) }
        case .holdMax:
            let help = "for no holds at all, write `hold-max = \"0s\"`"
            return duration(value, "`\(name)`", within: PolicyRanges.hold, helpForNever: help)
                .map { .holdMax($0.value) }
        case .activity: return activityKinds(value, name).map { .activity($0) }
        case .workMax:
            let help = "for no work at all, leave \"work\" out of `activity`"
            return limit(value, name, within: PolicyRanges.work, helpForZero: help)
                .map { .workMax($0.value) }
        case .keepWhile: return programs(value, name).map { .keepWhile($0) }
        case .traffic: return word(value, name).map { .traffic($0.value) }
        case .unmeasurable: return word(value, name).map { .unmeasurable($0.value) }
        case .detached: return detachedAction(value, name).map { .detached($0) }
        case .memberOf: return memberGroups(value, name).map { .memberOf($0) }
        }
    }

    private mutating func readPrivileged(_ value: TOMLValue, into settings: inout Settings) {
        guard case .table(let table) = value.content else {
            let help = "write `privileged = { idle = \"10m\" }`"
            reportKind(value, "`privileged`", "a table", help: help)
            return
        }
        for (key, value) in table.entries where !problems.isOverfull {
            let name = "\(SettingKey.privileged.rawValue).\(key.name)"
            switch Setting.word(name) {
            case .privilegedIdle:
                if let idle = limit(value, name, within: PolicyRanges.idle) {
                    settings.add(.privilegedIdle(idle.value), idle.span)
                }
            case .privilegedLifetime:
                if let lifetime = limit(value, name, within: PolicyRanges.lifetime) {
                    settings.add(.privilegedLifetime(lifetime.value), lifetime.span)
                }
            default:
                report(.unknown("key", key, among: ["idle", "lifetime"]))
            }
        }
    }

    private mutating func detachedAction(
        _ value: TOMLValue,
        _ name: String
    ) -> DetachedAction? {
        let help = "it can be \"spare\", \"end\" or a time, as in \"2h\""
        guard case .string(let text) = value.content else {
            reportKind(value, "`\(name)`", "a word or a duration", help: help)
            return nil
        }
        switch text {
        case "spare": return .spare
        case "end": return .end
        default:
            // What has a digit in it was meant as a time.
            let isTime = text.utf8.contains { (0x30...0x39).contains($0) }
            guard isTime else {
                let near = nearest(to: text, among: ["spare", "end"])
                let message = "\(VisibleText.quoted(text)) is no value for `\(name)`"
                report(
                    .error(
                        message,
                        value.span,
                        help: near.map { "did you mean \"\($0)\"?" } ?? help
                    )
                )
                return nil
            }
            return duration(value, "`\(name)`", within: PolicyRanges.detached)
                .map { .after($0.value) }
        }
    }

    private mutating func hours(_ value: TOMLValue, _ name: String) -> Hours? {
        guard case .string(let text) = value.content else {
            let help = "write \"always\" or windows, as in \"Mon-Fri 07:00-19:00\""
            reportKind(value, "`\(name)`", "a text", help: help)
            return nil
        }
        do {
            return try Hours.parse(text)
        } catch {
            report(.error(error.message, value.span, help: error.help))
            return nil
        }
    }

    private mutating func count(_ value: TOMLValue, _ name: String) -> CountLimit? {
        let range = PolicyRanges.sessions
        let help = "write a number, as in `\(name) = 20`, or \"unlimited\""
        switch value.content {
        case .string("unlimited"):
            return .unlimited
        case .integer(let number):
            if let count = Int(exactly: number), range.contains(count) {
                return .atMost(count)
            }
            let wanted = "between \(range.lowerBound) and \(range.upperBound)"
            report(.error("`\(name)` must be \(wanted), found \(number)", value.span))
        default:
            reportKind(value, "`\(name)`", "a number", help: help)
        }
        return nil
    }

    /// The list of `warn`, put in order; a warning given twice is given once.
    private mutating func warnings(
        _ value: TOMLValue,
        _ name: String
    ) -> [Sourced<Duration>]? {
        guard let elements = array(value, name, help: "write `warn = [\"2m\", \"30s\"]`") else {
            return nil
        }
        guard elements.count <= PolicyLimits.warningsMax else {
            let most = "at most \(PolicyLimits.warningsMax) are possible"
            report(.error("`warn` has \(elements.count) entries, \(most)", value.span))
            return nil
        }
        var warnings: [Sourced<Duration>] = []
        for element in elements {
            let range = PolicyRanges.warning
            guard let warning = duration(element, "each entry of `warn`", within: range) else {
                continue
            }
            if let first = warnings.first(where: { $0.value == warning.value }) {
                let text = PolicyDuration.text(warning.value)
                report(
                    .warning("the warning `\(text)` is given twice", element.span)
                        .noting("it was first given at", first.span)
                )
            } else {
                warnings.append(warning)
            }
        }
        return warnings.sorted { $0.value > $1.value }
    }
}
