import CLinux
import Glibc

/// One timer on CLOCK_BOOTTIME: it runs on through suspend and knows nothing of the wall clock.
package final class DeadlineTimer {
    package let descriptor: Descriptor
    private var armedFor: Int64?

    package init() throws(SystemError) {
        descriptor = try Descriptor(
            timerfd_create(CLOCK_BOOTTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)),
            from: "timerfd_create",
            on: "CLOCK_BOOTTIME"
        )
    }

    /// Arms for an absolute moment in nanoseconds since boot, disarms for nil.
    ///
    /// One that is past fires at once. The corresponding C function is `timerfd_settime`.
    package func arm(at nanoseconds: Int64?) throws(SystemError) {
        guard nanoseconds != armedFor else { return }
        var time = itimerspec()
        if let nanoseconds {
            // Zero would disarm (timerfd_create(2)).
            let moment = max(1, nanoseconds)
            time.it_value.tv_sec = Int(moment / 1_000_000_000)
            time.it_value.tv_nsec = Int(moment % 1_000_000_000)
        }
        let absolute = Int32(TFD_TIMER_ABSTIME)
        guard timerfd_settime(descriptor.number, absolute, &time, nil) == 0 else {
            throw SystemError("timerfd_settime", "")
        }
        armedFor = nanoseconds
    }

    /// Takes note that the timer fired.
    package func acknowledge() {
        var count: UInt64 = 0
        // EAGAIN means that it was armed anew meanwhile: nothing to take.
        _ = read(descriptor.number, &count, MemoryLayout<UInt64>.size)
        armedFor = nil
    }
}
