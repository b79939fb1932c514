import CLinux
import Glibc

/// Which terminals a process has open.
package enum OpenTerminals {
    /// Descriptors of one process that are looked at.
    package static let filesMax = 8_192

    /// The device numbers of the ptys and consoles that it has open, each once.
    ///
    /// The master side of a pty is not among them; none if it is gone or may not be looked at.
    package static func of(pid: Int32) -> Set<UInt64> {
        let directory = "/proc/\(pid)/fd"
        var found: Set<UInt64> = []
        for name in SmallFile.names(in: directory, atMost: filesMax) {
            var status = Glibc.stat()
            // A link of /proc leads to the open file itself, whatever has its path by now.
            guard stat("\(directory)/\(name)", &status) == 0,
                lapse_is_character_device(status.st_mode) != 0
            else { continue }
            found.insert(UInt64(status.st_rdev))
        }
        return found
    }
}
