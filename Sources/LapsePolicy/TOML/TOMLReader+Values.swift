// Values: arrays, inline tables and words. Strings, numbers and dates have their own files.

extension TOMLReader {
    /// Reads a value `depth` levels below the document.
    mutating func readValue(depth: Int) throws(Diagnostic) -> TOMLValue {
        guard depth <= PolicyLimits.depthMax else {
            throw .tooDeep(SourceSpan(file: file, at..<at + (peek() == nil ? 0 : 1)))
        }
        try countValue()
        let start = at
        let content: TOMLValue.Content
        switch peek() {
        case UInt8(ascii: "["):
            content = .array(try readArray(depth: depth))
        case UInt8(ascii: "{"):
            content = .table(try readInlineTable(depth: depth))
        case .some(let quote) where quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"):
            content = .string(try readString(quote))
        default:
            content = try readWord()
        }
        return TOMLValue(content: content, span: span(from: start))
    }

    private mutating func readArray(depth: Int) throws(Diagnostic) -> [TOMLValue] {
        let opening = SourceSpan(file: file, at..<at + 1)
        at += 1
        open.arrays += 1
        var elements: [TOMLValue] = []
        while true {
            try skipBlanksCommentsAndNewlines()
            if peek() == UInt8(ascii: "]") { break }
            if peek() != nil {
                elements.append(try readValue(depth: depth + 1))
                try skipBlanksCommentsAndNewlines()
            }
            if peek() == UInt8(ascii: ",") {
                at += 1
            } else if peek() == nil {
                throw .error("the array is not closed", opening, help: "end it with `]`")
            } else if peek() != UInt8(ascii: "]") {
                throw expected("`,` or `]`").noting("the array was opened at", opening)
            }
        }
        at += 1
        open.arrays -= 1
        return elements
    }

    private mutating func readInlineTable(depth: Int) throws(Diagnostic) -> TOMLTable {
        let opening = SourceSpan(file: file, at..<at + 1)
        let table = OpenTable(.element, depth: depth, span: opening)
        at += 1
        open.tables += 1
        skipBlanks()
        var isDone = peek() == UInt8(ascii: "}")
        while !isDone {
            try readPair(into: table)
            skipBlanks()
            isDone = peek() == UInt8(ascii: "}")
            guard isDone || peek() == UInt8(ascii: ",") else {
                throw expected("`,` or `}`", help: lineHelp())
                    .noting("the table was opened at", opening)
            }
            if !isDone {
                at += 1
                skipBlanks()
                guard peek() != UInt8(ascii: "}") else {
                    throw expected("a key", help: "remove the comma before the `}`")
                }
            }
        }
        at += 1
        open.tables -= 1
        return table.closed()
    }
}

// MARK: - Words

extension TOMLReader {
    /// Reads what has no quotes: a boolean, a number, a date or a time.
    private mutating func readWord() throws(Diagnostic) -> TOMLValue.Content {
        if let value = try readDateTime() {
            return .dateTime(value)
        }
        let start = at
        while isBare(peek()) || peek() == UInt8(ascii: ".") || peek() == UInt8(ascii: "+") {
            at += 1
        }
        guard at > start else { throw expected("a value") }
        let word = bytes[start..<at]
        if let content = constant(word) ?? number(word) {
            return content
        }
        throw .error(
            "\(VisibleText.quoted(text(from: start))) is not a value",
            span(from: start),
            help: hint(for: word)
        )
    }

    private func constant(_ word: ArraySlice<UInt8>) -> TOMLValue.Content? {
        switch word.count > 5 ? "" : String(decoding: word, as: UTF8.self) {
        case "true": .boolean(true)
        case "false": .boolean(false)
        case "inf", "+inf": .float(.infinity)
        case "-inf": .float(-.infinity)
        case "nan", "+nan", "-nan": .float(.nan)
        default: nil
        }
    }

    /// What was probably meant by a word that is no value; `word` is not empty.
    private func hint(for word: ArraySlice<UInt8>) -> String {
        let text = String(decoding: word.prefix(60), as: UTF8.self)
        if !word.contains(where: { $0 | 0x20 >= UInt8(ascii: "a") && $0 != UInt8(ascii: "_") }) {
            return "a number has no leading zero, digits on both sides of its point, "
                + "and `_` only between digits"
        }
        let lower = text.lowercased()
        if lower == "true" || lower == "false" {
            return "write `\(lower)`"
        }
        return "a text needs quotes: `\"\(text)\"`"
    }
}
