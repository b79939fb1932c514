/// Values written as TOML 1.0 reads them.
enum TOMLText {
    /// A basic string; what a reader would not see is escaped.
    static func string(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": written += "\\\""
            case "\\": written += "\\\\"
            case " "..."~": written.unicodeScalars.append(scalar)
            default: written += isPlain(scalar) ? String(scalar) : escape(scalar)
            }
        }
        return written + "\""
    }

    static func array(_ values: [String]) -> String {
        "[" + values.joined(separator: ", ") + "]"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        VisibleText(String(scalar).utf8).text.unicodeScalars.elementsEqual([scalar])
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = scalar.value > 0xFFFF ? 8 : 4
        let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
        return (width == 8 ? "\\U" : "\\u") + zeros + digits
    }
}
