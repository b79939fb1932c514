/// What the lock screen shows.
public struct LockPicture: Equatable, Sendable {
    /// At most so many rows of notes.
    public static let noteRowsMax = 8
    /// Wider rows are hard to read.
    private static let widthMax = 76

    /// Who locked what, and why: a text a line.
    public var lines: [[UInt8]] = []
    /// Where the cursor stands; what is typed and may be seen is a part of it.
    public var prompt: [UInt8] = []
    /// What PAM and the locker say, the latest last.
    public var notes: [[UInt8]] = []

    /// Nothing.
    public init() {}

    /// The bytes that clear a terminal and draw this.
    ///
    /// No row reaches the last column, there is no line end, and each row is put in its place, so
    /// that nothing scrolls whatever modes are on. What is set here (`ESC [ ? 6 l`, `ESC ( B`, SI,
    /// `ESC [ m`) is what DECSC saved and DECRC puts back. The prompt comes last: the cursor stays
    /// at its end however wide the terminal takes its characters to be.
    ///
    /// - Parameters:
    ///   - rows: The terminal's; 0 if it does not know.
    ///   - columns: The terminal's; 0 if it does not know.
    ///   - isUTF8: It reads UTF-8.
    /// - Returns: The bytes.
    public func paint(rows: Int, columns: Int, isUTF8: Bool) -> [UInt8] {
        let height = rows > 0 ? rows : 24
        let screen = columns > 0 ? columns : 80
        let margin = screen >= 40 ? 2 : 0
        let width = min(max(1, screen - 1 - margin), Self.widthMax)
        let broken = { (text: [UInt8]) in ShownText.rows(text, width: width, isUTF8: isUTF8) }
        let placed = placed(
            lines: lines.flatMap(broken),
            prompt: broken(prompt),
            notes: Array(notes.flatMap(broken).suffix(Self.noteRowsMax)),
            height: height
        )
        var bytes = Self.clear
        for row in placed where !row.text.isEmpty || row.isLast {
            bytes += Self.escape(UInt8(ascii: "["))
            bytes += Self.decimal(row.number)
            bytes.append(UInt8(ascii: ";"))
            bytes += Self.decimal(margin + 1)
            bytes.append(UInt8(ascii: "H"))
            bytes += row.text
        }
        return bytes
    }

    private struct Row {
        let number: Int
        let text: [UInt8]
        let isLast: Bool
    }

    /// Gives each row its place, from the top: lines, prompt, notes; the prompt's last row comes
    /// last in the result.
    ///
    /// Where there is no room for all, the prompt's end is what stays, then the last notes in half
    /// of what is left, then the first lines. Blank rows are for where there is room.
    private func placed(
        lines: [[UInt8]],
        prompt: [[UInt8]],
        notes: [[UInt8]],
        height: Int
    ) -> [Row] {
        let asked = prompt.suffix(max(1, min(prompt.count, height / 2)))
        var free = height - asked.count
        let noted = notes.suffix(min(notes.count, max((free + 1) / 2, free - lines.count)))
        free -= noted.count
        let told = lines.prefix(min(lines.count, free))
        free -= told.count
        let gap = free > 0 && !told.isEmpty ? 1 : 0
        let noteGap = free > 1 && !noted.isEmpty ? 1 : 0
        let top = free > 2 ? 2 : 1
        let promptTop = top + told.count + gap
        let noteTop = promptTop + asked.count + noteGap
        return Self.numbered(told, from: top) + Self.numbered(noted, from: noteTop)
            + Self.numbered(asked, from: promptTop, isLast: true)
    }

    private static func numbered(
        _ rows: ArraySlice<[UInt8]>,
        from top: Int,
        isLast: Bool = false
    ) -> [Row] {
        rows.enumerated().map { Row(number: top + $0.offset, text: $0.element, isLast: isLast) }
    }
}

// MARK: - Sequences

extension LockPicture {
    /// Keeps cursor and attributes, asks for the state of the alternate screen, with DA1 behind it,
    /// and switches to the alternate screen.
    ///
    /// It has two names, and some terminals answer to one of them alone: libvterm (vim) to 1047.
    ///
    /// In one write, so that what is on the screen does not stay while an answer is awaited: a
    /// terminal answers in order, so the answer is about the state before (DECRQM, DECSC, xterm's
    /// ctlseqs). The cursor is put back before the switch, which keeps it once more: a terminal that
    /// does not know DECRQM may have written its `p`.
    public static let enter: [UInt8] =
        escape(UInt8(ascii: "7"))
        + escape(0x5B) + mode1049 + [UInt8(ascii: "$"), UInt8(ascii: "p")]
        + escape(0x5B) + mode1047 + [UInt8(ascii: "$"), UInt8(ascii: "p")]
        + escape(0x5B) + [UInt8(ascii: "c")]
        + escape(UInt8(ascii: "8"))
        + escape(0x5B) + mode1049 + [UInt8(ascii: "h")]

    /// Clears the screen and puts the cursor where it was.
    ///
    /// - Parameter keepsAlternate: The application had switched to the alternate screen itself.
    /// - Returns: The bytes.
    public static func leave(keepsAlternate: Bool) -> [UInt8] {
        var bytes = clear
        if !keepsAlternate { bytes += escape(0x5B) + mode1049 + [UInt8(ascii: "l")] }
        return bytes + escape(UInt8(ascii: "8"))
    }

    /// The last words on the terminal of a session that is being ended.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - columns: The terminal's; 0 if it does not know.
    ///   - isUTF8: It reads UTF-8.
    /// - Returns: The bytes.
    public static func farewell(_ text: [UInt8], columns: Int, isUTF8: Bool) -> [UInt8] {
        let width = min(columns > 1 ? columns - 1 : 79, widthMax)
        var bytes = plain + lineEnd
        for row in ShownText.rows(text, width: width, isUTF8: isUTF8) { bytes += row + lineEnd }
        return bytes
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let mode1049: [UInt8] = [0x3F, 0x31, 0x30, 0x34, 0x39]
    private static let mode1047: [UInt8] = [0x3F, 0x31, 0x30, 0x34, 0x37]

    /// ASCII in G0, G0 in use, no colours; the cursor stays.
    private static let plain: [UInt8] =
        escape(UInt8(ascii: "(")) + [UInt8(ascii: "B"), 0x0F]
        + escape(0x5B) + [UInt8(ascii: "m")]

    /// Absolute rows (DECOM), which by itself sends the cursor home; terminals that do not know it
    /// are sent there.
    private static let clear: [UInt8] =
        escape(0x5B) + [0x3F, UInt8(ascii: "6"), UInt8(ascii: "l")]
        + plain + escape(0x5B) + [UInt8(ascii: "H")]
        + escape(0x5B) + [UInt8(ascii: "2"), UInt8(ascii: "J")]

    private static func escape(_ byte: UInt8) -> [UInt8] { [0x1B, byte] }

    private static func decimal(_ number: Int) -> [UInt8] {
        var digits: [UInt8] = []
        var rest = max(0, number)
        repeat {
            digits.insert(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), at: 0)
            rest /= 10
        } while rest > 0
        return digits
    }
}
