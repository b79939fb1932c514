/// The name of a session for people: eight characters for the low 40 bits of its id.
///
/// Crockford's base32 in lower case: no `i`, `l`, `o`, `u`, so that a name read aloud or off a
/// screen is typed back right. `LAPSE_SESSION`, the log and `lapsectl` show this form.
public enum SessionName {
    /// The length of a name in characters, one byte each.
    public static let length = 8

    /// The bits of a session id that a name tells apart; the daemon gives out no two that share them.
    public static let mask: UInt64 = 0xFF_FFFF_FFFF

    /// The name of a session, ASCII.
    public static func encode(_ session: UInt64) -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(length)
        for place in 0..<length {
            let digit = UInt8(truncatingIfNeeded: session >> UInt64(35 - place * 5)) & 31
            name.append(character(digit))
        }
        return name
    }

    /// The low 40 bits of the session's id, nil if this is no name.
    ///
    /// Upper case is accepted, as are `o` for 0 and `i` or `l` for 1.
    public static func decode(_ name: [UInt8]) -> UInt64? {
        guard name.count == length else { return nil }
        var session: UInt64 = 0
        for byte in name {
            guard let digit = digit(byte) else { return nil }
            session = session << 5 | UInt64(digit)
        }
        return session
    }

    private static let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"

    private static func character(_ digit: UInt8) -> UInt8 {
        // SAFETY: the alphabet has 32 bytes of static ASCII, and the masked index is below 32.
        alphabet.utf8Start[Int(digit & 31)]
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        let lower = isUpper ? byte | 0x20 : byte
        switch lower {
        case UInt8(ascii: "o"): return 0
        case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
        default: break
        }
        for digit: UInt8 in 0..<32 where character(digit) == lower { return digit }
        return nil
    }
}
