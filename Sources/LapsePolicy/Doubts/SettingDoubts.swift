// What is possible but surely not meant in `[defaults]` or in one rule.

extension Settings {
    /// Limits that make each other void; `defaults` hold beside the settings of a rule.
    func doubts(beside defaults: Settings? = nil) -> [Diagnostic] {
        let all = orElse(defaults ?? Settings())
        let allowance = all.allowance
        let limits = [
            (Setting.idle, Setting.privilegedIdle, allowance.idle, allowance.privileged.idle),
            (
                Setting.lifetime, Setting.privilegedLifetime, allowance.lifetime,
                allowance.privileged.lifetime
            ),
        ]
        return limits.flatMap { setting, privileged, limit, privilegedLimit in
            var doubts: [Diagnostic] = []
            // A rule is not to blame for what others have given.
            if case .after(let time) = limit,
                self[setting] != nil || self[.warn] != nil
                    || defaults == nil
            {
                doubts += warningDoubts(setting, time, all)
            }
            // `never` is no limit of root's own, and says just that.
            if let own = self[privileged], let given = self[setting], privilegedLimit != .never,
                privilegedLimit > limit
            {
                let message = "`\(privileged.rawValue)` is longer than `\(setting.rawValue)`,"
                doubts.append(
                    .warning("\(message) which holds for root as well", own.span)
                        .noting("`\(setting.rawValue)` is given at", given.span)
                )
            }
            return doubts
        }
    }

    /// The doubts about warnings before one limit; `all` are these settings and what is beside.
    private func warningDoubts(
        _ setting: Setting,
        _ time: Duration,
        _ all: Settings
    ) -> [Diagnostic] {
        let misfit = "not fit in `\(setting.rawValue)`, which is \(PolicyDuration.text(time))"
        let limitSpan = all[setting]?.span
        if case .warn(let own) = self[.warn]?.value {
            return own.filter { $0.value >= time }.map { warning in
                let before = PolicyDuration.text(warning.value)
                let doubt = Diagnostic.warning(
                    "the warning `\(before)` does \(misfit)",
                    warning.span
                )
                return limitSpan.map { doubt.noting("`\(setting.rawValue)` is given at", $0) }
                    ?? doubt
            }
        }
        // Warnings given elsewhere are nobody's mistake while one of them fits.
        let warn = all.allowance.warn
        guard let span = self[setting]?.span, !warn.isEmpty, warn.allSatisfy({ $0 >= time }) else {
            return []
        }
        let times = warn.map(PolicyDuration.text).joined(separator: ", ")
        let help = "set `warn` to shorter times, or to `[]` for none"
        guard let given = all[.warn] else {
            return [.warning("the built-in warnings (\(times)) do \(misfit)", span, help: help)]
        }
        return [
            .warning("the warnings of the defaults (\(times)) do \(misfit)", span, help: help)
                .noting("`warn` is given at", given.span)
        ]
    }
}
