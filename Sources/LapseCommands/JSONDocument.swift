import FoundationEssentials
import LapseControl

/// What `--json` prints: the reply's parameters as one document, indented, keys in order.
enum JSONDocument {
    /// Writes a value as a document.
    ///
    /// - Parameter value: The parameters of a reply.
    /// - Returns: The document with its last line break; safe for a terminal, and to the letter the
    ///   value that it was made of.
    static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let json = String(decoding: try encoder.encode(value), as: UTF8.self)
            return PlainText.escapedJSON(json) + "\n"
        } catch {
            preconditionFailure("Texts, whole numbers and truth values always have a JSON form.")
        }
    }
}
