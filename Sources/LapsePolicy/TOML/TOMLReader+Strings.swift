// Keys and the four kinds of strings.

extension TOMLReader {
    /// Reads a key of one or several parts.
    mutating func readKey() throws(Diagnostic) -> [TOMLKey] {
        let start = at
        var path = [try readKeyPart()]
        while true {
            let end = at
            skipBlanks()
            guard peek() == UInt8(ascii: ".") else {
                at = end
                return path
            }
            at += 1
            skipBlanks()
            guard path.count < PolicyLimits.depthMax else {
                throw .tooDeep(SourceSpan(file: file, start..<end))
            }
            path.append(try readKeyPart())
        }
    }

    private mutating func readKeyPart() throws(Diagnostic) -> TOMLKey {
        let start = at
        if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard !isNext("\"\"\""), !isNext("'''") else {
                throw expected("a key", help: "a key cannot be a string of several lines")
            }
            return TOMLKey(name: try readLineString(quote), span: span(from: start))
        }
        while isBare(peek()) {
            at += 1
        }
        guard at > start else {
            throw expected("a key", help: open.tables > 0 ? lineHelp() : letterHelp())
        }
        return TOMLKey(name: text(from: start), span: span(from: start))
    }

    /// What to say where a key stops, or does not start, at a letter that it cannot have bare.
    func letterHelp() -> String? {
        let isLetter = UTF8Form.scalar(at: bytes[at...])?.0.properties.isAlphabetic ?? false
        return isLetter ? "other letters than a-z need quotes" : nil
    }

    /// What to say where a table in braces meets the end of its line.
    func lineHelp() -> String? {
        let isEnd = [nil, UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(peek())
        return isEnd ? "a table in braces stands on one line" : nil
    }

    /// Reads a string of any kind, as a value.
    mutating func readString(_ quote: UInt8) throws(Diagnostic) -> String {
        if isNext("\"\"\"") || isNext("'''") {
            return try readBlockString(quote)
        }
        return try readLineString(quote)
    }

    /// Reads `"…"` or `'…'`.
    private mutating func readLineString(_ quote: UInt8) throws(Diagnostic) -> String {
        let start = at
        at += 1
        var content = StringContent()
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            if byte == quote {
                at += 1
                return content.text
            }
            readCharacter(byte, quote, into: &content)
        }
        throw .error(
            "the string is not closed on its line",
            SourceSpan(file: file, start..<at),
            help: "end it with `\(Character(Unicode.Scalar(quote)))`"
        )
    }

    /// Reads `"""…"""` or `'''…'''`.
    private mutating func readBlockString(_ quote: UInt8) throws(Diagnostic) -> String {
        let opening = SourceSpan(file: file, at..<at + 3)
        at += 3
        // A line end right after the quotes is no part of the string.
        _ = skipNewline()
        var content = StringContent()
        while let byte = peek() {
            if byte == quote {
                let run = quotes(quote)
                at += run
                guard run < 3 else {
                    content.append(repeating: quote, count: run - 3)
                    return content.text
                }
                content.append(repeating: quote, count: run)
            } else if byte == UInt8(ascii: "\n") {
                at += 1
                content.append(byte)
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), skipFoldedLines() {
                continue
            } else {
                readCharacter(byte, quote, into: &content)
            }
        }
        let mark = String(repeating: Character(Unicode.Scalar(quote)), count: 3)
        throw .error("the string is not closed", opening, help: "end it with `\(mark)`")
    }

    /// How many quotes are next: at most five, two of the text and three that close it.
    private func quotes(_ quote: UInt8) -> Int {
        var run = 0
        while run < 5, peek(run) == quote {
            run += 1
        }
        return run
    }

    /// Moves behind `\`, the end of its line and the blanks that follow, if that is what is next.
    private mutating func skipFoldedLines() -> Bool {
        let start = at
        at += 1
        skipBlanks()
        guard skipNewline() else {
            at = start
            return false
        }
        repeat {
            skipBlanks()
        } while skipNewline()
        return true
    }

    /// Reads what stands for one character; a fault in it is reported, and the string goes on.
    private mutating func readCharacter(
        _ byte: UInt8,
        _ quote: UInt8,
        into content: inout StringContent
    ) {
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
            readEscape(into: &content)
            return
        }
        let isBreak = byte == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n")
        if isControl(byte), !isBreak, content.isSound {
            content.isSound = false
            let help = "in a string in double quotes, write it as an escape"
            report(controlCharacter("a string", help: help))
        }
        content.append(byte)
        at += 1
    }

    private mutating func readEscape(into content: inout StringContent) {
        let start = at
        at += 1
        let letter = peek()
        let plain: UInt8? =
            switch letter {
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "t"): 0x09
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter
            default: nil
            }
        if let plain {
            at += 1
            content.append(plain)
            return
        }
        if letter == UInt8(ascii: "u") || letter == UInt8(ascii: "U") {
            at += 1
            let digits = letter == UInt8(ascii: "u") ? 4 : 8
            guard let scalar = readScalar(digits: digits) else {
                let help = "write \(digits) hexadecimal digits, no surrogate, at most 10FFFF"
                report(.error("this escape is no Unicode character", span(from: start), help: help))
                return
            }
            content.append(scalar)
            return
        }
        let length = UTF8Form.scalar(at: bytes[at...])?.length ?? 0
        let isEnd = letter.map(isControl) ?? true
        report(
            .error(
                "unknown escape",
                SourceSpan(file: file, start..<at + (isEnd ? 0 : length)),
                help: "a backslash is written `\\\\`; in single quotes it needs no escape"
            )
        )
    }

    /// Reads exactly `digits` hexadecimal digits; stops at the first byte that is none.
    private mutating func readScalar(digits: Int) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek().flatMap(hexadecimalValue) else { return nil }
            value = value << 4 | digit
            at += 1
        }
        return Unicode.Scalar(value)
    }
}

/// The text of a string while it is read.
private struct StringContent {
    private var bytes: [UInt8] = []
    /// Whether no control character was met: one report a string is enough.
    var isSound = true

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
    }

    mutating func append(repeating byte: UInt8, count: Int) {
        bytes.append(contentsOf: repeatElement(byte, count: count))
    }
}

/// The value of a hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
}
