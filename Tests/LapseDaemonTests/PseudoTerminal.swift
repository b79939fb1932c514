import Glibc
import LapseLinux

/// A real pty of the kernel: the test reads and types on the master, Lapse sees the node.
final class PseudoTerminal {
    /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which Swift's Glibc does not import.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430
    let master: Descriptor
    let terminal: Terminal
    /// Held open, so that the master gives no error while nobody else has the node open.
    private let slave: Descriptor

    init() throws {
        let multiplexer = "/dev/ptmx"
        let flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK
        master = try Descriptor(open(multiplexer, flags), from: "open", on: multiplexer)
        var unlock: CInt = 0
        var number: CUnsignedInt = 0
        guard ioctl(master.number, Self.setLock, &unlock) == 0,
            ioctl(master.number, Self.getNumber, &number) == 0
        else { throw SystemError("ioctl", multiplexer) }
        let path = "/dev/pts/\(number)"
        slave = try Descriptor(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), from: "open", on: path)
        guard let terminal = Terminal(path: path) else { throw SystemError("stat", path) }
        self.terminal = terminal
    }

    /// Writes to the node until it takes no more, as a program does whose output nobody reads.
    func fill() {
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 512)
        while case .wrote(let count) = terminal.write(block[...]), count > 0 {}
    }

    /// All that the master can read now.
    func shown() -> [UInt8] {
        var shown: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master.number, &buffer, buffer.count)
            guard count > 0 else { return shown }
            shown += buffer[..<count]
        }
    }
}
