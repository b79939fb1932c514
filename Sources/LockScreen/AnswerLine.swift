/// The answer to a prompt while it is typed, in memory of the caller's.
///
/// What is erased is overwritten. Nothing is copied out of that memory.
public struct AnswerLine {
    /// The most that an answer has: PAM_MAX_RESP_SIZE of <security/_pam_types.h>.
    public static let bytesMax = 512

    private let memory: UnsafeMutableRawBufferPointer
    /// How many bytes there are.
    public private(set) var count = 0
    /// More was typed than there is room for: what is there is not what was meant.
    public private(set) var isTooLong = false

    /// An empty answer in this memory, which must have room for `bytesMax`.
    public init(in memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= Self.bytesMax, "An answer has room for all it may have.")
        self.memory = memory
    }

    /// What has been typed; valid until the next change.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[..<count])
    }

    /// Takes a key.
    ///
    /// - Returns: Whether the line is another one now.
    public mutating func take(_ key: Key) -> Bool {
        switch key {
        case .byte(let byte): append(byte)
        case .scalar(let scalar): append(scalar: scalar)
        case .erase: erase()
        case .eraseWord: eraseWord()
        case .eraseLine, .cancel: clear()
        case .enter, .redraw, .screenMode, .attributes: false
        }
    }

    /// Forgets all of it.
    @discardableResult
    public mutating func clear() -> Bool {
        let isOther = count > 0 || isTooLong
        while count > 0 { removeLast() }
        isTooLong = false
        return isOther
    }

    private mutating func append(_ byte: UInt8) -> Bool {
        guard count < Self.bytesMax, !isTooLong else {
            isTooLong = true
            return false
        }
        memory[count] = byte
        count += 1
        return true
    }

    private mutating func append(scalar: UInt32) -> Bool {
        let low = UInt8(truncatingIfNeeded: scalar & 0x3F) | 0x80
        let middle = UInt8(truncatingIfNeeded: (scalar >> 6) & 0x3F) | 0x80
        let high = UInt8(truncatingIfNeeded: (scalar >> 12) & 0x3F) | 0x80
        switch scalar {
        case ..<0x80: return append(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            _ = append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
        case ..<0x1_0000:
            _ = append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
            _ = append(middle)
        default:
            _ = append(UInt8(truncatingIfNeeded: scalar >> 18) & 0x07 | 0xF0)
            _ = append(high)
            _ = append(middle)
        }
        return append(low)
    }

    /// Of a line that is too long nobody sees how much went; it goes as a whole.
    private mutating func erase() -> Bool {
        guard !isTooLong else { return clear() }
        guard count > 0 else { return false }
        // Up to three bytes of 0x80 to 0xBF go with the one before them (UTF-8).
        var more = 3
        while more > 0, count > 1, memory[count - 1] & 0xC0 == 0x80 {
            removeLast()
            more -= 1
        }
        removeLast()
        return true
    }

    private mutating func eraseWord() -> Bool {
        guard !isTooLong else { return clear() }
        let before = count
        while count > 0, memory[count - 1] == 0x20 { removeLast() }
        while count > 0, memory[count - 1] != 0x20 { removeLast() }
        return count != before
    }

    private mutating func removeLast() {
        count -= 1
        memory[count] = 0
    }
}
