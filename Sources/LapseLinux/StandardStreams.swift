import Glibc

/// Text on standard output and standard error, best effort.
package enum StandardStreams {
    package static func output(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    package static func error(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to number: Int32) {
        let bytes = Array((text + "\n").utf8)
        // A closed stream has no reader to miss the text.
        _ = Glibc.write(number, bytes, bytes.count)
    }
}
