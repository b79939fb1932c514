/// The settings of a policy, by the name that the file has for them.
package enum Setting: String, Word {
    case idle
    case lifetime
    case warn
    case onIdle = "on-idle"
    case end
}

/// A value and the place in a file that gave it.
struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
    let value: Value
    let span: SourceSpan
}

/// What one `[defaults]` gives; what it is silent about is `nil`.
struct Settings: Sendable, Equatable {
    var idle: Sourced<Limit>?
    var lifetime: Sourced<Limit>?
    var warn: Sourced<[Sourced<Duration>]>?
    var onIdle: Sourced<IdleAction>?
    var end: Sourced<[EndStep]>?

    /// These settings, and those of `other` where these are silent.
    func orElse(_ other: Settings) -> Settings {
        Settings(
            idle: idle ?? other.idle,
            lifetime: lifetime ?? other.lifetime,
            warn: warn ?? other.warn,
            onIdle: onIdle ?? other.onIdle,
            end: end ?? other.end
        )
    }

    /// The allowance that these settings make of the built-in one.
    var allowance: Allowance {
        let builtIn = Allowance.builtIn
        return Allowance(
            idle: idle?.value ?? builtIn.idle,
            lifetime: lifetime?.value ?? builtIn.lifetime,
            warn: warn.map { $0.value.map(\.value) } ?? builtIn.warn,
            onIdle: onIdle?.value ?? builtIn.onIdle,
            end: end?.value ?? builtIn.end
        )
    }

    /// Where a setting is given; `nil` if it is not.
    func span(of setting: Setting) -> SourceSpan? {
        switch setting {
        case .idle: idle?.span
        case .lifetime: lifetime?.span
        case .warn: warn?.span
        case .onIdle: onIdle?.span
        case .end: end?.span
        }
    }
}

// MARK: - Doubts

extension Settings {
    /// What is possible but surely not meant: warnings that cannot be given.
    func doubts() -> [Diagnostic] {
        let limits = [
            ("idle", allowance.idle, idle?.span),
            ("lifetime", allowance.lifetime, lifetime?.span),
        ]
        return limits.flatMap { name, limit, span in
            guard case .after(let time) = limit else { return [Diagnostic]() }
            return doubts(name, time, span)
        }
    }

    /// The doubts about warnings before one limit, given at `span` or built in.
    private func doubts(_ name: String, _ time: Duration, _ span: SourceSpan?) -> [Diagnostic] {
        let misfit = "not fit in `\(name)`, which is \(PolicyDuration.text(time))"
        guard let warn else {
            // The built-in warnings are nobody's mistake while one of them is given.
            guard let span, allowance.warn.allSatisfy({ $0 >= time }) else { return [] }
            let times = allowance.warn.map(PolicyDuration.text).joined(separator: ", ")
            let help = "set `warn` to shorter times, or to `[]` for none"
            return [.warning("the built-in warnings (\(times)) do \(misfit)", span, help: help)]
        }
        return warn.value.filter { $0.value >= time }.map { warning in
            let before = PolicyDuration.text(warning.value)
            let doubt = Diagnostic.warning("the warning `\(before)` does \(misfit)", warning.span)
            return span.map { doubt.noting("`\(name)` is given at", $0) } ?? doubt
        }
    }
}
