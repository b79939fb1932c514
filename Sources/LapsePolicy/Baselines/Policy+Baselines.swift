// What a policy is weaker in than a standard asks for.

extension Policy {
    /// Each place where the policy is weaker than one of these standards.
    ///
    /// Every value that a session can get is looked at by itself: the defaults' and each rule's,
    /// those of exceptions and of unreachable rules too. So nothing weaker can be missed; a value
    /// that no session gets may be found. Root's limit holds where the limit for all does not: it
    /// is asked for only if some value of that is longer. What is locked first and ended later is
    /// in `Policy+Locks`.
    package func check(against baselines: [Baseline]) -> [Finding] {
        baselines.flatMap { baseline in
            baseline.requirements.flatMap { findings(baseline, $0) } + unenforced(baseline)
        }
    }

    private func findings(_ baseline: Baseline, _ requirement: Requirement) -> [Finding] {
        var findings: [Finding] = []
        func add(_ setting: Setting, where isWeaker: (SettingValue) -> Bool) {
            for place in places(of: setting) where isWeaker(place.value) {
                findings.append(
                    Finding(
                        baseline: baseline,
                        requirement: requirement,
                        setting: setting,
                        value: place.value.text,
                        onTopOf: nil,
                        origin: place.origin,
                        excuse: baseline.hasExceptions ? place.exception?.reason : nil
                    )
                )
            }
        }
        func addUnattended() {
            add(.workMax) { $0 == .workMax(.never) }
            add(.activity) { $0.counts(.output) || $0.counts(.network) }
        }
        switch requirement.demand {
        case .idle(let most, let remedy):
            // Of no limit at all, every limit is within.
            add(.idle) { most == .never ? $0 == .idle(.never) : $0.isLonger(than: most) }
            add(.onIdle) { $0 == .onIdle(.report) }
            if remedy == .end {
                findings += lateEnds(baseline, requirement, within: most)
            }
            addUnattended()
        case .privilegedIdle(let most):
            let limit = Limit.after(most)
            if places(of: .idle).contains(where: { $0.value.isLonger(than: limit) }) {
                add(.privilegedIdle) { $0.isLonger(than: limit) }
            }
            add(.onIdle) { $0 == .onIdle(.report) }
            findings += lateEnds(baseline, requirement, within: limit, ofRoot: true)
        case .lifetime(let most):
            // With `on-lifetime = "reauth"` there is a new authentication then, too.
            add(.lifetime) { $0.isLonger(than: .after(most)) }
        case .sessions(let most):
            add(.sessionsMax) { $0.allows(moreThan: most) }
        }
        return findings
    }

    /// A policy that is only observed keeps no standard.
    private func unenforced(_ baseline: Baseline) -> [Finding] {
        var modes: [(mode: Mode, origin: Origin, exception: RuleException?)] = [
            (mode, modeOrigin, nil)
        ]
        for rule in rules {
            guard let mode = rule.mode else { continue }
            modes.append(
                (mode.value, .rule(name: rule.name.value, mode.span), rule.exception)
            )
        }
        return modes.filter { $0.mode == .observe }.map { _, origin, exception in
            Finding(
                baseline: baseline,
                requirement: nil,
                setting: nil,
                value: TOMLText.string(Mode.observe.rawValue),
                onTopOf: nil,
                origin: origin,
                excuse: baseline.hasExceptions ? exception?.reason : nil
            )
        }
    }

    private struct Place {
        let value: SettingValue
        let origin: Origin
        var exception: RuleException?
    }

    /// The default, and what rules give instead.
    private func places(of setting: Setting) -> [Place] {
        let byRules = rules.compactMap { rule -> Place? in
            guard let given = rule.settings[setting] else { return nil }
            let origin = Origin.rule(name: rule.name.value, given.span)
            return Place(value: given.value, origin: origin, exception: rule.exception)
        }
        return [Place(value: defaults.value(of: setting), origin: origin(of: setting))] + byRules
    }

    /// What loading says of a policy that is weaker than the standards it names itself.
    ///
    /// Of an exception that the standard allows it says nothing: reports do.
    func faults(against named: [Sourced<Baseline>]) -> [Diagnostic] {
        named.flatMap { name in
            check(against: [name.value]).filter { $0.excuse == nil }.map { finding in
                var diagnostic = Diagnostic(
                    severity: finding.severity,
                    message: finding.text,
                    // A value of the built-in policy stands nowhere: the name's place is shown.
                    span: finding.origin.span ?? name.span
                )
                if finding.origin.span == nil {
                    diagnostic.help = "it is built in; give a stricter one under `[defaults]`"
                } else {
                    diagnostic = diagnostic.noting("the baseline is named at", name.span)
                }
                if finding.setting == .lockFor {
                    diagnostic.help =
                        "write `on-idle = \"end\"`, or times that are short enough together"
                }
                return diagnostic
            }
        }
    }
}

extension SettingValue {
    /// The time of a limit that is asked for.
    var limit: Limit? {
        switch self {
        case .idle(let limit), .lifetime(let limit), .privilegedIdle(let limit),
            .lockFor(let limit):
            limit
        default:
            nil
        }
    }

    fileprivate func isLonger(than most: Limit) -> Bool { limit.map { $0 > most } ?? false }

    fileprivate func counts(_ kind: ActivityKind) -> Bool {
        if case .activity(let kinds) = self { kinds.contains(kind) } else { false }
    }

    fileprivate func allows(moreThan most: Int) -> Bool {
        switch self {
        case .sessionsMax(.unlimited): true
        case .sessionsMax(.atMost(let count)): count > most
        default: false
        }
    }
}
