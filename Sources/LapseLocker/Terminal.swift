import CLock

/// The locked terminal.
///
/// Nothing here changes its modes: the daemon has, and puts them back.
struct Terminal {
    let descriptor: CInt
    /// The terminal has hung up, and will not come back under this descriptor.
    private(set) var isGone = false
    /// The terminal took not all that was written last.
    private(set) var isStuck = false

    /// How long output may wait for a terminal that takes none, in milliseconds.
    private static let outputWaitMax = 1_000

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        lock_terminal_prepare(descriptor)
    }

    struct Size: Equatable {
        var rows: CInt = 0
        var columns: CInt = 0
    }

    var size: Size {
        var size = Size()
        lock_terminal_size(descriptor, &size.rows, &size.columns)
        return size
    }

    /// Asked anew for each picture: a program that is not frozen may have changed it.
    var isUTF8: Bool { lock_terminal_is_utf8(descriptor) }

    /// Writes as much as the terminal takes in a second.
    ///
    /// - Returns: How many bytes it took.
    @discardableResult
    mutating func write(_ bytes: ArraySlice<UInt8>) -> Int {
        let deadline = Moment.now.later(by: Self.outputWaitMax)
        var rest = bytes
        while !rest.isEmpty, !isGone {
            // SAFETY: start and count are the slice's.
            let count = rest.withUnsafeBytes { CLock.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch lock_errno() {
            case EINTR: continue
            case EAGAIN:
                let left = deadline.remaining
                guard left > 0 else {
                    isStuck = true
                    return bytes.count - rest.count
                }
                var entry = pollfd(fd: descriptor, events: CShort(POLLOUT), revents: 0)
                // An error is told by the next write.
                _ = poll(&entry, 1, CInt(left))
            default: isGone = true
            }
        }
        isStuck = false
        return bytes.count - rest.count
    }

    /// Reads what is there: 0 for nothing.
    ///
    /// - Parameters:
    ///   - memory: Where it goes.
    ///   - hasHungUp: What poll(2) said: nothing to read is the end then.
    /// - Returns: How many bytes.
    mutating func read(into memory: UnsafeMutableRawBufferPointer, hasHungUp: Bool) -> Int {
        // SAFETY: start and count are the buffer's.
        let count = CLock.read(descriptor, memory.baseAddress, memory.count)
        if count > 0 { return count }
        let error = count < 0 ? lock_errno() : EAGAIN
        if hasHungUp || (error != EAGAIN && error != EINTR) { isGone = true }
        return 0
    }
}
