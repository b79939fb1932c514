/// The form of UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Form {
    /// The scalar at the start of `bytes` and its length in bytes; `nil` if there is none.
    static func scalar(at bytes: some Collection<UInt8>) -> (Unicode.Scalar, length: Int)? {
        guard let first = bytes.first else { return nil }
        let length: Int
        let lowest: UInt32
        var value: UInt32
        switch first {
        case 0x00...0x7F: (length, lowest, value) = (1, 0, UInt32(first))
        case 0xC2...0xDF: (length, lowest, value) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, lowest, value) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, lowest, value) = (4, 0x10000, UInt32(first & 0x07))
        default: return nil
        }
        let tail = bytes.dropFirst().prefix(length - 1)
        guard tail.count == length - 1 else { return nil }
        for byte in tail {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // The initialiser refuses surrogates and what lies above U+10FFFF.
        guard value >= lowest, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    /// The first byte at or after `offset` that is no part of a well-formed scalar.
    static func firstFault(in bytes: [UInt8], from offset: Int) -> Int? {
        var at = offset
        while at < bytes.count {
            if bytes[at] < 0x80 {
                at += 1
            } else if let (_, length) = scalar(at: bytes[at...]) {
                at += length
            } else {
                return at
            }
        }
        return nil
    }
}
