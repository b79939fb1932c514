import Glibc

/// This process's share of a processor that others keep busy.
package enum ProcessorShare {
    /// Raises it, where this process leads a kernel session and may; else all stays as it is.
    ///
    /// sched(7), "The autogroup feature": what setsid(2) has made is one group, and the nice value of
    /// a process counts within its group alone. So that of the group is set too, as far as
    /// RLIMIT_NICE or CAP_SYS_NICE allow (can_nice, kernel/sched/syscalls.c).
    ///
    /// - Parameter nice: From 19 to -20, the largest share.
    package static func raise(to nice: Int) {
        guard getsid(0) == getpid() else { return }
        // Refused is fine: it goes on as slowly as everybody else.
        _ = SmallFile.tell("\(nice)", to: "/proc/self/autogroup")
    }
}
