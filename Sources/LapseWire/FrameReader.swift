/// Reads a frame field by field; every index is checked before it is used.
struct FrameReader {
    /// A field as it stands in the frame; `value` is a range of the frame's bytes.
    struct RawField {
        let tag: UInt8
        let offset: Int
        let value: Range<Int>
    }

    private let frame: [UInt8]
    private var offset = WireLimits.headerSize
    private var tagBefore: UInt8 = 0

    /// The kind that the header names; the caller decides whether it belongs here.
    let kind: UInt8

    /// Checks the header: length, magic, version, announced length.
    init(_ frame: [UInt8]) throws(WireError) {
        guard frame.count <= WireLimits.frameMax else {
            throw .frameTooLong(length: frame.count)
        }
        guard
            frame.count >= WireLimits.headerSize,
            frame[0] == FrameWriter.magic.0, frame[1] == FrameWriter.magic.1,
            frame[2] == FrameWriter.magic.2, frame[3] == FrameWriter.magic.3
        else { throw .notAFrame }
        guard frame[4] == WireLimits.version else { throw .version(frame[4]) }
        let declared = Int(frame[6]) | Int(frame[7]) << 8
        let actual = frame.count - WireLimits.headerSize
        guard declared == actual else { throw .bodyLength(declared: declared, actual: actual) }
        self.frame = frame
        self.kind = frame[5]
    }

    /// The next field in the order of the frame, nil at its end.
    mutating func nextRaw() throws(WireError) -> RawField? {
        let start = offset
        guard start < frame.count else { return nil }
        guard frame.count - start >= FrameWriter.fieldHeaderSize else {
            throw .truncated(at: start)
        }
        let tag = frame[start]
        let length = Int(frame[start + 1]) | Int(frame[start + 2]) << 8
        let valueStart = start + FrameWriter.fieldHeaderSize
        guard length <= frame.count - valueStart else { throw .truncated(at: start) }
        // Tag 0 is never given out, so it can stand for "no field yet".
        guard tag != 0 else { throw .unknownField(tag: tag, at: start) }
        guard tag != tagBefore else { throw .duplicate(tag: tag, at: start) }
        guard tag > tagBefore else { throw .disordered(tag: tag, at: start) }
        tagBefore = tag
        offset = valueStart + length
        return RawField(tag: tag, offset: start, value: valueStart..<offset)
    }

    /// The next field that this build knows, its length and text checked; nil at the frame's end.
    mutating func next() throws(WireError) -> (field: WireField, raw: RawField)? {
        while let raw = try nextRaw() {
            guard let field = WireField(rawValue: raw.tag) else {
                guard raw.tag >= WireLimits.optionalTagMin else {
                    throw .unknownField(tag: raw.tag, at: raw.offset)
                }
                continue
            }
            guard field.lengths.contains(raw.value.count) else {
                throw .length(field, length: raw.value.count, at: raw.offset)
            }
            if field.isText, frame[raw.value].contains(0) {
                throw .value(field, at: raw.offset)
            }
            return (field, raw)
        }
        return nil
    }

    /// The bytes of a value.
    func bytes(_ raw: RawField) -> [UInt8] {
        [UInt8](frame[raw.value])
    }

    /// The value of `WireField.token`, with no copy of it on the heap.
    func token(_ raw: RawField) -> CloseToken {
        CloseToken(low: number(raw), high: number(frame[raw.value].dropFirst(8)))
    }

    /// The value as a little-endian number; of a longer value the first eight bytes.
    func number(_ raw: RawField) -> UInt64 {
        number(frame[raw.value])
    }

    private func number(_ value: ArraySlice<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for (place, byte) in value.prefix(8).enumerated() {
            number |= UInt64(byte) << UInt64(place * 8)
        }
        return number
    }
}
