import Glibc

/// Small files of /proc that the kernel writes whole into one read(2): what is read of every
/// process of a session, in three calls and with nothing allocated.
enum ProcFile {
    /// Bytes that are taken.
    ///
    /// /proc/PID/stat has 52 numbers of at most 20 digits and a name of at most 64 bytes,
    /// /proc/PID/io seven lines.
    static let bytesMax = 2048

    /// Hands the content to `parse`; nil if it cannot be read, which means that the process is
    /// gone.
    ///
    /// Only for paths in /proc that hold no link of anybody's choosing: it never waits there.
    static func read<Result>(
        _ path: String,
        _ parse: (UnsafeRawBufferPointer) -> Result?
    ) -> Result? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        defer { close(number) }
        return withUnsafeTemporaryAllocation(byteCount: bytesMax, alignment: 1) { buffer in
            // SAFETY: the buffer lives through the closure, and its true size is given.
            let count = retrying { Glibc.read(number, buffer.baseAddress, buffer.count) }
            guard count >= 0 else { return nil }
            return parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// Reads numbers that stand one after the other, each with a character after it.
struct NumberCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place: Int

    /// - Parameters:
    ///   - bytes: Must outlive the cursor.
    ///   - place: Where to begin, 0 to the number of bytes.
    init(_ bytes: UnsafeRawBufferPointer, at place: Int) {
        self.bytes = bytes
        self.place = place
    }

    /// The next byte.
    mutating func byte() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    /// Goes on behind the next such byte; false if there is none.
    mutating func pass(_ end: UInt8) -> Bool {
        while let byte = byte() { if byte == end { return true } }
        return false
    }

    /// A decimal number, and the byte `end` behind it: one without may have lost digits.
    mutating func number<Number: FixedWidthInteger>(until end: UInt8) -> Number? {
        var isNegative = false
        if Number.isSigned, place < bytes.count, bytes[place] == UInt8(ascii: "-") {
            isNegative = true
            place += 1
        }
        var value = Number(0)
        var digits = 0
        while let byte = byte() {
            if byte == end { return digits > 0 ? value : nil }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let digit = Number(byte - UInt8(ascii: "0"))
            let (scaled, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) =
                isNegative
                ? scaled.subtractingReportingOverflow(digit)
                : scaled.addingReportingOverflow(digit)
            guard !first, !second else { return nil }
            value = sum
            digits += 1
        }
        return nil
    }
}
