// The kinds of values that settings have. Each function reports what is wrong and returns `nil`.

extension PolicyReader {
    mutating func table(_ value: TOMLValue, _ name: String) -> TOMLTable? {
        if case .table(let table) = value.content {
            return table
        }
        reportKind(value, "`\(name)`", "a table", help: nil)
        return nil
    }

    mutating func array(_ value: TOMLValue, _ name: String, help: String) -> [TOMLValue]? {
        if case .array(let elements) = value.content {
            return elements
        }
        reportKind(value, "`\(name)`", "an array", help: help)
        return nil
    }

    /// The elements of an array, or the value itself where it is none.
    func list(_ value: TOMLValue) -> [TOMLValue] {
        if case .array(let elements) = value.content { elements } else { [value] }
    }

    /// One of the words of `Choice`.
    ///
    /// `meant` has words that are none of these, and the one that was probably meant by each.
    mutating func word<Choice: Word>(
        _ value: TOMLValue,
        _ name: String,
        meant: [String: Choice] = [:]
    ) -> Sourced<Choice>? {
        let quoted = Choice.words.map { "\"\($0)\"" }
        let most = quoted.dropLast().joined(separator: ", ")
        let choices =
            (most.isEmpty ? "it can only be " : "it can be \(most) or ") + quoted[quoted.count - 1]
        guard case .string(let text) = value.content else {
            reportKind(value, "`\(name)`", "a word", help: choices)
            return nil
        }
        if let choice = Choice.word(text) {
            return Sourced(value: choice, span: value.span)
        }
        // Signals are also known by their C names.
        let bare = text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text
        let near = meant[bare]?.rawValue ?? nearest(to: bare, among: Choice.words)
        let help = near.map { "did you mean \"\($0)\"?" } ?? choices
        let message = "\(VisibleText.quoted(text)) is no value for `\(name)`"
        report(.error(message, value.span, help: help))
        return nil
    }

    /// A duration within `range`, or `"never"`.
    ///
    /// `helpForZero`, if given, says what to do for who wrote a nought and did not mean `never`.
    mutating func limit(
        _ value: TOMLValue,
        _ name: String,
        within range: ClosedRange<Duration>,
        helpForZero: String? = nil
    ) -> Sourced<Limit>? {
        var help: String?
        switch value.content {
        case .string("never"):
            return Sourced(value: .never, span: value.span)
        case .string(let text) where nearest(to: text, among: ["never"]) != nil:
            help = "did you mean \"never\"?"
        case .string("0"), .string("0s"), .integer(0), .boolean(false):
            help = helpForZero ?? "for no limit, write `\(name) = \"never\"`"
        default:
            break
        }
        return duration(value, "`\(name)`", within: range, help: help)
            .map { Sourced(value: .after($0.value), span: $0.span) }
    }

    /// A duration within `range`.
    ///
    /// `subject` is what the message speaks of; `help`, if given, takes the place of the usual.
    mutating func duration(
        _ value: TOMLValue,
        _ subject: String,
        within range: ClosedRange<Duration>,
        help: String? = nil,
        helpForNever: String? = nil
    ) -> Sourced<Duration>? {
        guard case .string(let text) = value.content else {
            let usual =
                if case .integer(let number) = value.content, number > 0 {
                    "write the unit, in quotes, as in \"\(number)s\" or \"\(number)m\""
                } else {
                    "write a number and its unit in quotes, as in \"15m\""
                }
            reportKind(value, subject, "a duration", help: help ?? usual)
            return nil
        }
        guard text != "never" else {
            report(.error("\(subject) cannot be \"never\"", value.span, help: helpForNever))
            return nil
        }
        do {
            let duration = try PolicyDuration.parse(text)
            if range.contains(duration) {
                return Sourced(value: duration, span: value.span)
            }
            let shortest = PolicyDuration.text(range.lowerBound)
            let longest = PolicyDuration.text(range.upperBound)
            let wanted = "between \(shortest) and \(longest)"
            let message = "\(subject) must be \(wanted), found \(PolicyDuration.text(duration))"
            report(.error(message, value.span, help: help))
        } catch {
            report(.error(error.message, value.span, help: help ?? error.help))
        }
        return nil
    }

    mutating func reportKind(
        _ value: TOMLValue,
        _ subject: String,
        _ kind: String,
        help: String?
    ) {
        let message = "\(subject) must be \(kind), found \(value.kindName)"
        report(.error(message, value.span, help: help))
    }
}

extension Diagnostic {
    /// A key that is none, with the one that was probably meant, or else all that there are.
    static func unknown(_ kind: String, _ key: TOMLKey, among known: [String]) -> Diagnostic {
        let help =
            nearest(to: key.name, among: known).map { "did you mean `\($0)`?" }
            ?? "known here: " + known.map { "`\($0)`" }.joined(separator: ", ")
        return .error("unknown \(kind) \(VisibleText.quoted(key.name))", key.span, help: help)
    }
}
