/// Makes rules and settings of policy files out of their TOML, and collects all that is wrong.
struct PolicyReader {
    private(set) var problems = DiagnosticList()
    /// Rules read so far, of all files.
    var ruleCount = 0

    /// What one file gives.
    struct File {
        var mode: Sourced<Mode>?
        var baselines: [Sourced<Baseline>] = []
        var defaults = Settings()
        var rules: [Rule] = []
    }

    /// The keys at the top of a file.
    enum TopKey: String, Word {
        case mode
        case baseline
        case defaults
        case rule
    }

    /// Reads one file; what is faulty in it is reported and left out.
    ///
    /// Every loop over what the file holds stops when no more errors can be told: looking for what
    /// was meant is the dear part, and a hostile file would have it 65,536 times.
    mutating func read(_ source: PolicySource, file: Int) -> File {
        var found = File()
        do {
            let root = try TOMLReader.read(source.bytes, file: file)
            for (key, value) in root.entries where !problems.isOverfull {
                switch TopKey.word(key.name) {
                case .mode: found.mode = word(value, key.name)
                case .baseline: found.baselines = baselines(value)
                case .defaults: found.defaults = defaults(value)
                case .rule: found.rules = rules(value)
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
        if SettingKey.word(key.name) != nil {
            let help = "settings stand under `[defaults]` or in a `[[rule]]`"
            return .error("`\(key.name)` cannot stand here", key.span, help: help)
        }
        return .unknown("key", key, among: TopKey.words)
    }

    private mutating func baselines(_ value: TOMLValue) -> [Sourced<Baseline>] {
        var baselines: [Sourced<Baseline>] = []
        for element in list(value) where !problems.isOverfull {
            guard case .string(let text) = element.content else {
                let help = "write its name, as in `baseline = [\"pci-dss\"]`"
                reportKind(element, "each entry of `baseline`", "a name", help: help)
                continue
            }
            guard let baseline = Baseline.named(text) else {
                let names = Baseline.all.map(\.id)
                let help =
                    nearest(to: text, among: names).map { "did you mean \"\($0)\"?" }
                    ?? "known here: " + names.map { "`\($0)`" }.joined(separator: ", ")
                let message = "unknown baseline \(VisibleText.quoted(text))"
                report(.error(message, element.span, help: help))
                continue
            }
            let found = Sourced(value: baseline, span: element.span)
            if let first = baselines.first(where: { $0 == found }) {
                report(
                    .warning("the baseline `\(baseline.id)` is given twice", element.span)
                        .noting("it was first given at", first.span)
                )
            } else {
                baselines.append(found)
            }
        }
        return baselines
    }

    private mutating func defaults(_ value: TOMLValue) -> Settings {
        var settings = Settings()
        guard let table = table(value, TopKey.defaults.rawValue) else { return settings }
        for (key, value) in table.entries where !problems.isOverfull {
            if !read(value, of: key, into: &settings) {
                report(unknownSetting(key))
            }
        }
        return settings
    }

    private func unknownSetting(_ key: TOMLKey) -> Diagnostic {
        if TopKey.word(key.name) == .mode || TopKey.word(key.name) == .baseline {
            let help = "`\(key.name)` stands at the top of the file, before the first `[…]`"
            return .error("`\(key.name)` cannot stand here", key.span, help: help)
        }
        return .unknown("setting", key, among: SettingKey.words)
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
    /// Of a day, which has 24 hours but where the clocks change.
    static let quota: ClosedRange<Duration> = .seconds(60) ... .seconds(86_400)
    static let hold: ClosedRange<Duration> = .zero ... .seconds(86_400)
    /// Below 5 s a job is hardly seen at work: looks are a second apart at least.
    static let work: ClosedRange<Duration> = .seconds(5) ... .seconds(30 * 86_400)
    /// Below 10 s nobody could type a password; after a week nobody comes back to it.
    static let lock: ClosedRange<Duration> = .seconds(10) ... .seconds(7 * 86_400)
    static let detached: ClosedRange<Duration> = .seconds(60) ... .seconds(30 * 86_400)
    /// More sessions than that no user has; the daemon's own table ends before.
    static let sessions = 1...10_000
}
