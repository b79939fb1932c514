/// Sixteen random bytes that the daemon gives with a session and wants back with its close.
///
/// Two words rather than an array, so that no copy of it is left on the heap.
public struct CloseToken: Sendable {
    /// The size in bytes.
    public static let size = 16

    /// The first eight bytes, little-endian.
    public let low: UInt64
    /// The last eight bytes, little-endian.
    public let high: UInt64

    /// Makes a token of 128 bits, which the daemon draws from the kernel's random numbers.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Reads a token from exactly `size` bytes; nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == CloseToken.size else { return nil }
        var words: (low: UInt64, high: UInt64) = (0, 0)
        for place in 0..<8 {
            words.low |= UInt64(bytes[place]) << UInt64(place * 8)
            words.high |= UInt64(bytes[place + 8]) << UInt64(place * 8)
        }
        self.init(low: words.low, high: words.high)
    }

    /// The token as it stands on the wire.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(CloseToken.size)
        for place in 0..<CloseToken.size {
            let word = place < 8 ? low : high
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(place % 8 * 8)))
        }
        return bytes
    }
}

extension CloseToken: Equatable {
    /// Compares in a time that does not depend on where the tokens differ.
    public static func == (left: CloseToken, right: CloseToken) -> Bool {
        (left.low ^ right.low) | (left.high ^ right.high) == 0
    }
}
