import CModuleLibc
import LapseWireE

/// Texts from outside in a line of the log, always escaped and in quotes.
extension Line {
    init(_ words: StaticString, quoted text: [UInt8], _ after: StaticString = "") {
        self.init(words)
        add(quoted: text, after)
    }

    init(_ words: StaticString, name session: UInt64, _ after: StaticString) {
        self.init(words)
        bytes += SessionName.encode(session)
        add(after)
    }

    mutating func add(quoted text: [UInt8], _ after: StaticString = "") {
        add("'")
        bytes += PrintableText.line(text)
        add("'")
        add(after)
    }

    mutating func add(_ error: WireError) {
        bytes += error.message
    }

    /// What an error number means.
    mutating func add(error number: CInt) {
        // SAFETY: static text that ends with a NUL.
        bytes += PamLapse.bytes(at: lapse_error_text(number), limit: 128)
    }
}
