/// Reads TOML 1.0.0 (toml.io/en/v1.0.0): bytes in, a tree with the place of every key and value out.
///
/// 1. It MUST refuse whatever the standard refuses; `TOMLSuiteTests` holds it to the official suite.
/// 2. It MUST take time and memory linear in the size of the file, whatever the file holds.
/// 3. It MUST NOT recurse deeper than `PolicyLimits.depthMax`, and MUST NOT trap on any input.
/// 4. It reports every faulty statement, not the first alone; but a tree of a faulty file MUST NOT
///    get out.
package struct TOMLReader {
    let bytes: [UInt8]
    let file: Int
    /// Offset of the next byte to read.
    var at = 0
    /// What the statement being read has opened and not closed.
    var open = OpenBrackets()
    private var problems = DiagnosticList()
    /// Values and headers read so far.
    private var valueCount = 0
    private let document: OpenTable
    /// The table that keys go to.
    private var current: OpenTable

    private init(_ bytes: [UInt8], file: Int) {
        self.bytes = bytes
        self.file = file
        document = OpenTable(.element, depth: 0, span: SourceSpan(file: file, 0..<0))
        current = document
    }

    /// Reads a whole document.
    ///
    /// - Parameters:
    ///   - bytes: the file, at most `PolicyLimits.fileBytesMax`.
    ///   - file: what the spans are to carry as their file.
    /// - Returns: the table at the top.
    /// - Throws: `PolicyError.refused` with all that is wrong with the document.
    package static func read(_ bytes: [UInt8], file: Int) throws(PolicyError) -> TOMLTable {
        guard bytes.count <= PolicyLimits.fileBytesMax else {
            let start = SourceSpan(file: file, 0..<0)
            throw .refused([
                .error("the file is larger than \(PolicyLimits.fileBytesMax) bytes", start)
            ])
        }
        var reader = TOMLReader(bytes, file: file)
        reader.checkEncoding()
        reader.skipByteOrderMark()
        reader.readStatements()
        guard !reader.problems.hasErrors else { throw .refused(reader.problems.sorted()) }
        return reader.document.closed()
    }

    /// To be called for every value and header, before it is read.
    mutating func countValue() throws(Diagnostic) {
        valueCount += 1
        guard valueCount <= PolicyLimits.valuesMax else {
            let place = SourceSpan(file: file, at..<at)
            throw .error("the file has more than \(PolicyLimits.valuesMax) values", place)
        }
    }

    /// Notes a fault that leaves the shape of the statement clear, so that reading can go on in it.
    mutating func report(_ problem: Diagnostic) {
        problems.add(problem)
    }
}

/// Brackets opened and not closed yet; below zero where a broken value closed too many.
struct OpenBrackets {
    var arrays = 0
    var tables = 0

    var any: Bool { arrays > 0 || tables > 0 }
}

// MARK: - Statements

extension TOMLReader {
    private mutating func readStatements() {
        while at < bytes.count, !problems.isFull, valueCount <= PolicyLimits.valuesMax {
            let start = at
            open = OpenBrackets()
            do {
                try readStatement()
            } catch {
                // A byte that is no UTF-8 has been reported as such.
                if at == bytes.count || UTF8Form.scalar(at: bytes[at...]) != nil {
                    report(error)
                }
                skipToStatement(after: start)
            }
        }
    }

    /// Reads a header, a key with its value, or nothing, and the end of its line.
    private mutating func readStatement() throws(Diagnostic) {
        skipBlanks()
        switch peek() {
        case UInt8(ascii: "["):
            try readHeader()
        case nil, UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            break
        default:
            try readPair(into: current)
        }
        skipBlanks()
        try skipComment()
        guard at == bytes.count || skipNewline() else {
            throw expected("the end of the line")
        }
    }

    private mutating func readHeader() throws(Diagnostic) {
        let start = at
        try countValue()
        // Until the header is known to be good, keys go to a table that nobody sees: to put them
        // into the table before would only make faults that are none.
        current = OpenTable(.element, depth: 0, span: span(from: start))
        let isElement = peek(1) == UInt8(ascii: "[")
        at += isElement ? 2 : 1
        skipBlanks()
        let path = try readKey()
        skipBlanks()
        guard peek() == UInt8(ascii: "]") else { throw expected("`]` after the table's name") }
        guard !isElement || peek(1) == UInt8(ascii: "]") else {
            at += 1
            throw expected("a second `]` after the name of an array of tables")
        }
        at += isElement ? 2 : 1
        do {
            current =
                try isElement
                ? document.openElement(path, span: span(from: start))
                : document.openTable(path, span: span(from: start))
        } catch {
            report(error)
        }
    }

