/// Texts from outside, made fit for a log or a terminal.
///
/// A control character in a user's or a host's name can rewrite a line of the log or of the
/// administrator's screen when it is read there (CVE-2023-28486 is sudo's case of it).
enum PrintableText {
    /// On one line: every control character, line ends included, as `\xHH`.
    static func line(_ text: [UInt8]) -> [UInt8] {
        escaped(text, keepingLines: false)
    }

    /// With its line ends and tabs.
    static func lines(_ text: [UInt8]) -> [UInt8] {
        escaped(text, keepingLines: true)
    }

    private static func escaped(_ text: [UInt8], keepingLines: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let first = rest.first {
            let isLayout = first == UInt8(ascii: "\n") || first == UInt8(ascii: "\t")
            let length = isLayout && keepingLines ? 1 : printableLength(rest)
            if length > 0 {
                result += rest.prefix(length)
            } else {
                result += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digit(first >> 4), digit(first)]
            }
            rest = rest.dropFirst(max(length, 1))
        }
        return result
    }

    /// The length of the character at the start, 0 if it is none that may be shown.
    ///
    /// Valid is what the Unicode Standard (table 3-7) allows: no overlong forms, no surrogates.
    private static func printableLength(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first else { return 0 }
        let length: Int
        let smallest: UInt32
        var scalar: UInt32
        switch first {
        case 0x00...0x7F: (length, smallest, scalar) = (1, 0, UInt32(first))
        case 0xC2...0xDF: (length, smallest, scalar) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, smallest, scalar) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, smallest, scalar) = (4, 0x1_0000, UInt32(first & 0x07))
        default: return 0
        }
        guard text.count >= length else { return 0 }
        for byte in text.prefix(length).dropFirst() {
            guard byte & 0xC0 == 0x80 else { return 0 }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        return scalar >= smallest && mayBeShown(scalar) ? length : 0
    }

    /// Not C0, DEL, C1, surrogates, nor what breaks a line or turns the direction of writing round.
    private static func mayBeShown(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x1F, 0x7F...0x9F, 0xD800...0xDFFF: false
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
        default: scalar <= 0x10_FFFF
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        let value = nibble & 0x0F
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
