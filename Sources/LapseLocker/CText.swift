import CLock

/// The bytes of a fixed text.
func bytes(of text: StaticString) -> [UInt8] {
    // SAFETY: a static string of more than one character has a start and a count.
    [UInt8](UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
}

/// The bytes of a C string without its NUL, at most `limit` of them.
func bytes(at start: UnsafePointer<CChar>, limit: Int) -> [UInt8] {
    var count = 0
    // SAFETY: the caller vouches for a C string; nothing behind its NUL is read.
    while count < limit, start[count] != 0 { count += 1 }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
}

/// Calls `body` with the text as a C string.
func withCText<Result>(_ text: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // SAFETY: the array ends with a NUL and lives for the length of the call.
    (text + [0]).withUnsafeBytes { raw in
        body(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
    }
}
