/// The policy as the daemon uses it, and where each part of it was given.
package struct Policy: Sendable, Equatable {
    package let mode: Mode
    package let defaults: Allowance
    /// Where `mode` was given.
    package let modeOrigin: Origin
    private let settings: Settings
    /// The files, kept so that an origin can be named by its line.
    private let sources: [PolicySource]

    private init(mode: Sourced<Mode>?, settings: Settings, sources: [PolicySource]) {
        self.mode = mode?.value ?? .enforce
        modeOrigin = Origin(mode?.span)
        self.settings = settings
        defaults = settings.allowance
        self.sources = sources
    }

    /// Reads a policy from its files, whole or not at all.
    ///
    /// The main file comes first; what a later file sets under `[defaults]`, or as `mode`, holds
    /// over what an earlier one does. No file at all is the built-in policy.
    ///
    /// - Parameter sources: the files in their order, at most `PolicyLimits.filesMax`.
    /// - Returns: all that is wrong or doubtful, by file and place; `nil` for the policy if any of
    ///   it is an error.
    package static func load(
        _ sources: [PolicySource]
    ) -> (policy: Policy?, diagnostics: [Diagnostic]) {
        if let refusal = refusal(of: sources) {
            return (nil, [refusal])
        }
        var reader = PolicyReader()
        var mode: Sourced<Mode>?
        var settings = Settings()
        for (file, source) in sources.enumerated() where !reader.problems.isFull {
            let found = reader.read(source, file: file)
            mode = found.mode ?? mode
            settings = found.defaults.orElse(settings)
        }
        var problems = reader.problems
        guard !problems.hasErrors else { return (nil, problems.sorted()) }
        problems.add(settings.doubts())
        return (Policy(mode: mode, settings: settings, sources: sources), problems.sorted())
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
        Origin(settings.span(of: setting))
    }

    /// The origin for people: `FILE:LINE`, or `built in`.
    package func describe(_ origin: Origin) -> String {
        guard case .file(let span) = origin else { return "built in" }
        let source = sources[span.file]
        return "\(VisibleText(source.name.utf8).text):\(source.position(of: span.start).line)"
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
    /// The span of the value.
    case file(SourceSpan)

    fileprivate init(_ span: SourceSpan?) {
        self = span.map(Origin.file) ?? .builtIn
    }
}
