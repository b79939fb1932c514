/// A line of the daemon's log, `… event=ended session=4k2j9x1q reason=idle …`, taken apart.
package struct LogLine: Sendable {
    /// When the daemon wrote it.
    package let at: ContinuousClock.Instant
    /// The whole line.
    package let text: String
    /// The fields by their names; a quoted value stands here without its quotes.
    package let fields: [String: String]
    /// Behind the line's last word that was looked for.
    package let mark: Transcript.Mark

    package var event: String { fields["event"] ?? "" }

    /// The field as seconds, where it is a figure such as `20.013s`.
    package func seconds(_ name: String) -> Double? {
        guard let text = fields[name], text.hasSuffix("s") else { return nil }
        return Double(text.dropLast())
    }

    init(_ line: String, at: ContinuousClock.Instant, mark: Transcript.Mark = .start) {
        self.at = at
        self.mark = mark
        text = line
        var fields: [String: String] = [:]
        var rest = line[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].split(separator: " ").last.map(String.init) ?? ""
            rest = rest[rest.index(after: equals)...]
            fields[name] = Self.takeValue(&rest)
        }
        self.fields = fields
    }

    private static func takeValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != " " }
            rest = rest[value.endIndex...]
            return String(value)
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            // A backslash stands before a quote and before another backslash.
            value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
        }
        return value
    }
}

extension Stage {
    /// Every line of the daemon's log for an event, in order; those of one user where one is named.
    package func log(_ event: String, of user: StageUser? = nil) -> [LogLine] {
        log(phrase(event, user))
    }

    /// Every line of the daemon's log that holds a phrase, in order.
    package func log(_ phrase: Phrase) -> [LogLine] {
        daemonLog.sightings(of: phrase).map { LogLine($0.line, at: $0.at, mark: $0.mark) }
    }

    /// Waits for the first line of the daemon's log for an event.
    package func waitForLog(
        _ event: String,
        of user: StageUser? = nil,
        after mark: Transcript.Mark = .start,
        within limit: Duration
    ) async throws(StageError) -> LogLine {
        try await nextLog(phrase(event, user), after: mark, within: limit)
    }

    /// Waits for the next line of the daemon's log that holds a phrase.
    package func nextLog(
        _ phrase: Phrase,
        after mark: Transcript.Mark,
        within limit: Duration
    ) async throws(StageError) -> LogLine {
        let found = try await daemonLog.wait(for: phrase, after: mark, within: limit)
        return LogLine(found.line, at: found.at, mark: found.mark)
    }

    private func phrase(_ event: String, _ user: StageUser?) -> Phrase {
        Phrase(["event=\(event) "] + (user.map { [" user=\($0) "] } ?? []))
    }
}
