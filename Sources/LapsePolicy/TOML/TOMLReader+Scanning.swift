// The small change of reading: bytes ahead, blanks, comments, spans and the words for what is found.

extension TOMLReader {
    /// The byte `ahead` of the next one; `nil` behind the end.
    func peek(_ ahead: Int = 0) -> UInt8? {
        at + ahead < bytes.count ? bytes[at + ahead] : nil
    }

    /// Whether the next bytes are `text`, which is ASCII.
    func isNext(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            bytes.count - at >= wanted.count
                && wanted.indices.allSatisfy { bytes[at + $0] == wanted[$0] }
        }
    }

    func span(from start: Int) -> SourceSpan {
        SourceSpan(file: file, start..<at)
    }

    /// The bytes from `start` to here as text; faulty UTF-8 has been reported before.
    func text(from start: Int) -> String {
        String(decoding: bytes[start..<at], as: UTF8.self)
    }

    mutating func skipBlanks() {
        while isBlank(peek()) {
            at += 1
        }
    }

    /// Moves behind LF or CR LF, if one is next.
    mutating func skipNewline() -> Bool {
        if peek() == UInt8(ascii: "\n") {
            at += 1
            return true
        }
        if peek() == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") {
            at += 2
            return true
        }
        return false
    }

    /// Moves to the end of the line, if a comment is next.
    mutating func skipComment() throws(Diagnostic) {
        guard peek() == UInt8(ascii: "#") else { return }
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            if isControl(byte) {
                if byte == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { return }
                throw controlCharacter("a comment", help: nil)
            }
            at += 1
        }
    }

    /// What an array may have between its elements.
    mutating func skipBlanksCommentsAndNewlines() throws(Diagnostic) {
        repeat {
            skipBlanks()
            try skipComment()
        } while skipNewline()
    }
}

// MARK: - Faults

extension TOMLReader {
    /// "expected …, found …" at the next byte.
    func expected(_ what: String, help: String? = nil) -> Diagnostic {
        let (found, length) = next()
        let place = SourceSpan(file: file, at..<at + length)
        return .error("expected \(what), found \(found)", place, help: help)
    }

    /// The control character that is next, in a place that may have none.
    func controlCharacter(_ place: String, help: String?) -> Diagnostic {
        let (found, length) = next()
        let span = SourceSpan(file: file, at..<at + length)
        return .error("\(place) cannot hold \(found)", span, help: help)
    }

    /// What is next, in words, and how many bytes it takes.
    private func next() -> (String, length: Int) {
        guard let byte = peek() else { return ("the end of the file", 0) }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && peek(1) == 0x0A {
            return ("the end of the line", 0)
        }
        if isControl(byte) {
            let code = String(byte, radix: 16, uppercase: true)
            return ("the control character U+00\(code.utf8.count < 2 ? "0" : "")\(code)", 1)
        }
        let length = UTF8Form.scalar(at: bytes[at...])?.length ?? 1
        return ("`\(VisibleText(bytes[at..<at + length]).text)`", length)
    }
}

extension Diagnostic {
    static func tooDeep(_ span: SourceSpan) -> Diagnostic {
        .error("tables and arrays are nested more than \(PolicyLimits.depthMax) deep", span)
    }
}

// MARK: - Kinds of bytes

/// A blank between two things on a line.
func isBlank(_ byte: UInt8?) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}

/// A byte of a key without quotes.
func isBare(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
    default:
        false
    }
}

func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

/// A control character that neither comments nor strings may hold as it is: all but the tab.
func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F
}
