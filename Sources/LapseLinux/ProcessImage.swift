import Glibc

/// The executable that a process runs, by device and inode: a name can be chosen, this cannot.
package struct ProcessImage: Equatable, Sendable, Codable {
    private let device: UInt64
    private let inode: UInt64

    /// Reads it through /proc/PID/exe (proc(5)), which leads to the file even after it was
    /// replaced; nil for a process that is gone or a kernel thread.
    package init?(pid: Int32) {
        var status = stat()
        guard stat("/proc/\(pid)/exe", &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

/// What the daemon knows of itself.
package enum ProcessSelf {
    package static var pid: Int32 { getpid() }
    package static var uid: UInt32 { geteuid() }

    /// Clock ticks per second of /proc times (sysconf(3), _SC_CLK_TCK; 100 on Linux).
    package static let ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))

    /// The host's name, as gethostname(2) tells it.
    package static var hostName: String {
        // HOST_NAME_MAX of Linux is 64.
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, 64) == 0 else { return "" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The boot that the machine is in: pids of another boot mean nothing.
    package static func bootID() -> String {
        guard let bytes = SmallFile.read("/proc/sys/kernel/random/boot_id") else { return "" }
        return String(decoding: bytes.prefix(36), as: UTF8.self)
    }
}
