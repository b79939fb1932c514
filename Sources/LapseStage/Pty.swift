import CStage
import Glibc

/// The master side of a pseudo-terminal of the test, see pty(7).
final class Pty: Sendable {
    let master: Descriptor
    /// The path of the slave side.
    let path: String

    /// Makes a pair with a window of 80 columns and 24 rows.
    init() throws(StageError) {
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: the buffer outlives the call, and its true size is given.
        let number = name.withUnsafeMutableBufferPointer {
            stage_open_pty($0.baseAddress, $0.count)
        }
        master = try Descriptor(number, from: "posix_openpt", on: "a new pty")
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        try setWindow(columns: 80, rows: 24)
    }

    /// Opens the slave side, so that the master reports no hang-up before a program has it.
    func openSlave() throws(StageError) -> Descriptor {
        try Descriptor(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), from: "open", on: path)
    }

    /// Sets the size of the window.
    ///
    /// The corresponding ioctl is TIOCSWINSZ, see tty_ioctl(4).
    func setWindow(columns: UInt16, rows: UInt16) throws(StageError) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        // SAFETY: the kernel reads the structure during the call alone.
        let result = withUnsafeMutablePointer(to: &size) {
            ioctl(master.number, UInt(TIOCSWINSZ), UnsafeMutableRawPointer($0))
        }
        try check(result, "ioctl TIOCSWINSZ", path)
    }
}
