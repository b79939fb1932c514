/// The parameters of a control sequence, as many as any sequence has that is understood here.
///
/// No array: a password may come as such numbers, and they must not stay behind in freed memory.
struct SequenceNumbers: Sendable {
    private(set) var first: UInt32 = 0
    private(set) var firstSub: UInt32 = 0
    private(set) var second: UInt32 = 0
    private(set) var secondSub: UInt32 = 0
    private(set) var third: UInt32 = 0
    /// One of `<`, `=`, `>`, `?`; 0 for none.
    var prefix: UInt8 = 0
    /// The last byte of 0x20 to 0x2F; 0 for none.
    var intermediate: UInt8 = 0
    /// Nothing has come since the `[`.
    private(set) var isEmpty = true

    private var index = 0
    private var subIndex = 0

    /// Takes one byte of the part between `[` and the final byte.
    mutating func add(_ byte: UInt8) {
        isEmpty = false
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): add(digit: UInt32(byte & 0x0F))
        case UInt8(ascii: ":"): subIndex &+= 1
        case UInt8(ascii: ";"):
            index &+= 1
            subIndex = 0
        case 0x3C...0x3F: prefix = byte
        default: intermediate = byte
        }
    }

    private mutating func add(digit: UInt32) {
        switch (index, subIndex) {
        case (0, 0): Self.append(digit, to: &first)
        case (0, 1): Self.append(digit, to: &firstSub)
        case (1, 0): Self.append(digit, to: &second)
        case (1, 1): Self.append(digit, to: &secondSub)
        case (2, 0): Self.append(digit, to: &third)
        default: break
        }
    }

    /// Stops growing far above any code there is.
    private static func append(_ digit: UInt32, to number: inout UInt32) {
        guard number < 10_000_000 else { return }
        number = number &* 10 &+ digit
    }
}
