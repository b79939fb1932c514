/// What a login with an OpenSSH certificate says of its time.
///
/// The certificate was checked by sshd before it let the user in; here only its dates are read.
/// Layout: PROTOCOL.certkeys of OpenSSH. Numbers are big-endian, a `string` is a 32-bit length and
/// its bytes (RFC 4251, section 5).
package struct SSHCertificate: Equatable, Sendable {
    /// What the authority calls it; from outside, not fit for a screen.
    package let keyID: [UInt8]
    package let serial: UInt64
    /// Seconds since 1970 from which on it does not hold any more; nil if it holds for ever.
    package let validBefore: UInt64?

    /// Reads a certificate as it stands in a public key line, its Base64 undone.
    ///
    /// - Returns: Nil for anything but a whole certificate of a type that is known.
    package init?(blob: [UInt8]) {
        var reader = SSHReader(blob)
        guard let type = reader.string(),
            let fields = Self.keyFields[String(decoding: type, as: UTF8.self)]
        else { return nil }
        // The nonce, then the public key itself.
        for _ in 0..<(1 + fields) {
            guard reader.string() != nil else { return nil }
        }
        guard let serial = reader.number(UInt64.self), reader.number(UInt32.self) != nil,
            let keyID = reader.string(), reader.string() != nil,
            reader.number(UInt64.self) != nil, let before = reader.number(UInt64.self)
        else { return nil }
        self.keyID = Array(keyID)
        self.serial = serial
        validBefore = before == .max ? nil : before
    }

    /// How many strings the public key of each type of certificate has.
    private static let keyFields = [
        "ssh-rsa-cert-v01@openssh.com": 2,
        "ssh-dss-cert-v01@openssh.com": 4,
        "ecdsa-sha2-nistp256-cert-v01@openssh.com": 2,
        "ecdsa-sha2-nistp384-cert-v01@openssh.com": 2,
        "ecdsa-sha2-nistp521-cert-v01@openssh.com": 2,
        "ssh-ed25519-cert-v01@openssh.com": 1,
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com": 3,
        "sk-ssh-ed25519-cert-v01@openssh.com": 2,
    ]
}

/// How a user authenticated: `SSH_AUTH_INFO_0`, a line for each method that succeeded
/// (sshd_config(5), ExposeAuthInfo).
package struct SSHAuthInfo: Equatable, Sendable {
    /// The methods in their order, as `publickey`.
    package private(set) var methods: [String] = []
    /// The certificates that were used.
    package private(set) var certificates: [SSHCertificate] = []

    /// Reads the lines; what is not understood is passed over.
    package init(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            guard let method = words.first else { continue }
            methods.append(String(decoding: method, as: UTF8.self))
            guard method.elementsEqual("publickey".utf8), words.count > 2,
                let blob = Base64.decode(words[2]), let found = SSHCertificate(blob: blob)
            else { continue }
            certificates.append(found)
        }
    }

    /// When the first of the certificates runs out, in seconds since 1970.
    package var validBefore: UInt64? {
        certificates.compactMap(\.validBefore).min()
    }
}

/// Takes an SSH message apart; never reads beyond its end.
private struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = Number.bitWidth / 8
        guard rest.count >= size else { return nil }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { ($0 << 8) | Number($1) }
    }

    mutating func string() -> ArraySlice<UInt8>? {
        guard let length = number(UInt32.self), rest.count >= Int(length) else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length))
    }
}

/// Base64 with padding (RFC 4648, section 4), as OpenSSH writes its keys.
private enum Base64 {
    /// - Returns: Nil for anything that is not Base64.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for digit in text.dropLast(padding) {
            guard let value = value(digit) else { return nil }
            bits = (bits << 6) | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
