import CLinux
import Glibc

/// A pidfd: a process that cannot be taken for another, even after its pid is used again.
package final class ProcessHandle {
    package let descriptor: Descriptor
    package let pid: Int32

    /// Opens a handle; fails with ESRCH if there is no such process.
    ///
    /// The corresponding C function is `pidfd_open` (Linux 5.3).
    package init(pid: Int32) throws(SystemError) {
        descriptor = try Descriptor(lapse_pidfd_open(pid), from: "pidfd_open", on: "pid \(pid)")
        self.pid = pid
    }

    /// Opens a handle on the process that has this pid and this start time, nil if that one is
    /// gone.
    ///
    /// The start time is read after the handle is open: the pid cannot change hands between.
    package static func open(pid: Int32, startTicks: UInt64) -> ProcessHandle? {
        // Any failure means that the process cannot be reached: the caller treats it as gone.
        guard let handle = try? ProcessHandle(pid: pid),
            ProcessStat.read(pid: pid)?.startTicks == startTicks
        else { return nil }
        return handle
    }

    /// Sends a signal; false if the process is gone.
    ///
    /// The corresponding C function is `pidfd_send_signal` (Linux 5.1).
    package func send(_ signal: Int32) throws(SystemError) -> Bool {
        if lapse_pidfd_send_signal(descriptor.number, signal) == 0 { return true }
        guard errno == ESRCH else { throw SystemError("pidfd_send_signal", "pid \(pid)") }
        return false
    }
}
