import Glibc

/// Who descends from whom, without a scan of /proc: /proc/PID/task/TID/children
/// (proc(5), CONFIG_PROC_CHILDREN, Linux 3.5).
package enum ProcessTree {
    /// The children of all threads of a process.
    ///
    /// A process that ends while it is read may be missing; its children belong to another parent
    /// from then on.
    package static func children(of pid: Int32) -> [Int32] {
        SmallFile.names(in: "/proc/\(pid)/task").flatMap { thread in
            pids(SmallFile.read("/proc/\(pid)/task/\(thread)/children") ?? [])
        }
    }

    /// The pids of a list, each with a blank after it (fs/proc/array.c).
    ///
    /// One without may have lost digits at `SmallFile.bytesMax`, and would name another process.
    package static func pids(_ list: [UInt8]) -> [Int32] {
        list.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).dropLast()
            .compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    /// All processes, for the rare moment when a session ends: pids in /proc.
    package static func all() -> [Int32] {
        guard let stream = opendir("/proc") else { return [] }
        defer { closedir(stream) }
        var pids: [Int32] = []
        while let entry = readdir(stream) {
            // SAFETY: d_name is a C string within the entry, valid until the next readdir; atol reads
            // to its first byte that is no digit.
            let pid = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { atol($0) }
            }
            if pid > 0 { pids.append(Int32(truncatingIfNeeded: pid)) }
        }
        return pids
    }

    /// The kernel's audit session of a process, nil if it has none (pam_loginuid did not run).
    package static func auditSession(of pid: Int32) -> UInt32? {
        guard let bytes = SmallFile.read("/proc/\(pid)/sessionid"),
            let number = UInt32(String(decoding: bytes, as: UTF8.self)),
            number != .max
        else { return nil }
        return number
    }
}

extension ProcessTree {
    /// The effective uid of a process, nil if it is gone: the owner of /proc/PID (proc(5)).
    package static func owner(of pid: Int32) -> UInt32? {
        var status = stat()
        return stat("/proc/\(pid)", &status) == 0 ? status.st_uid : nil
    }
}
