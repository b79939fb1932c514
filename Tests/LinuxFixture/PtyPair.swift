import CStage
import Glibc

/// Both ends of a pseudo-terminal (pty(7)), the slave in raw mode.
package final class PtyPair: Sendable {
    package let master: Int32
    package let slave: Int32
    /// The slave's path.
    package let path: String

    package init() {
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: the buffer outlives the call, and its true size is given.
        master = name.withUnsafeMutableBufferPointer { stage_open_pty($0.baseAddress, $0.count) }
        precondition(master >= 0, "A pty can be made.")
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        precondition(slave >= 0, "\(path) can be opened.")
        var modes = termios()
        tcgetattr(slave, &modes)
        cfmakeraw(&modes)
        tcsetattr(slave, TCSANOW, &modes)
    }

    deinit {
        close(slave)
        close(master)
    }

    /// Presses keys and has the slave's side read them, as a shell would.
    package func type(_ keys: String) {
        precondition(write(master, keys, keys.utf8.count) == keys.utf8.count, "A pty takes keys.")
        var bytes = [UInt8](repeating: 0, count: 4096)
        // A pty hands on input with a kernel worker: the read waits for it.
        precondition(read(slave, &bytes, bytes.count) > 0, "The keys arrive.")
    }

    /// What was written to the slave and is there to be read by the terminal program.
    package func shown() -> String {
        var result: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65536)
        var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        // Both poll and read first let arrive what is on its way (n_tty_poll, drivers/tty/n_tty.c).
        while poll(&wait, 1, 0) > 0, wait.revents & Int16(POLLIN) != 0 {
            let count = read(master, &bytes, bytes.count)
            guard count > 0 else { break }
            result += bytes[..<count]
        }
        return String(decoding: result, as: UTF8.self)
    }
}
