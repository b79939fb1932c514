/// Makes text from outside safe to show: on a terminal, in the journal, in a record.
///
/// MUST: what comes out moves no cursor, changes no mode, reorders no text, hides nothing.
/// MUST: letters, digits, signs and visible spaces of every script stay as they are.
/// MUST: escaping twice changes nothing more, since a reason is escaped when it is stored and again
/// when it is shown. That is why a backslash stays as it is; the form is for reading, not decoding.
package enum PlainText {
    /// Returns the text with every scalar that is not plainly visible written as `\u{hex}`.
    ///
    /// - Parameter text: Any text, of any origin.
    /// - Returns: The text to show.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPlain($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            append(scalar, to: &result)
        }
        return result
    }

    /// Returns the bytes as text: what is no UTF-8 becomes `\x{hex}`, the rest as `escaped(_:)`.
    ///
    /// - Parameter utf8: Bytes as the kernel or a program gave them, valid or not.
    /// - Returns: The text to show.
    package static func escaped(utf8: some Sequence<UInt8>) -> String {
        let bytes = Array(utf8)
        var result = ""
        var position = 0
        var parser = Unicode.UTF8.ForwardParser()
        var remaining = bytes.makeIterator()
        while true {
            switch parser.parseScalar(from: &remaining) {
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &result)
                position += encoded.count
            case .error(let length):
                for byte in bytes[position..<position + length] {
                    result += "\\x{\(String(byte, radix: 16))}"
                }
                position += length
            case .emptyInput:
                return result
            }
        }
    }

    /// Returns a text of several lines with its line feeds, each line as `escaped(_:)`.
    ///
    /// For texts that were made to be read line by line, as diagnostics of the policy are.
    ///
    /// - Parameter text: Any text, of any origin.
    /// - Returns: The text to show, without line feeds at its end.
    package static func escapedLines(_ text: String) -> String {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { escaped(String($0)) }.joined(separator: "\n")
    }

    /// Returns a JSON text in which the same scalars are written as JSON's own `\uXXXX`.
    ///
    /// The document keeps its meaning to the letter: such scalars can stand in JSON only inside a
    /// string (RFC 8259, section 2), where the escape means the scalar itself. The line breaks
    /// between values stay.
    ///
    /// - Parameter json: One valid JSON document.
    /// - Returns: The same document.
    package static func escapedJSON(_ json: String) -> String {
        var result = ""
        for scalar in json.unicodeScalars {
            if scalar == "\n" || isPlain(scalar) {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let hex = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result
    }

    /// True for a scalar that shows itself in its place and does nothing else.
    ///
    /// Not plain: controls (C0, DEL, C1), format characters (bidi controls, zero-width, tags, byte
    /// order mark), line and paragraph separators, private use, unassigned, and those that Unicode
    /// calls default-ignorable (Hangul fillers, variation selectors): they are drawn as nothing at all.
    package static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            return false
        default:
            return !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        if isPlain(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}
