// The steps of an end. A list that can leave a session half dead is refused, with the reason.

extension PolicyReader {
    private enum StepKey: String, Word {
        case signal
        case to
        case wait
    }

    private static let example = "{ signal = \"TERM\", to = \"leader\", wait = \"2s\" }"

    mutating func endSteps(_ value: TOMLValue, _ name: String) -> Sourced<[EndStep]>? {
        let help = "a step is `\(Self.example)`"
        guard let elements = array(value, name, help: help) else { return nil }
        guard !elements.isEmpty else {
            let help = "leave `end` out for the built-in steps"
            report(.error("`end` has no steps", value.span, help: help))
            return nil
        }
        let stepsMax = PolicyLimits.endStepsMax
        guard elements.count <= stepsMax else {
            let message = "`end` has \(elements.count) steps, at most \(stepsMax) are possible"
            report(.error(message, value.span))
            return nil
        }
        let steps = elements.compactMap { step($0) }
        // With a step missing, the order of the others proves nothing.
        guard steps.count == elements.count else { return nil }
        let faults = EndRules.faults(in: steps, of: value.span)
        for fault in faults {
            report(fault)
        }
        return faults.isEmpty ? Sourced(value: steps.map(\.value), span: value.span) : nil
    }

    private mutating func step(_ value: TOMLValue) -> Sourced<EndStep>? {
        guard case .table(let table) = value.content else {
            report(
                .error(
                    "a step of `end` must be a table, found \(value.kindName)",
                    value.span,
                    help: "write `\(Self.example)`"
                )
            )
            return nil
        }
        var signal: Sourced<EndSignal>?
        var target: Sourced<EndTarget>?
        var allowed: Sourced<Duration>?
        for (key, value) in table.entries {
            switch StepKey.word(key.name) {
            case .signal: signal = word(value, key.name)
            case .to: target = word(value, key.name)
            case .wait: allowed = duration(value, "`wait`", within: PolicyRanges.endStep)
            case nil: report(.unknown("key", key, among: StepKey.words))
            }
        }
        // An unknown key is most likely the missing one, misspelt.
        let isAllKnown = table.keys.all.allSatisfy { StepKey.word($0.name) != nil }
        for key in StepKey.words where isAllKnown && table[key] == nil {
            let help = "a step is `\(Self.example)`"
            report(.error("the step has no `\(key)`", value.span, help: help))
        }
        guard let signal, let target, let allowed else { return nil }
        let step = EndStep(signal: signal.value, target: target.value, allowed: allowed.value)
        return Sourced(value: step, span: value.span)
    }
}

/// What every list of steps must have, so that an end ends and is recorded.
enum EndRules {
    /// What is wrong with `steps`, which are not empty; `span` is that of the whole list.
    static func faults(in steps: [Sourced<EndStep>], of span: SourceSpan) -> [Diagnostic] {
        var faults: [Diagnostic] = []
        let total = steps.reduce(Duration.zero) { $0 + $1.value.allowed }
        if total > PolicyRanges.endTotalMax {
            let most = PolicyDuration.text(PolicyRanges.endTotalMax)
            let found = PolicyDuration.text(total)
            faults.append(
                .error("the steps wait \(found) in all, at most \(most) are possible", span)
            )
        }
        if let first = steps.firstIndex(where: { $0.value.does(.kill, to: .leader) }) {
            faults += untimelyKill(steps[first].span, after: steps[..<first].map(\.value))
        }
        if !endsWithKills(steps.map(\.value)) {
            faults.append(
                .error(
                    "the last two steps must be KILL to the processes and KILL to the leader",
                    steps[steps.count - 1].span,
                    help: "whoever ignores every signal before these would outlive the end"
                )
            )
        }
        return faults
    }

    /// Why the leader cannot be killed after no more than `before`.
    private static func untimelyKill(_ span: SourceSpan, after before: [EndStep]) -> [Diagnostic] {
        var faults: [Diagnostic] = []
        if !before.contains(where: { $0.does(.terminate, to: .leader) }) {
            faults.append(
                .error(
                    "the leader is killed without a TERM to it before",
                    span,
                    help: "on TERM it closes its PAM session, on KILL it cannot"
                )
            )
        }
        if !before.contains(where: { $0.does(.kill, to: .processes) }) {
            faults.append(
                .error(
                    "the leader is killed before the processes are",
                    span,
                    help: "without its leader a connection can live on with nobody in charge of it"
                )
            )
        }
        return faults
    }

    private static func endsWithKills(_ steps: [EndStep]) -> Bool {
        guard let last = steps.last, let beforeLast = steps.dropLast().last else { return false }
        return beforeLast.does(.kill, to: .processes) && last.does(.kill, to: .leader)
    }
}

extension EndStep {
    fileprivate func does(_ signal: EndSignal, to target: EndTarget) -> Bool {
        self.signal == signal && self.target == target
    }
}
