extension Key {
    /// What a whole control sequence means; nil for nothing.
    init?(_ numbers: SequenceNumbers, final: UInt8) {
        switch (numbers.prefix, numbers.intermediate, final) {
        case (UInt8(ascii: "?"), UInt8(ascii: "$"), UInt8(ascii: "y")):
            guard numbers.first == 1_049 || numbers.first == 1_047 else { return nil }
            self = .screenMode(numbers.second)
        case (UInt8(ascii: "?"), 0, UInt8(ascii: "c")):
            self = .attributes
        case (0, 0, UInt8(ascii: "u")):
            // 3: the key was let go.
            guard numbers.secondSub != 3 else { return nil }
            self.init(
                code: numbers.first,
                shifted: numbers.firstSub,
                text: numbers.third,
                modifiers: Modifiers(sent: numbers.second)
            )
        case (0, 0, UInt8(ascii: "~")):
            // xterm's modifyOtherKeys; the code is that of the character, shift is in it.
            guard numbers.first == 27, numbers.third != 0 else { return nil }
            self.init(
                code: numbers.third,
                shifted: 0,
                text: 0,
                modifiers: Modifiers(sent: numbers.second).withoutShift
            )
        default: return nil
        }
    }

    /// A key of kitty's protocol, or of xterm's `formatOtherKeys`.
    ///
    /// Where such a terminal tells neither the shifted key nor the text, only letters can be
    /// shifted: which sign is on a key with Shift, the terminal alone knows.
    private init?(code: UInt32, shifted: UInt32, text: UInt32, modifiers: Modifiers) {
        guard !modifiers.hasOther else { return nil }
        if modifiers.hasControl {
            guard let control = Self.control(of: code) else { return nil }
            self.init(control: control)
            return
        }
        if let key = Self.special(code) {
            self = key
            return
        }
        var scalar = code
        if text != 0 {
            scalar = text
        } else if modifiers.hasShift, shifted != 0 {
            scalar = shifted
        } else if modifiers.hasShift != modifiers.hasCapsLock, (0x61...0x7A).contains(code) {
            scalar = code - 0x20
        } else if (57_399...57_408).contains(code) {
            // The digits of the keypad.
            scalar = code - 57_399 + 0x30
        }
        guard Self.isText(scalar) else { return nil }
        self = .scalar(scalar)
    }

    private static func special(_ code: UInt32) -> Key? {
        switch code {
        // The last one is the keypad's.
        case 10, 13, 57_414: .enter
        case 8, 127: .erase
        case 27: .cancel
        default: nil
        }
    }

    /// The control character of a key pressed with Ctrl.
    private static func control(of code: UInt32) -> UInt8? {
        guard (0x40...0x7E).contains(code) else { return nil }
        return UInt8(truncatingIfNeeded: code & 0x1F)
    }

    /// Not a control character, a surrogate, or a key without text, which kitty numbers in the
    /// Private Use Area.
    private static func isText(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x1F, 0x7F...0x9F, 0xD800...0xDFFF, 57_344...63_743: false
        default: scalar <= 0x10_FFFF
        }
    }
}

/// Shift, Alt and so on as both protocols number them: one more than the sum of the bits.
private struct Modifiers {
    private let bits: UInt32

    init(sent: UInt32) { bits = sent > 0 ? sent - 1 : 0 }

    var hasShift: Bool { bits & 1 != 0 }
    var hasControl: Bool { bits & 4 != 0 }
    var hasCapsLock: Bool { bits & 64 != 0 }
    /// Alt, Super, Hyper or Meta.
    var hasOther: Bool { bits & 0b11_1010 != 0 }
    var withoutShift: Modifiers { Modifiers(sent: (bits & ~65) + 1) }
}
