import Glibc

/// Which signals a process does not take: what /proc/PID/status says of its first thread (proc(5)).
package struct ProcessSignals: Equatable, Sendable {
    private let blocked: UInt64
    private let ignored: UInt64

    /// Nil if the process is gone.
    package static func read(pid: Int32) -> ProcessSignals? {
        ProcFile.read("/proc/\(pid)/status") { parse($0) }
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) -> ProcessSignals? {
        guard let blocked = mask("SigBlk:\t", in: bytes), let ignored = mask("SigIgn:\t", in: bytes)
        else { return nil }
        return ProcessSignals(blocked: blocked, ignored: ignored)
    }

    /// Whether it is deaf to a signal; how it handles one is not to be seen here.
    package func isDeaf(to signal: Int32) -> Bool {
        let bit = UInt64(1) << UInt64(signal - 1)
        return (blocked | ignored) & bit != 0
    }

    private static func mask(_ name: String, in bytes: UnsafeRawBufferPointer) -> UInt64? {
        let name = Array(name.utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
            return UInt64(String(decoding: line.dropFirst(name.count), as: UTF8.self), radix: 16)
        }
        return nil
    }
}