    /// Reads `key = value` into `table`.
    mutating func readPair(into table: OpenTable) throws(Diagnostic) {
        let path = try readKey()
        skipBlanks()
        guard peek() == UInt8(ascii: "=") else {
            let help = isBare(peek()) ? "a key with blanks in it needs quotes" : letterHelp()
            throw expected("`=` after the key", help: help)
        }
        at += 1
        skipBlanks()
        let value = try readValue(depth: table.depth + path.count)
        do {
            try table.place(value, at: path)
        } catch {
            report(error)
        }
    }
}

// MARK: - Going on after a fault

extension TOMLReader {
    /// Moves to the next line at which a statement can begin.
    ///
    /// After a fault inside brackets the following lines may belong to the broken value: they are
    /// passed over until the brackets are closed or a line looks like a statement. A line is looked
    /// at twice at most, so this stays linear.
    private mutating func skipToStatement(after start: Int) {
        let lineStart = startOfLine()
        if lineStart > start, looksLikeStatement(lineStart) {
            at = lineStart
            return
        }
        repeat {
            skipLine()
        } while at < bytes.count && open.any && !looksLikeStatement(at)
    }

    /// Where the line that holds `at` begins.
    private func startOfLine() -> Int {
        var start = at
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") {
            start -= 1
        }
        return start
    }

    /// Moves behind the line's end, and counts the brackets that stand in no comment or string.
    private mutating func skipLine() {
        var quote: UInt8?
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            if let mark = quote {
                // An escaped quote closes nothing; a literal string has no escapes.
                at += byte == UInt8(ascii: "\\") && mark == UInt8(ascii: "\"") ? 1 : 0
                quote = byte == mark ? nil : mark
            } else {
                switch byte {
                case UInt8(ascii: "["): open.arrays += 1
                case UInt8(ascii: "]"): open.arrays -= 1
                case UInt8(ascii: "{"): open.tables += 1
                case UInt8(ascii: "}"): open.tables -= 1
                case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
                case UInt8(ascii: "#"): skipToLineFeed()
                default: break
                }
            }
            if peek() != UInt8(ascii: "\n") {
                at += 1
            }
        }
        at = min(at + 1, bytes.count)
    }

    private mutating func skipToLineFeed() {
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            at += 1
        }
    }

    /// Whether the line at `offset` can only be `key = …` or `[header]`, and is no part of what is
    /// open: a table in braces that was broken over lines by mistake has lines like `key = …`.
    private func looksLikeStatement(_ offset: Int) -> Bool {
        var place = offset
        func byte() -> UInt8? { place < bytes.count ? bytes[place] : nil }
        while isBlank(byte()) {
            place += 1
        }
        let isHeader = byte() == UInt8(ascii: "[")
        while byte() == UInt8(ascii: "[") {
            place += 1
        }
        // A name begins with a letter; elements of an array of arrays mostly do not.
        guard let first = byte(), first | 0x20 >= UInt8(ascii: "a"), isBare(first) else {
            return false
        }
        while isBare(byte()) || isBlank(byte()) || byte() == UInt8(ascii: ".") {
            place += 1
        }
        return isHeader
            ? byte() == UInt8(ascii: "]")
            : byte() == UInt8(ascii: "=") && open.tables <= 0
    }
}

// MARK: - Encoding

extension TOMLReader {
    /// Reports the bytes that are no UTF-8, one a line.
    private mutating func checkEncoding() {
        var offset = 0
        while let fault = UTF8Form.firstFault(in: bytes, from: offset), !problems.isFull {
            let place = SourceSpan(file: file, fault..<fault + 1)
            report(.error("this byte is not valid UTF-8", place, help: "save the file as UTF-8"))
            at = fault
            skipToLineFeed()
            offset = at
        }
        at = 0
    }

    /// Some editors begin a UTF-8 file with U+FEFF; elsewhere in the file it is a fault.
    private mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            at = 3
        }
    }
}
