/// The texts of a report that were longer than their field and were cut.
public struct CutFields: OptionSet, Sendable {
    /// `PAM_TTY` was cut.
    public static let tty = CutFields(rawValue: 1)
    /// `PAM_RHOST` was cut.
    public static let rhost = CutFields(rawValue: 2)
    /// `PAM_RUSER` was cut.
    public static let ruser = CutFields(rawValue: 4)
    /// `SSH_AUTH_INFO_0` lost one or more of its last lines.
    public static let authInfo = CutFields(rawValue: 8)

    static let all: CutFields = [.tty, .rhost, .ruser, .authInfo]

    /// The byte on the wire.
    public let rawValue: UInt8

    /// Takes the byte as it is; a decoder refuses bits that have no meaning.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The text or its beginning; a cut is noted.
    mutating func clip(_ text: [UInt8], _ limit: Int, _ field: CutFields) -> [UInt8] {
        guard text.count > limit else { return text }
        insert(field)
        return [UInt8](text[..<limit])
    }

    /// The text or as many of its first lines as fit; half a key or certificate is worth nothing.
    mutating func clipLines(_ text: [UInt8]) -> [UInt8] {
        guard text.count > WireLimits.authInfoMax else { return text }
        insert(.authInfo)
        let newline = UInt8(ascii: "\n")
        guard let end = text[..<WireLimits.authInfoMax].lastIndex(of: newline) else { return [] }
        return [UInt8](text[...end])
    }
}
