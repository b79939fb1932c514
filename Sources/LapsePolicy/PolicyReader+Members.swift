// The groups of `member-of`.

extension PolicyReader {
    /// The groups, by the order of their bytes and each once; none for anyone.
    mutating func memberGroups(_ value: TOMLValue, _ key: String) -> [Sourced<ExactName>]? {
        let help = "write `\(key) = \"…\"` or `\(key) = [\"…\", \"…\"]`"
        switch value.content {
        case .string(let text) where text.isExactly(Membership.wordForAnyone):
            return []
        case .string(let text):
            return memberGroup(text, value.span, key).map { [Sourced(value: $0, span: value.span)] }
        case .array(let elements):
            return memberGroups(elements, of: value.span, key, help: help)
        default:
            reportKind(value, "`\(key)`", "a group or an array of groups", help: help)
            return nil
        }
    }

    private mutating func memberGroups(
        _ elements: [TOMLValue],
        of span: SourceSpan,
        _ key: String,
        help: String
    ) -> [Sourced<ExactName>]? {
        guard !elements.isEmpty else {
            let message = "`\(key)` is empty, it would stand for nobody"
            report(.error(message, span, help: forEverybody(key)))
            return nil
        }
        let most = PolicyLimits.memberGroupsMax
        guard elements.count <= most else {
            let message = "`\(key)` has \(elements.count) groups, at most \(most) are possible"
            report(.error(message, span))
            return nil
        }
        var groups: [Sourced<ExactName>] = []
        var isFaulty = false
        for element in elements {
            guard let group = memberGroup(element, key, help: help) else {
                isFaulty = true
                continue
            }
            if let first = groups.first(where: { $0 == group }) {
                let quoted = VisibleText.quoted(group.value.name)
                report(
                    .warning("\(quoted) is in `\(key)` twice", group.span)
                        .noting("it was first given at", first.span)
                )
            } else {
                groups.append(group)
            }
        }
        return isFaulty ? nil : groups.sorted { $0.value < $1.value }
    }

    private mutating func memberGroup(
        _ element: TOMLValue,
        _ key: String,
        help: String
    ) -> Sourced<ExactName>? {
        guard case .string(let text) = element.content else {
            reportKind(element, "each entry of `\(key)`", "a text", help: help)
            return nil
        }
        guard !text.isExactly(Membership.wordForAnyone) else {
            let message = "`\(Membership.wordForAnyone)` cannot stand in an array"
            report(.error(message, element.span, help: forEverybody(key)))
            return nil
        }
        return memberGroup(text, element.span, key).map { Sourced(value: $0, span: element.span) }
    }

    private mutating func memberGroup(
        _ text: String,
        _ span: SourceSpan,
        _ key: String
    ) -> ExactName? {
        name(text, span, of: .groups, help: memberHelp(text, key))
    }

    /// Why a text cannot be a group of `member-of`: what to do instead.
    private func memberHelp(_ text: String, _ key: String) -> String? {
        if text.isEmpty {
            return forEverybody(key)
        }
        if text.utf8.first == UInt8(ascii: "!") {
            return "`\(key)` names the groups that may stay, none that may not"
        }
        return text.utf8.contains(UInt8(ascii: "*"))
            ? "names are whole names; \(forEverybody(key))" : nil
    }

    private func forEverybody(_ key: String) -> String {
        "for everybody, write `\(key) = \"\(Membership.wordForAnyone)\"`"
    }
}
