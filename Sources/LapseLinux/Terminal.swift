import CLinux
import Glibc

/// A terminal's device node: what stat(2) says of it, and a way to write to it that never waits.
package struct Terminal: Hashable, Sendable {
    /// Absolute path below /dev.
    package let path: String
    /// Its device number; paths are re-used, this is checked before each write.
    package let device: UInt64

    /// The node's state at one moment.
    package struct Status: Equatable, Sendable {
        package let owner: UInt32
        /// Whole seconds of atime on the wall clock: the last read, in steps of 8 s
        /// (tty_update_time, drivers/tty/tty_io.c).
        package let readSeconds: Int64
        /// Whole seconds of mtime on the wall clock: the last output, in the same steps.
        package let writtenSeconds: Int64
        /// ctime in nanoseconds since 1970, in steps of the kernel's tick: when owner, mode or one
        /// of the two stamps was last set by hand.
        ///
        /// Input and output leave it alone, and nobody can set it (utimensat(2)).
        package let changedNanoseconds: Int64
    }

    package init(path: String, device: UInt64) {
        self.path = path
        self.device = device
    }

    /// The terminal at a path, nil if there is none.
    ///
    /// Only paths below /dev without `..` are looked at, and only devices that are terminals:
    /// PAM_TTY comes from other programs.
    package init?(path: String) {
        guard path.hasPrefix("/dev/"),
            !path.utf8.split(separator: UInt8(ascii: "/")).contains(where: {
                $0.elementsEqual("..".utf8)
            }),
            let status = Self.stat(path), lapse_is_character_device(status.st_mode) != 0,
            TerminalDrivers.drive(UInt64(status.st_rdev))
        else { return nil }
        self.init(path: path, device: UInt64(status.st_rdev))
    }

    /// The terminal with the device number of /proc/PID/stat, nil if it has no node that is known
    /// (drivers/char numbers of Documentation/admin-guide/devices.txt).
    package init?(procNumber: UInt32) {
        // Bits 31-20 and 7-0 are the minor, 19-8 the major (proc(5), tty_nr).
        let major = (procNumber >> 8) & 0xfff
        let minor = (procNumber & 0xff) | ((procNumber >> 12) & 0xfff00)
        let path: String
        switch major {
        case Self.ptyMajors:
            // On today's kernels the first major has all of them, with 20 bits of minor.
            self.init(ptyIndex: Int((major - 136) * 256 + minor))
            guard device == UInt64(lapse_makedev(major, minor)) else { return nil }
            return
        case 4 where minor < 64: path = "/dev/tty\(minor)"
        case 4: path = "/dev/ttyS\(minor - 64)"
        case 204 where minor >= 64: path = "/dev/ttyAMA\(minor - 64)"
        case 188: path = "/dev/ttyUSB\(minor)"
        case 229: path = "/dev/hvc\(minor)"
        default: return nil
        }
        self.init(path: path)
        guard device == UInt64(lapse_makedev(major, minor)) else { return nil }
    }

    /// The slave of the pty with this number in /dev/pts, nil if there is none.
    package init?(ptyIndex: Int) {
        let path = "/dev/pts/\(ptyIndex)"
        guard let status = Self.stat(path), lapse_is_character_device(status.st_mode) != 0,
            Self.ptyMajors.contains(Self.major(UInt64(status.st_rdev)))
        else { return nil }
        self.init(path: path, device: UInt64(status.st_rdev))
    }

    /// Its device number as /proc/PID/stat gives it (new_encode_dev, include/linux/kdev_t.h).
    package var procNumber: UInt32 {
        let minor = UInt32(device & 0xff) | UInt32((device >> 12) & 0xfff00)
        return minor & 0xff | Self.major(device) << 8 | (minor & 0xfff00) << 12
    }

    /// Its number in /dev/pts, nil if it is no pty.
    package var ptyIndex: Int? {
        path.hasPrefix("/dev/pts/") ? Int(path.dropFirst("/dev/pts/".count)) : nil
    }

    /// The number of the virtual terminal that it is (vcs(4)), nil if it is none.
    package var virtualNumber: Int? {
        Self.major(device) == 4 && (1...63).contains(device & 0xff) && device >> 20 == 0
            ? Int(device & 0xff) : nil
    }

    /// UNIX98_PTY_SLAVE_MAJOR and the seven after it (include/uapi/linux/major.h).
    private static let ptyMajors: ClosedRange<UInt32> = 136...143

    private static func major(_ device: UInt64) -> UInt32 { UInt32((device >> 8) & 0xfff) }

    /// Its state now; nil if the node is gone or belongs to another device.
    package func status() -> Status? {
        guard let status = Self.stat(path), UInt64(status.st_rdev) == device else { return nil }
        let changed = status.st_ctim
        return Status(
            owner: status.st_uid,
            readSeconds: Int64(status.st_atim.tv_sec),
            writtenSeconds: Int64(status.st_mtim.tv_sec),
            changedNanoseconds: Int64(changed.tv_sec) &* 1_000_000_000 &+ Int64(changed.tv_nsec)
        )
    }

    /// Bytes that were typed and that no program has read, nil where nobody can tell.
    ///
    /// The corresponding C function is `ioctl`, FIONREAD (ioctl_tty(2)). In canonical mode it tells
    /// of whole lines alone. Only ptys and virtual terminals are asked: to open a serial line raises
    /// its modem signals. Neither can be waited for here: opened with O_NONBLOCK, a pty whose master
    /// is gone gives EIO, one in exclusive mode (TIOCEXCL) EBUSY without CAP_SYS_ADMIN.
    package func waitingBytes() -> Int? {
        let major = Self.major(device)
        guard virtualNumber != nil || Self.ptyMajors.contains(major) else { return nil }
        let number = lapse_open_terminal_for_asking(path)
        guard number >= 0 else { return nil }
        // Not a Descriptor: this is done for each session at each look.
        defer { close(number) }
        var status = Glibc.stat()
        var bytes: Int32 = 0
        guard fstat(number, &status) == 0, UInt64(status.st_rdev) == device,
            lapse_is_character_device(status.st_mode) != 0,
            lapse_unread_bytes(number, &bytes) == 0
        else { return nil }
        return Int(bytes)
    }

    /// What became of a write.
    package enum WriteOutcome: Equatable, Sendable {
        /// So many bytes were taken.
        ///
        /// Fewer than were given, or none: the terminal takes no more now (stopped with Ctrl-S, a
        /// slow line), or another process is writing to it at this moment (EAGAIN, tty_write_lock
        /// in drivers/tty/tty_io.c).
        case wrote(Int)
        /// The terminal is gone or another device has its name.
        case gone
        /// The terminal is there and may not be written to.
        case refused(SystemError)
    }

    /// Writes without waiting: what does not fit at once is not written.
    package func write(_ bytes: ArraySlice<UInt8>) -> WriteOutcome {
        let number = lapse_open_terminal_for_writing(path)
        guard number >= 0 else { return failure("open") }
        let descriptor = Descriptor(number)
        var status = Glibc.stat()
        guard fstat(number, &status) == 0, lapse_is_character_device(status.st_mode) != 0,
            UInt64(status.st_rdev) == device
        else { return .gone }
        let count = bytes.withUnsafeBytes { bytes in
            // SAFETY: pointer and length are of one buffer that lives through the call.
            retrying { Glibc.write(descriptor.number, bytes.baseAddress, bytes.count) }
        }
        if count >= 0 { return .wrote(count) }
        return errno == EAGAIN ? .wrote(0) : failure("write")
    }

    /// What errno means right after a call on this terminal failed.
    private func failure(_ call: String) -> WriteOutcome {
        switch errno {
        // A pty whose master is closed gives EIO, a driver that let go of its device ENXIO.
        // A link is another file with its name.
        case ENOENT, ENOTDIR, ELOOP, ENXIO, ENODEV, EIO: .gone
        case let code: .refused(SystemError(call, path, code: code))
        }
    }

    private static func stat(_ path: String) -> Glibc.stat? {
        var status = Glibc.stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
