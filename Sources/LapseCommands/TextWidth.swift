/// How many columns of a terminal a text takes.
enum TextWidth {
    /// Blocks whose characters take two columns (EastAsianWidth.txt of Unicode, W and F).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
        0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]

    /// Columns that a text takes.
    ///
    /// - Parameter text: A text that `PlainText` has let through: no controls, nothing invisible.
    /// - Returns: The number of columns.
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// Cuts a text to a width.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - width: Columns that it may take.
    /// - Returns: The text; when it is too wide, as much of it as fits with "…" at its end.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += of(String(character))
            if used > width { break }
            result.append(character)
        }
        return result + "…"
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }
}
