extension Policy {
    /// The policy as one TOML file, which means the same; remarks and the order of keys are lost.
    package var text: String {
        var parts: [String] = []
        var top = ""
        if modeOrigin != .builtIn {
            top += "mode = \(TOMLText.string(mode.rawValue))\n"
        }
        if !baselines.isEmpty {
            top += "baseline = \(TOMLText.array(baselines.map { TOMLText.string($0.id) }))\n"
        }
        if !top.isEmpty {
            parts.append(top)
        }
        if !settings.all.isEmpty {
            parts.append("[defaults]\n" + settings.text)
        }
        return (parts + rules.map(\.text)).joined(separator: "\n")
    }
}

extension Rule {
    fileprivate var text: String {
        var text = "[[rule]]\nname = \(TOMLText.string(name.value))\n"
        if !condition.terms.isEmpty {
            let terms = condition.terms.map(\.text).joined(separator: ", ")
            text += "when = { \(terms) }\n"
        }
        if let exception {
            text += "reason = \(TOMLText.string(exception.reason))\n"
            text += "until = \(exception.until.value)\n"
        }
        if let mode {
            text += "mode = \(TOMLText.string(mode.value.rawValue))\n"
        }
        return text + settings.text
    }
}

extension Condition.Term {
    /// A list of one as that one alone.
    fileprivate var text: String {
        let values = patterns.map(\.value.text)
        return "\(key) = " + (values.count == 1 ? values[0] : TOMLText.array(values))
    }
}

extension Settings {
    /// One line a setting; dotted keys for root's limits.
    fileprivate var text: String {
        all.map { "\($0.value.setting.rawValue) = \($0.value.text)\n" }.joined()
    }
}
