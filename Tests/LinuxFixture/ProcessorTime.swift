import Glibc

/// What this process has had of the processor, in nanoseconds: other programs change it little.
package func processorTime() -> Int64 {
    var time = timespec()
    // It fails for clocks that the kernel does not know; this one is as old as POSIX timers.
    precondition(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
