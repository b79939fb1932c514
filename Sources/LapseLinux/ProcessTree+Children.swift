import Glibc

extension ProcessTree {
    /// Threads of one process whose children are read; a build's Java has two hundred.
    package static let threadsMax = 512

    /// The children of a process with this number of threads, as `ProcessStat` tells it.
    ///
    /// With one thread, as nearly all processes have, it is one small read. A child belongs to the
    /// thread that made it.
    package static func children(of pid: Int32, threads: Int32) -> [Int32] {
        guard threads > 1 else { return children(of: pid, thread: pid) }
        return SmallFile.names(in: "/proc/\(pid)/task", atMost: threadsMax)
            .compactMap { Int32($0) }
            .flatMap { children(of: pid, thread: $0) }
    }

    private static func children(of pid: Int32, thread: Int32) -> [Int32] {
        let path = "/proc/\(pid)/task/\(thread)/children"
        let found: [Int32]? = ProcFile.read(path) { bytes in
            // The kernel fills what it is given (seq_read_iter, fs/seq_file.c): this may be cut.
            guard bytes.count < ProcFile.bytesMax else { return nil }
            var cursor = NumberCursor(bytes, at: 0)
            var pids: [Int32] = []
            while let pid: Int32 = cursor.number(until: UInt8(ascii: " ")) { pids.append(pid) }
            return pids
        }
        return found ?? pids(SmallFile.read(path) ?? [])
    }
}
