/// Writes a frame field by field, in ascending order of the tags.
struct FrameWriter {
    /// The first four bytes of every frame, `LAPS` in ASCII.
    static let magic: (UInt8, UInt8, UInt8, UInt8) = (0x4C, 0x41, 0x50, 0x53)

    /// Tag and length of a field, in bytes.
    static let fieldHeaderSize = 3

    private var frame: [UInt8]

    init(kind: FrameKind) {
        let magic = FrameWriter.magic
        frame = []
        // Enough for a close with its token: an array that grows leaves copies behind.
        frame.reserveCapacity(64)
        frame += [magic.0, magic.1, magic.2, magic.3, WireLimits.version, kind.rawValue, 0, 0]
    }

    /// Appends a value; its owner has kept it within the field's limit when it was made.
    mutating func put(_ field: WireField, _ value: [UInt8]) {
        putHeader(field, length: value.count)
        frame.append(contentsOf: value)
    }

    /// Appends a value unless it is empty: a missing text and an empty one mean the same.
    mutating func putIfAny(_ field: WireField, _ value: [UInt8]) {
        if !value.isEmpty { put(field, value) }
    }

    /// Appends a number, little-endian, in as many bytes as the field has.
    mutating func put(_ field: WireField, _ number: some FixedWidthInteger) {
        putHeader(field, length: field.lengths.upperBound)
        putNumber(UInt64(truncatingIfNeeded: number), length: field.lengths.upperBound)
    }

    /// Appends a token.
    mutating func put(_ field: WireField, _ token: CloseToken) {
        putHeader(field, length: CloseToken.size)
        putNumber(token.low, length: 8)
        putNumber(token.high, length: 8)
    }

    /// The whole frame, its length written into the header.
    consuming func finished() -> [UInt8] {
        let length = frame.count - WireLimits.headerSize
        frame[6] = UInt8(truncatingIfNeeded: length)
        frame[7] = UInt8(truncatingIfNeeded: length >> 8)
        return frame
    }

    private mutating func putHeader(_ field: WireField, length: Int) {
        frame.append(field.rawValue)
        putNumber(UInt64(truncatingIfNeeded: length), length: 2)
    }

    private mutating func putNumber(_ number: UInt64, length: Int) {
        for place in 0..<length {
            frame.append(UInt8(truncatingIfNeeded: number >> UInt64(place * 8)))
        }
    }
}

/// What a frame is; the raw value stands in its header.
enum FrameKind: UInt8 {
    /// A session opens: module to daemon.
    case opened = 1
    /// A session closes: module to daemon.
    case closed = 2
    /// The daemon's answer to any of them.
    case answer = 3
    /// A nested session opens: module to daemon. A daemon of before there were any refuses the
    /// kind, and so does not take it for a session of its own.
    case nested = 4
}
