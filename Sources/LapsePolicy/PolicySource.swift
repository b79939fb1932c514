/// One policy file as it was read: its name for people and its bytes.
package struct PolicySource: Sendable, Equatable {
    /// The path that diagnostics show.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// A place in a text as people count it.
package struct SourcePosition: Sendable, Equatable {
    /// From 1; lines end with LF.
    package let line: Int
    /// From 1, in Unicode scalar values; a tab is one.
    package let column: Int
}

extension PolicySource {
    /// Line and column of the byte at `offset`; the end of the file is a place too.
    ///
    /// Counted anew each time, about 0.1 ms a megabyte: positions are shown to people, not kept.
    package func position(of offset: Int) -> SourcePosition {
        let offset = min(offset, bytes.count)
        let start = line(at: offset).lowerBound
        var line = 1
        for byte in bytes[..<start] {
            line += byte == UInt8(ascii: "\n") ? 1 : 0
        }
        var column = 1
        for byte in bytes[start..<offset] {
            // Continuation bytes of UTF-8 are no characters of their own.
            column += byte & 0xC0 == 0x80 ? 0 : 1
        }
        return SourcePosition(line: line, column: column)
    }

    /// The bytes of the line that holds `offset`, without its LF or CR LF.
    package func line(at offset: Int) -> Range<Int> {
        var start = min(offset, bytes.count)
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") {
            start -= 1
        }
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            return start..<bytes.count
        }
        let isCarriageReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        return start..<(isCarriageReturn ? end - 1 : end)
    }
}
