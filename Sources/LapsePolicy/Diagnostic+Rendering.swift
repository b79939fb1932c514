extension Diagnostic {
    /// The diagnostic as text for people, in the manner of rustc; ends with a line feed.
    ///
    /// ```
    /// error: unknown key `idel`
    ///  --> /etc/lapse/lapse.toml:2:1
    ///   |
    /// 2 | idel = "5m"
    ///   | ^^^^
    ///   = help: did you mean `idle`?
    /// ```
    /// All text of a file or a file name is passed through `VisibleText`; a long line is shown
    /// around the caret alone. A span that no source holds is left out, never a trap.
    package func render(sources: [PolicySource]) -> String {
        var text = "\(severity.rawValue): \(message)\n"
        var margin = " "
        if let span, sources.indices.contains(span.file) {
            let source = sources[span.file]
            let position = source.position(of: span.start)
            let number = String(position.line)
            margin = String(repeating: " ", count: number.utf8.count)
            let line = ExcerptLine(source.bytes, line: source.line(at: span.start), span)
            text += "\(margin)--> \(place(position, in: source))\n"
            text += "\(margin) |\n"
            text += "\(number) | \(line.text)\n"
            text += "\(margin) | \(line.carets)\n"
        }
        for note in notes where sources.indices.contains(note.span.file) {
            let source = sources[note.span.file]
            let position = source.position(of: note.span.start)
            text += "\(margin) = note: \(note.text) \(place(position, in: source))\n"
        }
        if let help {
            text += "\(margin) = help: \(help)\n"
        }
        return text
    }

    /// `FILE:LINE:COLUMN`.
    private func place(_ position: SourcePosition, in source: PolicySource) -> String {
        "\(VisibleText(source.name.utf8).text):\(position.line):\(position.column)"
    }
}

/// A source line cut to what a terminal shows, and the carets under it.
private struct ExcerptLine {
    /// Bytes of a line that is shown whole.
    private static let wholeMax = 160
    /// Bytes shown before the marked place in a longer line.
    private static let beforeMax = 60
    /// Bytes of the marked place shown in a longer line.
    private static let markedMax = 60
    /// Bytes shown after it.
    private static let afterMax = 40

    let text: String
    let carets: String

    init(_ bytes: [UInt8], line: Range<Int>, _ span: SourceSpan) {
        let start = min(span.start, line.upperBound)
        // A span over several lines is marked on its first.
        var end = max(start, min(span.end, line.upperBound))
        var window = line
        if line.count > Self.wholeMax {
            end = Self.boundary(min(end, start + Self.markedMax), bytes, line.upperBound)
            let first = Self.boundary(max(line.lowerBound, start - Self.beforeMax), bytes, start)
            let last = min(line.upperBound, end + Self.afterMax)
            window = first..<Self.boundary(last, bytes, line.upperBound)
        }
        let before = VisibleText(bytes[window.lowerBound..<start])
        let marked = VisibleText(bytes[start..<end])
        let after = VisibleText(bytes[end..<window.upperBound])
        let cutBefore = window.lowerBound > line.lowerBound ? "…" : ""
        let cutAfter = window.upperBound < line.upperBound ? "…" : ""
        text = cutBefore + before.text + marked.text + after.text + cutAfter
        carets =
            String(repeating: " ", count: cutBefore.unicodeScalars.count + before.width)
            + String(repeating: "^", count: max(1, marked.width))
    }

    /// The offset moved forward to the next start of a character, at most to `limit` and by three
    /// bytes: more continuation bytes than that are no character.
    private static func boundary(_ offset: Int, _ bytes: [UInt8], _ limit: Int) -> Int {
        let last = min(offset + 3, limit)
        return (offset..<last).first { bytes[$0] & 0xC0 != 0x80 } ?? last
    }
}
