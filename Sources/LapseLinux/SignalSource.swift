import CLinux
import Glibc

/// Signals as readable events instead of handlers (signalfd(2)).
package final class SignalSource {
    package let descriptor: Descriptor

    /// Blocks the signals for the process and reads them from a descriptor from now on.
    package init(_ signals: [Int32]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        guard pthread_sigmask(SIG_BLOCK, &set, nil) == 0 else {
            throw SystemError("pthread_sigmask", "")
        }
        descriptor = try Descriptor(
            signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK)),
            from: "signalfd",
            on: ""
        )
    }

    /// The next signal that waits, nil if none does.
    package func next() -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        let count = retrying { read(descriptor.number, &information, size) }
        return count == size ? Int32(information.ssi_signo) : nil
    }
}
