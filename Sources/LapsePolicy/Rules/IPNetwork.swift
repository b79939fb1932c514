/// All addresses that begin with the same bits (CIDR, RFC 4632): `10.0.0.0/8`, `fd00::/8`.
package struct IPNetwork: Sendable, Hashable {
    package let family: IPAddress.Family
    /// How many leading bits are given: 0...32, or 0...128.
    package let length: Int
    /// The given bits, the others zero.
    let value: UInt128

    /// The network of the first `length` bits of an address, 0 to the bits of its family.
    init(_ address: IPAddress, length: Int) {
        family = address.family
        self.length = length
        value = address.value & Self.mask(address.family, length)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && address.value & Self.mask(family, length) == value
    }

    /// Whether all of `other` lies in this network.
    package func contains(_ other: IPNetwork) -> Bool {
        other.family == family && other.length >= length
            && other.value & Self.mask(family, length) == value
    }

    private static func mask(_ family: IPAddress.Family, _ length: Int) -> UInt128 {
        let host = family.bits - length
        let all = family == .v4 ? UInt128(UInt32.max) : UInt128.max
        return host >= 128 ? 0 : (all >> host) << host
    }
}

// MARK: - Text

extension IPNetwork: CustomStringConvertible {
    package var description: String {
        let address = IPAddress(family, value).description
        return length == family.bits ? address : "\(address)/\(length)"
    }

    /// Why a text is no network: a message and perhaps what to do.
    struct Fault: Error, Equatable {
        let message: String
        var help: String?
    }

    /// The network that a text of a policy means; an address alone is a network of one.
    static func parse(_ text: String) throws(Fault) -> IPNetwork {
        let bytes = Array(text.utf8)
        var quoted: String { VisibleText.quoted(text) }
        if bytes.contains(UInt8(ascii: "%")) {
            throw Fault(
                message: "\(quoted) has a zone, which a rule cannot ask for",
                help: "leave out the `%` and what follows; the zone of a client is passed over"
            )
        }
        let written = bytes.prefix { $0 != UInt8(ascii: "/") }
        guard let address = IPAddress(written) else {
            let help = "write an address, a network as in \"10.0.0.0/8\", or \"local\""
            throw Fault(message: "\(quoted) is no address", help: help)
        }
        guard written.count < bytes.count else {
            return IPNetwork(address, length: address.family.bits)
        }
        // Written as IPv6, an IPv4 network has 96 bits more.
        let isMapped = address.family == .v4 && written.contains(UInt8(ascii: ":"))
        let extra = isMapped ? 96 : 0
        let digits = bytes.dropFirst(written.count + 1)
        let most = address.family.bits + extra
        let length = digits.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            (extra...most).contains(length)
        else {
            let found = VisibleText.quoted(String(decoding: digits, as: UTF8.self))
            let message = "\(found) is no length of a network, it can be \(extra) to \(most)"
            throw Fault(message: message)
        }
        let network = IPNetwork(address, length: length - extra)
        guard network.value == address.value else {
            throw Fault(
                message: "\(quoted) has bits set behind its first \(length)",
                help: "did you mean \"\(network)\", or the one address \"\(address)\"?"
            )
        }
        return network
    }
}
