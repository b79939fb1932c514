/// Text of a file made safe and honest for a terminal, with the columns that it takes there.
///
/// Whoever writes a drop-in file writes into root's terminal through the diagnostic. So what moves
/// the cursor, turns the direction of writing or takes no room is spelled out: `\u{202E}` for a
/// scalar, `\xFF` for a byte that is no UTF-8. A tab becomes four blanks, so that carets line up.
package struct VisibleText: Sendable, Equatable {
    package private(set) var text = ""
    /// Columns on a terminal: two for a wide East Asian character, none for a combining mark.
    package private(set) var width = 0

    package init(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while let first = rest.first {
            if first >= 0x20, first < 0x7F {
                text.unicodeScalars.append(Unicode.Scalar(first))
                width += 1
                rest = rest.dropFirst()
            } else if let (scalar, length) = UTF8Form.scalar(at: rest) {
                append(scalar)
                rest = rest.dropFirst(length)
            } else {
                append(escape: "\\x" + hexadecimal(UInt32(first), digits: 2))
                rest = rest.dropFirst()
            }
        }
    }

    /// A text in backquotes for a message, cut after 60 characters.
    package static func quoted(_ text: String) -> String {
        let scalarsMax = 60
        let shown = text.unicodeScalars.prefix(scalarsMax)
        let cut = shown.endIndex == text.unicodeScalars.endIndex ? "" : "…"
        return "`" + VisibleText(String(String.UnicodeScalarView(shown)).utf8).text + cut + "`"
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar == "\t" {
            append(escape: "    ")
        } else if isHidden(scalar) {
            append(escape: "\\u{" + hexadecimal(scalar.value, digits: 1) + "}")
        } else {
            text.unicodeScalars.append(scalar)
            width += columns(of: scalar)
        }
    }

    /// Appends ASCII, one column a byte.
    private mutating func append(escape: String) {
        text += escape
        width += escape.utf8.count
    }
}

/// Scalars that a reader would not see, or not see for what they are.
private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isDefaultIgnorableCodePoint {
        return true
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        return true
    case .spaceSeparator:
        return scalar != " "
    default:
        return false
    }
}

/// Columns of a visible scalar; the wide blocks are those of Unicode's EastAsianWidth.txt, to the
/// block and not to the scalar: a caret one column off is all that depends on it.
private func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark:
        return 0
    default:
        break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        return 2
    default:
        return 1
    }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
