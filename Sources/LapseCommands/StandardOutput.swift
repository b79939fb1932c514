import Glibc

/// Standard output: the whole text or a word that it failed.
enum StandardOutput {
    /// Columns of the terminal that standard output goes to; nil when it goes elsewhere.
    static var terminalWidth: Int? {
        var size = winsize()
        // SAFETY: the kernel fills in the structure, during the call alone.
        let status = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        // A terminal that does not know its size says 0 (tty_ioctl(4)).
        return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// Writes the text.
    ///
    /// - Parameter text: What to write; safe for a terminal.
    /// - Returns: False when not all of it could be written.
    static func write(_ text: String) -> Bool {
        writeAll(text, to: STDOUT_FILENO)
    }
}

/// Standard error.
enum StandardError {
    /// Writes the text; when that fails there is nobody left to tell.
    ///
    /// - Parameter text: What to write; safe for a terminal.
    static func write(_ text: String) {
        _ = writeAll(text, to: STDERR_FILENO)
    }
}

private func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
        // SAFETY: the kernel reads from within the array, during the call alone.
        let count = bytes.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
            return Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
        if count >= 0 {
            written += count
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
