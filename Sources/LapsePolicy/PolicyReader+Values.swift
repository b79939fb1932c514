// The kinds of values that settings have. Each function reports what is wrong and returns `nil`.

extension PolicyReader {
    mutating func table(_ value: TOMLValue, _ name: String) -> TOMLTable? {
        if case .table(let table) = value.content {
            return table
        }
        reportKind(value, name, "a table", help: nil)
        return nil
    }

    mutating func array(_ value: TOMLValue, _ name: String, help: String) -> [TOMLValue]? {
        if case .array(let elements) = value.content {
            return elements
        }
        reportKind(value, name, "an array", help: help)
        return nil
    }

    /// One of the words of `Choice`.
    mutating func word<Choice: Word>(_ value: TOMLValue, _ name: String) -> Sourced<Choice>? {
        let choices = Choice.words.map { "\"\($0)\"" }.joined(separator: ", ")
        guard case .string(let text) = value.content else {
            reportKind(value, name, "a word", help: "it can be \(choices)")
            return nil
        }
        guard let choice = Choice.word(text) else {
            // Signals are also known by their C names.
            let bare = text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text
            let meant = nearest(to: bare, among: Choice.words)
            report(
                .error(
                    "\(VisibleText.quoted(text)) is no value for `\(name)`",
                    value.span,
                    help: meant.map { "did you mean \"\($0)\"?" } ?? "it can be \(choices)"
                )
            )
            return nil
        }
        return Sourced(value: choice, span: value.span)
    }

    /// A duration within `range`, or `"never"`.
    mutating func limit(
        _ value: TOMLValue,
        _ name: String,
        within range: ClosedRange<Duration>
    ) -> Sourced<Limit>? {
        if case .string("never") = value.content {
            return Sourced(value: .never, span: value.span)
        }
        let isZero = value.content == .integer(0) || value.content == .boolean(false)
        let help = isZero ? "for no limit, write `\(name) = \"never\"`" : nil
        return duration(value, name, within: range, help: help)
            .map { Sourced(value: .after($0.value), span: $0.span) }
    }

    /// A duration within `range`.
    ///
    /// `help` is for a value that is no text, where there is something better than the usual to say.
    mutating func duration(
        _ value: TOMLValue,
        _ name: String,
        within range: ClosedRange<Duration>,
        help: String? = nil
    ) -> Sourced<Duration>? {
        guard case .string(let text) = value.content else {
            let usual =
                if case .integer(let number) = value.content, number > 0 {
                    "write the unit, in quotes, as in \"\(number)s\" or \"\(number)m\""
                } else {
                    "write a number and its unit in quotes, as in \"15m\""
                }
            reportKind(value, name, "a duration", help: help ?? usual)
            return nil
        }
        guard text != "never" else {
            report(.error("`\(name)` cannot be \"never\"", value.span))
            return nil
        }
        do {
            let duration = try PolicyDuration.parse(text)
            if range.contains(duration) {
                return Sourced(value: duration, span: value.span)
            }
            let shortest = PolicyDuration.text(range.lowerBound)
            let longest = PolicyDuration.text(range.upperBound)
            let found = PolicyDuration.text(duration)
            report(
                .error(
                    "`\(name)` must be between \(shortest) and \(longest), found \(found)",
                    value.span
                )
            )
        } catch {
            report(.error(error.message, value.span, help: error.help))
        }
        return nil
    }

    private mutating func reportKind(
        _ value: TOMLValue,
        _ name: String,
        _ kind: String,
        help: String?
    ) {
        report(.error("`\(name)` must be \(kind), found \(value.kindName)", value.span, help: help))
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
