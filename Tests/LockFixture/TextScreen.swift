/// A terminal as far as the locker may use one, and strict: all else it is sent is a fault.
///
/// It has a main and an alternate screen, one cursor kept by DECSC, and rows that are not moved.
package struct TextScreen {
    package private(set) var rows: Int
    package private(set) var columns: Int
    /// What the locker must not have sent.
    package private(set) var faults: [String] = []
    /// Line ends are in order: a farewell is written where the cursor is.
    package var mayEndLines = false
    package private(set) var isAlternate = false
    package private(set) var row = 0
    package private(set) var column = 0
    /// How often the state of the alternate screen was asked for.
    package private(set) var questions = 0

    private var main: [[String]]
    private var alternate: [[String]]
    private var saved = (row: 0, column: 0)
    private var pending: [UInt8] = []

    package init(rows: Int = 24, columns: Int = 80) {
        self.rows = rows
        self.columns = columns
        main = Self.blank(rows, columns)
        alternate = main
    }

    private static func blank(_ rows: Int, _ columns: Int) -> [[String]] {
        [[String]](repeating: [String](repeating: " ", count: columns), count: rows)
    }

    /// What is shown, without the blanks at the end of each row.
    package var text: [String] {
        (isAlternate ? alternate : main).map { row in
            var row = row
            while row.last == " " { row.removeLast() }
            return row.joined()
        }
    }

    package func shows(_ part: String) -> Bool { text.contains { $0.contains(part) } }

    /// The row with the cursor, up to it.
    package var cursorText: String {
        let cells = (isAlternate ? alternate : main)[row]
        return cells.prefix(column).joined()
    }

    /// As if a program had drawn it.
    package mutating func put(_ text: String, row: Int) {
        for (place, character) in text.enumerated() { main[row][place] = String(character) }
        (self.row, column) = (row, text.count)
    }

    /// A window that got another size, and is empty.
    package mutating func resize(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        main = Self.blank(rows, columns)
        alternate = main
        row = min(row, rows - 1)
        column = min(column, columns - 1)
    }

    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { feed(byte) }
    }

    private mutating func feed(_ byte: UInt8) {
        if pending.isEmpty, byte < 0x20, byte != 0x1B { return control(byte) }
        pending.append(byte)
        if pending[0] == 0x1B { feedSequence(byte) } else { feedText() }
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x0F: break
        case 0x0D where mayEndLines: column = 0
        case 0x0A where mayEndLines: row = min(row + 1, rows - 1)
        default: faults.append("control character \(byte)")
        }
    }

    private mutating func feedText() {
        let length =
            switch pending[0] {
            case ..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard length > 0 else {
            faults.append("byte \(pending[0])")
            pending = []
            return
        }
        guard pending.count == length else { return }
        if let text = String(validating: pending, as: UTF8.self),
            let scalar = text.unicodeScalars.first
        {
            put(text, width: Self.isWide(scalar) ? 2 : 1)
            if (0x7F...0x9F).contains(scalar.value) { faults.append("control \(scalar.value)") }
        } else {
            faults.append("no UTF-8: \(pending)")
        }
        pending = []
    }

    /// Of what the tests use.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x3041...0x9FFF, 0xAC00...0xD7A3, 0x1_F300...0x1_F64F: true
        default: false
        }
    }

    private mutating func put(_ text: String, width: Int) {
        guard column + width < columns else {
            faults.append("\(text) reaches the last column of row \(row + 1)")
            return
        }
        let cells = [text] + [String](repeating: "", count: width - 1)
        for cell in cells {
            if isAlternate { alternate[row][column] = cell } else { main[row][column] = cell }
            column += 1
        }
    }

    private mutating func feedSequence(_ byte: UInt8) {
        guard pending.count > 1 else { return }
        switch pending[1] {
        case UInt8(ascii: "["):
            guard pending.count > 2, (0x40...0x7E).contains(byte) else { return }
        case UInt8(ascii: "("):
            guard pending.count == 3 else { return }
        default: break
        }
        carryOut(String(decoding: pending.dropFirst(), as: UTF8.self))
        pending = []
    }

    private mutating func carryOut(_ sequence: String) {
        switch sequence {
        case "7": saved = (row, column)
        case "8": (row, column) = saved
        case "(B", "[m", "[c": break
        // Whoever sets origin mode or resets it sends the cursor home (DECOM of the VT510).
        case "[?6l": (row, column) = (0, 0)
        case "[?1049$p", "[?1047$p": questions += 1
        case "[?1049h":
            if !isAlternate { alternate = Self.blank(rows, columns) }
            isAlternate = true
        case "[?1049l": isAlternate = false
        case "[H": (row, column) = (0, 0)
        case "[2J":
            if isAlternate {
                alternate = Self.blank(rows, columns)
            } else {
                main = Self.blank(rows, columns)
            }
        default:
            guard sequence.first == "[", sequence.last == "H" else {
                faults.append("ESC \(sequence)")
                return
            }
            moveCursor(sequence.dropFirst().dropLast())
        }
    }

    private mutating func moveCursor(_ place: Substring) {
        let numbers = place.split(separator: ";").compactMap { Int($0) }
        guard numbers.count == 2, (1...rows).contains(numbers[0]),
            (1...columns).contains(numbers[1])
        else {
            faults.append("the cursor is sent to \(place)")
            return
        }
        (row, column) = (numbers[0] - 1, numbers[1] - 1)
    }
}
