/// Why bytes are no frame of this protocol: what is wrong, and at which byte of the frame.
///
/// Where a value was refused before it came into a frame (`Opened.init`), `at` is 0.
public enum WireError: Error, Equatable, Sendable {
    /// The packet is longer than `WireLimits.frameMax`.
    case frameTooLong(length: Int)
    /// The packet is shorter than a header or does not begin with the magic.
    case notAFrame
    /// The frame is of another version of the protocol.
    case version(UInt8)
    /// The frame is of a kind that does not belong here.
    case kind(UInt8)
    /// The header announces another length than the packet has after it.
    case bodyLength(declared: Int, actual: Int)
    /// A field begins here and ends beyond the frame.
    case truncated(at: Int)
    /// A field that this kind of frame does not have and that may not be skipped.
    case unknownField(tag: UInt8, at: Int)
    /// A field stands here for the second time.
    case duplicate(tag: UInt8, at: Int)
    /// A field stands after one with a higher tag.
    case disordered(tag: UInt8, at: Int)
    /// A field that must be there is not.
    case missing(WireField)
    /// A value is shorter or longer than its field allows.
    case length(WireField, length: Int, at: Int)
    /// A value is of the right length and means nothing: a NUL in a text, an unknown decision.
    case value(WireField, at: Int)
}
