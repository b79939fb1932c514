import CLinux
import Glibc

/// A bell between threads (eventfd(2)): any thread rings, the loop's descriptor becomes readable.
package final class Wakeup: Sendable {
    package let descriptor: Descriptor

    package init() throws(SystemError) {
        descriptor = try Descriptor(
            eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)),
            from: "eventfd",
            on: ""
        )
    }

    /// Rings; never waits.
    package func ring() {
        var one: UInt64 = 1
        // It can fail only when the count is full, and then the descriptor is readable already.
        _ = write(descriptor.number, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes note of all strokes so far.
    package func acknowledge() {
        var count: UInt64 = 0
        // EAGAIN means that there was none.
        _ = read(descriptor.number, &count, MemoryLayout<UInt64>.size)
    }
}
