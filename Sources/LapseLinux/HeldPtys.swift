import CLinux
import Glibc

/// Which ptys a process holds the master side of: whoever does is where their input comes from.
package enum HeldPtys {
    /// The numbers in /dev/pts of the slaves, each once; nil, with errno, if the descriptors of the
    /// process cannot be read (that takes CAP_SYS_PTRACE, proc(5)).
    ///
    /// /proc/PID/fd tells the descriptors of /dev/ptmx, /proc/PID/fdinfo their `tty-index`
    /// (tty_show_fdinfo, Linux 4.14).
    package static func slaves(heldBy pid: Int32) -> Set<Int>? {
        masters(heldBy: pid).map { Set($0.map(\.slave)) }
    }

    /// The descriptors that are masters, as the process numbers them, each with its slave's number.
    private static func masters(heldBy pid: Int32) -> [(descriptor: Int32, slave: Int)]? {
        let directory = "/proc/\(pid)/fd"
        guard let names = SmallFile.listing(of: directory) else { return nil }
        return names.compactMap { name in
            var status = Glibc.stat()
            guard let descriptor = Int32(name), stat("\(directory)/\(name)", &status) == 0,
                lapse_is_character_device(status.st_mode) != 0,
                status.st_rdev == lapse_makedev(5, 2),
                let text = SmallFile.read("/proc/\(pid)/fdinfo/\(name)"),
                let slave = index(text)
            else { return nil }
            return (descriptor, slave)
        }
    }

    /// A duplicate of a process's master side of the pty with this number in /dev/pts; nil if it has
    /// none, or may not be looked at.
    ///
    /// What is written to it is typed on the slave. MUST NOT be kept: with it the slave would see no
    /// hang-up. The corresponding C function is `pidfd_getfd` (Linux 5.6).
    package static func master(of index: Int, heldBy process: ProcessHandle) -> Descriptor? {
        for master in masters(heldBy: process.pid) ?? [] where master.slave == index {
            let duplicate = lapse_pidfd_getfd(process.descriptor.number, master.descriptor)
            if duplicate >= 0 { return Descriptor(duplicate) }
        }
        return nil
    }

    /// The value of the line `tty-index:`, a tab before it.
    package static func index(_ text: [UInt8]) -> Int? {
        let name = Array("tty-index:".utf8)
        return text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: name) }
            .flatMap { line in
                let digits = line.dropFirst(name.count).drop { $0 == UInt8(ascii: "\t") }
                return Int(String(decoding: digits, as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 }
            }
    }
}
