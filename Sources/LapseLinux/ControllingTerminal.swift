import CLinux

/// /dev/tty, through which each process reaches its own terminal.
package enum ControllingTerminal {
    /// Whether this kernel stamps the terminal when a program reads from it through /dev/tty.
    ///
    /// Linux does since 6.5 (tty_update_time stamps each open node of the terminal, commit
    /// 360c11e2258c); some distributions brought that to older kernels, so it is tried and not read
    /// from a version. A child of this process takes a new pty for its terminal and reads one
    /// byte; this process gains no terminal by it. It takes half a millisecond, two seconds at
    /// most, and must be called before there is anything that a fork could disturb.
    ///
    /// The corresponding C functions are `posix_openpt`, `fork`, `setsid`, `ioctl` (TIOCSCTTY).
    package static func readsAreStamped() throws(SystemError) -> Bool {
        let result = lapse_reads_are_stamped()
        guard result >= 0 else { throw SystemError("read", "/dev/tty of a new pty") }
        return result == 1
    }
}
