import CLock

/// The one page in which typed bytes lie: as they were read, and as an answer.
struct SecretMemory {
    /// What `read` fills.
    let input: UnsafeMutableRawBufferPointer
    /// What an `AnswerLine` fills.
    let answer: UnsafeMutableRawBufferPointer

    /// Nil if there is no memory.
    init?() {
        var count = 0
        guard let page = lock_secret_page(&count) else { return nil }
        // SAFETY: the page has `count` bytes and is never given back; the two parts do not overlap.
        let all = UnsafeMutableRawBufferPointer(start: page, count: count)
        answer = UnsafeMutableRawBufferPointer(rebasing: all[..<AnswerLine.bytesMax])
        input = UnsafeMutableRawBufferPointer(rebasing: all[AnswerLine.bytesMax...])
    }

    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        // SAFETY: start and count are the buffer's.
        lock_wipe(start, memory.count)
    }
}
