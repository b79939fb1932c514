/// An address of the Internet Protocol, 4 or 6, as its 128 bits.
///
/// An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) is the IPv4
/// address: a server that listens on both reports its IPv4 clients that way.
package struct IPAddress: Sendable, Hashable {
    package enum Family: UInt8, Sendable {
        case v4 = 4
        case v6 = 6

        /// Bits of an address.
        package var bits: Int { self == .v4 ? 32 : 128 }
    }

    package let family: Family
    /// The address, of IPv4 in the low 32 bits.
    let value: UInt128

    init(_ family: Family, _ value: UInt128) {
        let isMapped = family == .v6 && value >> 32 == 0xFFFF
        self.family = isMapped ? .v4 : family
        self.value = isMapped ? value & 0xFFFF_FFFF : value
    }

    /// The address that a text means; `nil` if it means none.
    ///
    /// IPv4 in four decimal numbers without leading zeros, IPv6 in the forms of RFC 4291 2.2. A
    /// zone (`%eth0`, RFC 4007) is passed over: it says where the link is, not who is at its end.
    package init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= Self.bytesMax else { return nil }
        guard let zone = bytes.firstIndex(of: UInt8(ascii: "%")) else {
            self.init(zoneless: bytes)
            return
        }
        // Only IPv6 has zones, and an empty one is none.
        guard zone < bytes.endIndex - 1, bytes[..<zone].contains(UInt8(ascii: ":")) else {
            return nil
        }
        self.init(zoneless: bytes[..<zone])
    }

    /// Longer than any address with the name of an interface: no need to look at more.
    private static let bytesMax = 64

    private init?(zoneless bytes: ArraySlice<UInt8>) {
        if bytes.contains(UInt8(ascii: ":")) {
            guard let value = Self.sixteenBytes(bytes) else { return nil }
            self.init(.v6, value)
        } else {
            guard let value = Self.fourBytes(bytes) else { return nil }
            self.init(.v4, UInt128(value))
        }
    }

    private static func fourBytes(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            // A leading zero means octal to some programs: such a number is not taken at all.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                let number = number(part, radix: 10), number <= 255
            else { return nil }
            value = value << 8 | number
        }
        return value
    }

    private static func sixteenBytes(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        var rest = bytes
        var groups: [UInt32] = []
        /// How many groups stand before `::`.
        var gap: Int?
        if rest.starts(with: "::".utf8) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let part = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest.dropFirst(part.count)
            if part.contains(UInt8(ascii: ".")) {
                guard rest.isEmpty, let tail = fourBytes(part) else { return nil }
                groups += [tail >> 16, tail & 0xFFFF]
                break
            }
            guard (1...4).contains(part.count), let group = number(part, radix: 16) else {
                return nil
            }
            groups.append(group)
            if rest.starts(with: "::".utf8) {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst(2)
            } else if !rest.isEmpty {
                rest = rest.dropFirst()
                // A colon with nothing behind it.
                guard !rest.isEmpty else { return nil }
            }
        }
        // `::` stands for at least one group.
        guard gap == nil ? groups.count == 8 : groups.count <= 7 else { return nil }
        let zeros = [UInt32](repeating: 0, count: 8 - groups.count)
        groups.insert(contentsOf: zeros, at: gap ?? 8)
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// A number of digits alone; the caller bounds their count.
    private static func number(_ digits: ArraySlice<UInt8>, radix: UInt32) -> UInt32? {
        var number: UInt32 = 0
        for byte in digits {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            guard digit < radix else { return nil }
            number = number * radix + UInt32(digit)
        }
        return number
    }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
    /// The address as RFC 5952 writes it: lower case, the longest run of zeros as `::`.
    package var description: String {
        guard family == .v6 else {
            return (0..<4).map { String(UInt8(truncatingIfNeeded: value >> (24 - 8 * $0))) }
                .joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> (112 - 16 * $0)) }
        let run = Self.longestZeros(groups)
        func text(_ part: Range<Int>) -> String {
            groups[part].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return run.isEmpty
            ? text(0..<8) : text(0..<run.lowerBound) + "::" + text(run.upperBound..<8)
    }

    /// The first of the longest runs of two or more zeros.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for (place, group) in groups.enumerated() {
            if group != 0 {
                start = place + 1
            } else if place + 1 - start > max(1, best.count) {
                best = start..<place + 1
            }
        }
        return best
    }
}
