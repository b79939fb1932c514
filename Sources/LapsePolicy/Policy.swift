/// The policy as the daemon uses it, and where each part of it was given.
///
/// Two policies are equal when they mean the same, wherever it is written.
package struct Policy: Sendable {
    package let mode: Mode
    package let defaults: Allowance
    /// Where `mode` was given.
    package let modeOrigin: Origin
    /// The standards that the policy names as its floor; each at most once.
    package let baselines: [Baseline]
    let settings: Settings
    let rules: [Rule]
    let matcher: Matcher
    /// What each rule gives, beside the rules: a match looks at this of a thousand of them.
    let gifts: [Gift]
    /// The files, kept so that an origin can be named by its line.
    private let sources: [PolicySource]

    private init(_ found: PolicyReader.File, sources: [PolicySource]) {
        mode = found.mode?.value ?? .enforce
        modeOrigin = found.mode.map { .file($0.span) } ?? .builtIn
        baselines = found.baselines.map(\.value)
        settings = found.defaults
        defaults = settings.allowance
        rules = found.rules
        matcher = Matcher(rules.map(\.condition))
        gifts = rules.map { Gift(settings: $0.settings.given, hasMode: $0.mode != nil) }
        self.sources = sources
    }

    /// Reads a policy from its files, whole or not at all.
    ///
    /// The main file comes first. What a later file sets under `[defaults]`, or as `mode`, holds
    /// over what an earlier one does; baselines are added up; rules are asked in the order in
    /// which they are written, those of the main file first. No file at all is the built-in policy.
    ///
    /// - Parameters:
    ///   - sources: the files in their order, at most `PolicyLimits.filesMax`.
    ///   - host: what the host knows; without it, fewer doubts are found, and no other policy.
    /// - Returns: all that is wrong or doubtful, by file and place; `nil` for the policy if any of
    ///   it is an error.
    package static func load(
        _ sources: [PolicySource],
        host: HostFacts = HostFacts()
    ) -> (policy: Policy?, diagnostics: [Diagnostic]) {
        if let refusal = refusal(of: sources) {
            return (nil, [refusal])
        }
        var reader = PolicyReader()
        var all = PolicyReader.File()
        for (file, source) in sources.enumerated() where !reader.problems.isOverfull {
            let found = reader.read(source, file: file)
            all.mode = found.mode ?? all.mode
            all.baselines += found.baselines.filter { !all.baselines.contains($0) }
            all.defaults = found.defaults.orElse(all.defaults)
            all.rules += found.rules
        }
        var problems = reader.problems
        problems.add(RuleDoubts.sameNames(all.rules))
        guard !problems.hasErrors else { return (nil, problems.sorted()) }
        let policy = Policy(all, sources: sources)
        problems.add(policy.settings.doubts())
        problems.add(policy.nameDoubts(host))
        problems.add(policy.ruleDoubts(host.now))
        problems.add(policy.activityDoubts())
        problems.add(policy.lockDoubts())
        problems.add(policy.faults(against: all.baselines))
        return (problems.hasErrors ? nil : policy, problems.sorted())
    }

    /// What speaks against reading the files at all.
    private static func refusal(of sources: [PolicySource]) -> Diagnostic? {
        guard sources.count <= PolicyLimits.filesMax else {
            return .error("the policy has more than \(PolicyLimits.filesMax) files", nil)
        }
        let bytesMax = PolicyLimits.totalBytesMax
        let bytes = sources.reduce(0) { $0 + $1.bytes.count }
        return bytes <= bytesMax
            ? nil : .error("the files of the policy have more than \(bytesMax) bytes", nil)
    }

    /// Where a setting of `defaults` was given.
    package func origin(of setting: Setting) -> Origin {
        settings[setting].map { .file($0.span) } ?? .builtIn
    }

    /// The origin for people: `FILE:LINE`, with the rule's name before it, or `built in`.
    package func describe(_ origin: Origin) -> String {
        guard let span = origin.span else { return "built in" }
        let source = sources[span.file]
        let line = source.position(of: span.start).line
        let place = "\(VisibleText(source.name.utf8).text):\(line)"
        guard case .rule(let name, _) = origin else { return place }
        return "rule \(VisibleText.quoted(name)), \(place)"
    }

    /// What a rule gives, in a form that is quick to look at.
    struct Gift: Sendable {
        let settings: SettingSet
        let hasMode: Bool
    }
}

extension Policy: Equatable {
    package static func == (left: Policy, right: Policy) -> Bool {
        left.mode == right.mode && left.baselines == right.baselines
            && left.settings == right.settings && left.rules == right.rules
    }
}

/// Whether the policy is carried out.
package enum Mode: String, Word {
    case enforce
    /// Everything is recorded, and nobody is warned or ended.
    case observe
}

/// Where a setting was given.
package enum Origin: Sendable, Equatable {
    /// No file gives it.
    case builtIn
    /// Under `[defaults]`, or at the top; the span of the value.
    case file(SourceSpan)
    /// In a rule; the span of the value.
    case rule(name: String, SourceSpan)

    package var span: SourceSpan? {
        switch self {
        case .builtIn: nil
        case .file(let span), .rule(_, let span): span
        }
    }
}

/// What the host knows that a policy can be held against; what is `nil` is not checked.
package struct HostFacts {
    package var now: WallMoment?
    /// Whether there is such a user, or group; `nil` for an answer that did not come.
    package var isUser: ((String) -> Bool?)?
    package var isGroup: ((String) -> Bool?)?

    package init(
        now: WallMoment? = nil,
        isUser: ((String) -> Bool?)? = nil,
        isGroup: ((String) -> Bool?)? = nil
    ) {
        self.now = now
        self.isUser = isUser
        self.isGroup = isGroup
    }
}
