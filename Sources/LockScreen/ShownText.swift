/// Text from anywhere as a terminal may be given it: no byte of it is a command.
public enum ShownText {
    /// Breaks a text into rows.
    ///
    /// Control characters, what is not UTF-8, and what turns the direction of writing round become
    /// `?`; so does all that is not ASCII where the terminal does not read UTF-8. Line ends break,
    /// tabs are blanks.
    ///
    /// - Parameters:
    ///   - text: The bytes.
    ///   - width: The most columns that a row has, at least 1.
    ///   - isUTF8: The terminal reads UTF-8.
    /// - Returns: The rows, at least one.
    public static func rows(_ text: [UInt8], width: Int, isUTF8: Bool) -> [[UInt8]] {
        var breaker = RowBreaker(width: max(1, width))
        var position = 0
        while position < text.count {
            let character = Character(text, at: position)
            let start = position
            position += character.length
            switch character.scalar {
            case 0x0A: breaker.endRow()
            case 0x0D where position < text.count && text[position] == 0x0A: break
            case 0x09: breaker.add([0x20], columns: 1)
            case .some(let scalar) where isShown(scalar) && (isUTF8 || scalar < 0x80):
                breaker.add(text[start..<position], columns: isWide(scalar) ? 2 : 1)
            default: breaker.add([UInt8(ascii: "?")], columns: 1)
            }
        }
        breaker.endRow()
        return breaker.rows
    }

    /// Not C0, DEL, C1, nor what breaks a line or turns the direction of writing round.
    private static func isShown(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB:
            false
        default: true
        }
    }

    /// What takes two columns (Unicode's East Asian Width W and F, in whole blocks).
    ///
    /// One too many wastes a column, one too few might reach the last one.
    private static func isWide(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x115F, 0x231A...0x23FF, 0x2600...0x27BF, 0x2B00...0x2BFF, 0x2E80...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE1F, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1_6FE0...0x1_8DFF, 0x1_AFF0...0x1_B2FF,
            0x1_F000...0x1_FAFF, 0x2_0000...0x3_FFFD:
            true
        default: false
        }
    }
}

/// The character at a place of a text.
private struct Character {
    /// Nil for a byte that begins none.
    let scalar: UInt32?
    /// Its bytes.
    let length: Int

    /// Valid is what the Unicode Standard (table 3-7) allows: no overlong forms, no surrogates.
    init(_ text: [UInt8], at position: Int) {
        let first = text[position]
        let more: Int
        let smallest: UInt32
        var scalar: UInt32
        switch first {
        case 0x00...0x7F: (more, smallest, scalar) = (0, 0, UInt32(first))
        case 0xC2...0xDF: (more, smallest, scalar) = (1, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (more, smallest, scalar) = (2, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (more, smallest, scalar) = (3, 0x1_0000, UInt32(first & 0x07))
        default: (more, smallest, scalar) = (text.count, 0, 0)
        }
        var isValid = more < text.count - position
        var next = position + 1
        while isValid, next <= position + more {
            isValid = text[next] & 0xC0 == 0x80
            scalar = scalar << 6 | UInt32(text[next] & 0x3F)
            next += 1
        }
        isValid =
            isValid && scalar >= smallest && scalar <= 0x10_FFFF
            && !(0xD800...0xDFFF).contains(scalar)
        self.scalar = isValid ? scalar : nil
        length = isValid ? more + 1 : 1
    }
}

/// Fills rows, and breaks them at blanks where there are some.
private struct RowBreaker {
    private let width: Int
    private(set) var rows: [[UInt8]] = []
    private var row: [UInt8] = []
    private var columns = 0
    /// What of the row ends with its last blank.
    private var unbroken = 0
    private var unbrokenColumns = 0

    init(width: Int) { self.width = width }

    mutating func add(_ character: some Collection<UInt8>, columns wanted: Int) {
        // Two columns do not fit into a row of one.
        if wanted > width { return add([UInt8(ascii: "?")], columns: 1) }
        let isBlank = character.first == 0x20
        if columns + wanted > width {
            // A blank that does not fit is where the row breaks.
            if isBlank { return endRow() }
            breakRow()
            // One column was free, two are wanted, and one blank went.
            if columns + wanted > width { endRow() }
        }
        row += character
        columns += wanted
        if isBlank { (unbroken, unbrokenColumns) = (row.count, columns) }
    }

    mutating func endRow() {
        rows.append(row)
        startRow(with: [], columns: 0)
    }

    private mutating func breakRow() {
        guard unbroken > 0 else { return endRow() }
        let rest = Array(row[unbroken...])
        let restColumns = columns - unbrokenColumns
        // Without the blank it breaks at.
        rows.append(Array(row[..<(unbroken - 1)]))
        startRow(with: rest, columns: restColumns)
    }

    private mutating func startRow(with bytes: [UInt8], columns: Int) {
        row = bytes
        self.columns = columns
        unbroken = 0
        unbrokenColumns = 0
    }
}
