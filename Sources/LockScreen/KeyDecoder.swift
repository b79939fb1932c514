/// Tells what somebody types from what a terminal sends by itself.
///
/// The application that was here may have switched on mouse reports, focus reports, bracketed paste
/// or a keyboard protocol, and the locker leaves them on, since nobody could tell afterwards what to
/// put back. Their sequences are understood so far that none of their bytes counts as typed.
///
/// - A control character within a sequence ends it and counts: no state swallows Enter.
/// - A byte of 0x80 to 0xFF outside a sequence is text: in UTF-8 it may be part of any character, so
///   the C1 controls in one byte are not recognised.
/// - The text of a bracketed paste counts as typed.
///
/// Sources: xterm's ctlseqs, ECMA-48, kitty's "Comprehensive keyboard handling in terminals",
/// console_codes(4).
public struct KeyDecoder: Sendable {
    private enum State: Sendable {
        /// Text.
        case ground
        /// After ESC.
        case escape
        /// One more byte belongs to it: SS3, SS2, and F1 to F5 of the Linux console (`ESC [ [ A`).
        case one
        /// After `ESC [`.
        case sequence
        /// Within the three bytes after `ESC [ M`, of any value.
        case mouse(left: UInt8)
        /// DCS, SOS, OSC, PM or APC, until ST or BEL.
        case string
    }

    private var state = State.ground
    private var numbers = SequenceNumbers()

    /// A decoder that is within no sequence.
    public init() {}

    /// Takes the next byte; nil if it completes nothing that means something.
    public mutating func take(_ byte: UInt8) -> Key? {
        if case .mouse(let left) = state {
            state = left > 1 ? .mouse(left: left - 1) : .ground
            return nil
        }
        if byte < 0x20 { return take(control: byte) }
        switch state {
        case .ground: return byte == 0x7F ? .erase : .byte(byte)
        case .escape: begin(byte)
        case .one: state = .ground
        case .sequence: return take(inSequence: byte)
        case .string, .mouse: break
        }
        return nil
    }

    /// For how many milliseconds without a byte a sequence may still go on; nil outside of one.
    ///
    /// A lone ESC is the key; terminals send a sequence in one go. The rest gets more time, because
    /// its bytes would count as typed if it came in two parts.
    public var patience: Int? {
        switch state {
        case .ground: nil
        case .escape: 100
        case .one, .sequence, .mouse, .string: 1_000
        }
    }

    /// The patience is over: what was begun is no sequence.
    public mutating func pause() -> Key? {
        var key: Key?
        if case .escape = state { key = .cancel }
        finish()
        return key
    }

    private mutating func finish() {
        state = .ground
        numbers = SequenceNumbers()
    }

    private mutating func take(control: UInt8) -> Key? {
        finish()
        guard control == 0x1B else { return Key(control: control) }
        state = .escape
        return nil
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["): state = .sequence
        case UInt8(ascii: "O"), UInt8(ascii: "N"): state = .one
        case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "]"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            state = .string
        // Alt and a key, or the end of a string.
        default: state = .ground
        }
    }

    private mutating func take(inSequence byte: UInt8) -> Key? {
        switch byte {
        case 0x20...0x3F:
            numbers.add(byte)
            return nil
        case UInt8(ascii: "[") where numbers.isEmpty:
            state = .one
            return nil
        case UInt8(ascii: "M") where numbers.isEmpty:
            state = .mouse(left: 3)
            return nil
        case 0x40...0x7E:
            let complete = numbers
            finish()
            return Key(complete, final: byte)
        default:
            finish()
            return nil
        }
    }
}
