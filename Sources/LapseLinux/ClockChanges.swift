import CLinux
import Glibc

/// Tells when the wall clock is set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET): what was
/// converted from wall time has to be converted anew.
///
/// Slewing, as NTP does it, is no such change.
package final class ClockChanges {
    package let descriptor: Descriptor

    package init() throws(SystemError) {
        descriptor = try Descriptor(
            timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)),
            from: "timerfd_create",
            on: "CLOCK_REALTIME"
        )
        try arm()
    }

    /// Takes note of a change; the next one is told again.
    package func acknowledge() throws(SystemError) {
        var count: UInt64 = 0
        // ECANCELED is the news itself, EAGAIN means that it was taken already.
        _ = read(descriptor.number, &count, MemoryLayout<UInt64>.size)
        try arm()
    }

    private func arm() throws(SystemError) {
        var time = itimerspec()
        // A moment that never comes: it is there to be cancelled.
        time.it_value.tv_sec = Int(Int32.max) * 64
        // TFD_TIMER_CANCEL_ON_SET of linux/timerfd.h, an enum in glibc.
        let flags = Int32(TFD_TIMER_ABSTIME) | Int32(TFD_TIMER_CANCEL_ON_SET)
        guard timerfd_settime(descriptor.number, flags, &time, nil) == 0 else {
            throw SystemError("timerfd_settime", "CLOCK_REALTIME")
        }
    }
}
