/// Makes the settings of policy files out of their TOML, and collects all that is wrong with them.
struct PolicyReader {
    private(set) var problems = DiagnosticList()

    /// What one file gives.
    struct File {
        var mode: Sourced<Mode>?
        var defaults = Settings()
    }

    /// The keys at the top of a file.
    private enum TopKey: String, Word {
        case mode
        case defaults
    }

    /// Reads one file; what is faulty in it is reported and left out.
    mutating func read(_ source: PolicySource, file: Int) -> File {
        var found = File()
        do {
            let root = try TOMLReader.read(source.bytes, file: file)
            for (key, value) in root.entries {
                switch TopKey.word(key.name) {
                case .mode: found.mode = word(value, key.name)
                case .defaults: found.defaults = settings(value, key.name)
                case nil: report(unknownTopKey(key))
                }
            }
        } catch {
            guard case .refused(let diagnostics) = error else { return found }
            problems.add(diagnostics)
        }
        return found
    }

    mutating func report(_ problem: Diagnostic) {
        problems.add(problem)
    }

    private func unknownTopKey(_ key: TOMLKey) -> Diagnostic {
        if Setting.word(key.name) != nil {
            let help = "settings stand under `[defaults]`"
            return .error("`\(key.name)` cannot stand here", key.span, help: help)
        }
        return .unknown("key", key, among: TopKey.words)
    }

    // MARK: Settings

    private mutating func settings(_ value: TOMLValue, _ name: String) -> Settings {
        var settings = Settings()
        guard let table = table(value, name) else { return settings }
        for (key, value) in table.entries {
            switch Setting.word(key.name) {
            case .idle:
                settings.idle = limit(value, key.name, within: PolicyRanges.idle)
            case .lifetime:
                settings.lifetime = limit(value, key.name, within: PolicyRanges.lifetime)
            case .warn:
                settings.warn = warnings(value, key.name)
            case .onIdle:
                settings.onIdle = idleAction(value, key.name)
            case .end:
                settings.end = endSteps(value, key.name)
            case nil:
                report(unknownSetting(key))
            }
        }
        return settings
    }

    private func unknownSetting(_ key: TOMLKey) -> Diagnostic {
        if TopKey.word(key.name) == .mode {
            let help = "`mode` stands at the top of the file, before the first `[…]`"
            return .error("`mode` cannot stand here", key.span, help: help)
        }
        return .unknown("setting", key, among: Setting.words)
    }

    private mutating func idleAction(
        _ value: TOMLValue,
        _ name: String
    ) -> Sourced<IdleAction>? {
        if case .string("lock") = value.content {
            report(
                .error(
                    "locking in place is not available in this version",
                    value.span,
                    help: "use `on-idle = \"end\"`"
                )
            )
            return nil
        }
        return word(value, name)
    }

    /// The list of `warn`, put in order; a warning given twice is given once.
    private mutating func warnings(
        _ value: TOMLValue,
        _ name: String
    ) -> Sourced<[Sourced<Duration>]>? {
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
        return Sourced(value: warnings.sorted { $0.value > $1.value }, span: value.span)
    }
}

/// Which durations a setting may have.
enum PolicyRanges {
    /// Below 5 s the countdown itself would not fit.
    static let idle: ClosedRange<Duration> = .seconds(5) ... .seconds(30 * 86_400)
    static let lifetime: ClosedRange<Duration> = .seconds(10) ... .seconds(365 * 86_400)
    static let warning: ClosedRange<Duration> = .seconds(1) ... .seconds(365 * 86_400)
    static let endStep: ClosedRange<Duration> = .zero ... .seconds(60)
    /// All steps of an end together.
    static let endTotalMax: Duration = .seconds(300)
}
