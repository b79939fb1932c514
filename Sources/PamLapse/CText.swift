import CModuleLibc

/// The bytes of a fixed text.
func bytes(of text: StaticString) -> [UInt8] {
    // SAFETY: a static string of more than one character has a start and a count.
    [UInt8](UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
}

/// The bytes of a C string without its NUL, at most `limit` + 1 of them, so that a cut shows.
func bytes(at start: UnsafePointer<CChar>, limit: Int) -> [UInt8] {
    // SAFETY: the caller vouches for a C string; strnlen looks no further than its NUL.
    let count = strnlen(start, limit + 1)
    return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
}

/// A fixed text as C wants it; Swift ends every static string with a NUL.
func cName(_ text: StaticString) -> UnsafePointer<CChar> {
    // SAFETY: static memory, never freed, ends with a NUL, only read.
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Calls `body` with the text as a C string.
func withCText<Result>(_ text: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // SAFETY: the array ends with a NUL and lives for the length of the call.
    (text + [0]).withUnsafeBytes { raw in
        body(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
    }
}

/// Whether the bytes are that text; on bytes, because String's `==` brings Unicode's tables along.
func matches(_ bytes: [UInt8], _ text: StaticString) -> Bool {
    bytes.elementsEqual(PamLapse.bytes(of: text))
}
