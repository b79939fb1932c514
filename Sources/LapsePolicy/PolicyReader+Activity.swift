// What counts as activity: the kinds of `activity`, and the programs of `keep-while`.

extension PolicyReader {
    /// The kinds of activity, each once; never without input.
    mutating func activityKinds(_ value: TOMLValue, _ key: String) -> Set<ActivityKind>? {
        let help = "write `\(key) = [\"input\", \"work\"]`"
        guard let elements = words(value, key, "a word or an array of words", help) else {
            return nil
        }
        let needed = "nobody at the keyboard could keep a session; \(help)"
        guard !elements.isEmpty else {
            report(.error("`\(key)` is empty", value.span, help: needed))
            return nil
        }
        let most = ActivityKind.allCases.count
        guard elements.count <= most else {
            let message = "`\(key)` has \(elements.count) entries, at most \(most) are possible"
            report(.error(message, value.span))
            return nil
        }
        let given = elements.compactMap { (word($0, key) as Sourced<ActivityKind>?) }
        // One that is misspelt may be the very one that is missing.
        guard given.count == elements.count else { return nil }
        let kinds = once(given, key) { $0.rawValue }.map(\.value)
        guard kinds.contains(.input) else {
            report(.error("`\(key)` has no \"input\"", value.span, help: needed))
            return nil
        }
        return Set(kinds)
    }

    /// The programs, by the order of their bytes and each once; may be none.
    mutating func programs(_ value: TOMLValue, _ key: String) -> [Sourced<ExactName>]? {
        let help = "write `\(key) = [\"make\", \"/usr/bin/rsync\"]`"
        guard let elements = words(value, key, "a program or an array of programs", help) else {
            return nil
        }
        let most = PolicyLimits.programsMax
        guard elements.count <= most else {
            let message = "`\(key)` has \(elements.count) programs, at most \(most) are possible"
            report(.error(message, value.span))
            return nil
        }
        let given = elements.compactMap { program($0, key, help: help) }
        guard given.count == elements.count else { return nil }
        return once(given, key) { $0.name }.sorted { $0.value < $1.value }
    }

    /// The elements of an array, or a text by itself.
    private mutating func words(
        _ value: TOMLValue,
        _ key: String,
        _ kind: String,
        _ help: String
    ) -> [TOMLValue]? {
        switch value.content {
        case .string, .array:
            return list(value)
        default:
            reportKind(value, "`\(key)`", kind, help: help)
            return nil
        }
    }

    /// The values without those that are given again, which is said.
    private mutating func once<Value>(
        _ given: [Sourced<Value>],
        _ key: String,
        name: (Value) -> String
    ) -> [Sourced<Value>] {
        var values: [Sourced<Value>] = []
        for value in given {
            if let first = values.first(where: { $0 == value }) {
                // Nobody would read it, and a hostile file has tens of thousands.
                guard !problems.hasLeftWarningsOut else { continue }
                let quoted = VisibleText.quoted(name(value.value))
                report(
                    .warning("\(quoted) is in `\(key)` twice", value.span)
                        .noting("it was first given at", first.span)
                )
            } else {
                values.append(value)
            }
        }
        return values
    }

    private mutating func program(
        _ element: TOMLValue,
        _ key: String,
        help: String
    ) -> Sourced<ExactName>? {
        guard case .string(let text) = element.content else {
            reportKind(element, "each entry of `\(key)`", "a text", help: help)
            return nil
        }
        let name = ProgramName(text)
        if let fault = name.fault(in: key) {
            let message = "\(VisibleText.quoted(text)) is no name of a program"
            report(.error(message, element.span, help: fault))
            return nil
        }
        let bytesMax = PolicyLimits.programNameBytesMax
        guard name.partBytesMax <= bytesMax else {
            let what = name.isPath ? "each part of a path" : "the name of a program"
            report(.error("\(what) has at most \(bytesMax) bytes", element.span))
            return nil
        }
        let pathBytesMax = PolicyLimits.programPathBytesMax
        guard text.utf8.count <= pathBytesMax else {
            report(.error("a path has at most \(pathBytesMax) bytes", element.span))
            return nil
        }
        return Sourced(value: ExactName(text), span: element.span)
    }
}
