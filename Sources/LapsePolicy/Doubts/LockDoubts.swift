// What is possible but surely not meant in how sessions are locked.

extension Policy {
    /// Settings of locks where no limit locks a session.
    ///
    /// A rule may give what another one or the defaults complete: nobody is blamed for what takes
    /// effect beside any of the values that there are.
    func lockDoubts() -> [Diagnostic] {
        let places = rules.map(\.settings) + [settings]
        let vain = [Setting.lockFor, .freeze, .unlock].flatMap { setting -> [Diagnostic] in
            let locks = mayHave(.onIdle(.lock), with: setting)
            let renews = mayHave(.onLifetime(.reauth), with: setting)
            return places.indices.compactMap { place in
                guard !locks[place], !renews[place], let given = places[place][setting] else {
                    return nil
                }
                return .warning(
                    "`\(setting.rawValue)` holds for `lapsectl lock` alone, no limit locks here",
                    given.span,
                    help: "set `on-idle = \"lock\"` or `on-lifetime = \"reauth\"`, or leave it out"
                )
            }
        }
        return Array(vain.prefix(PolicyLimits.diagnosticsMax + 1))
    }

    /// Whether a session that has `setting` from a place may have this value: for each rule in
    /// their order and, last, for the defaults with what is built in.
    ///
    /// The first place that is for a session gives it a setting. So one that gives both is the last
    /// that a session has either from, and any rules may be for one session.
    func mayHave(_ value: SettingValue, with setting: Setting) -> [Bool] {
        let wanted = value.setting
        let values = rules.map { $0.settings[wanted]?.value } + [defaults.value(of: wanted)]
        let isGiven = rules.map { $0.settings.given.contains(SettingSet(setting)) } + [true]
        var may = [Bool](repeating: false, count: values.count)
        var isBefore = false
        for place in values.indices {
            let isHere = values[place] == value
            may[place] = isBefore || isHere
            isBefore = isBefore || (isHere && !isGiven[place])
        }
        var isBehind = false
        for place in values.indices.reversed() {
            may[place] = may[place] || (values[place] == nil && isBehind)
            isBehind = isBehind || values[place] == value
        }
        return may
    }
}
