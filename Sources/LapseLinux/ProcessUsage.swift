/// What a process has read and written: /proc/PID/io (proc(5), CONFIG_TASK_IO_ACCOUNTING).
///
/// Each figure is of all its threads and of the children that it has waited for
/// (do_io_accounting in fs/proc/base.c, wait_task_zombie in kernel/exit.c). Reading it takes the
/// right to trace the process: root needs CAP_SYS_PTRACE.
package struct ProcessUsage: Equatable, Sendable {
    /// Bytes that it caused to be fetched from storage, network file systems included.
    package let storageRead: UInt64
    /// Bytes that it caused to be sent to storage, when they were written to the page cache.
    package let storageWritten: UInt64
    /// Bytes that it gave to write(2) and the like, be it to files, pipes, sockets or terminals;
    /// not what it gave to send(2).
    ///
    /// What read(2) gave is not taken: `top` reads hundreds of KiB of /proc each second.
    package let written: UInt64

    /// Reads it; nil if the process is gone, or the kernel does not count.
    package static func read(pid: Int32) -> ProcessUsage? {
        ProcFile.read("/proc/\(pid)/io") { parse($0) }
    }

    package static func parse(_ bytes: [UInt8]) -> ProcessUsage? {
        bytes.withUnsafeBytes { parse($0) }
    }

    /// `NAME: NUMBER` a line; names that are not known here are passed over.
    private static func parse(_ bytes: UnsafeRawBufferPointer) -> ProcessUsage? {
        var figures: [UInt64?] = [nil, nil, nil]
        var start = 0
        while start < bytes.count {
            guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = bytes[start..<colon]
            var cursor = NumberCursor(bytes, at: colon + 1)
            guard cursor.byte() == UInt8(ascii: " "),
                let number: UInt64 = cursor.number(until: UInt8(ascii: "\n"))
            else { return nil }
            if let place = Self.names.firstIndex(where: { name.elementsEqual($0.utf8) }) {
                figures[place] = number
            }
            start = cursor.place
        }
        guard let read = figures[0], let stored = figures[1], let written = figures[2] else {
            return nil
        }
        return ProcessUsage(storageRead: read, storageWritten: stored, written: written)
    }

    private static let names = ["read_bytes", "write_bytes", "wchar"]
}
