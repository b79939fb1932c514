import CStage
import Glibc

/// One of the kernel's virtual terminals, held so that no other stage takes it.
///
/// The hold is the name of an abstract socket, see unix(7): it leaves no file, and ends with the
/// process, however that ends.
final class VirtualTerminal: Sendable {
    /// Below are the ones that a machine's own gettys and desktops use; MAX_NR_CONSOLES is 63.
    private static let numbers = 20...63

    let number: Int
    private let hold: Descriptor

    /// Takes a free virtual terminal.
    ///
    /// - Throws: `StageError.unsuitable` where the machine has none.
    static func take() throws(StageError) -> VirtualTerminal {
        guard access("/dev/tty0", R_OK | W_OK) == 0, access("/dev/vcs", R_OK) == 0 else {
            throw .unsuitable("this machine has no virtual terminals (/dev/tty0 cannot be opened)")
        }
        for number in numbers {
            guard let hold = holdName(of: number) else { continue }
            if isFree(number) { return VirtualTerminal(number, hold) }
        }
        throw .unsuitable("each virtual terminal of \(numbers) is in use")
    }

    private init(_ number: Int, _ hold: Descriptor) {
        self.number = number
        self.hold = hold
    }

    deinit { _ = Self.deallocate(number) }

    /// Nil where another process holds the terminal.
    private static func holdName(of number: Int) -> Descriptor? {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        // A failure of either call means what a held name means: this terminal is not for us.
        guard
            let socket = try? Descriptor(socket(AF_UNIX, type, 0), from: "socket", on: "AF_UNIX"),
            (try? bindSocket(socket, to: "\0lapse-stage-tty\(number)")) != nil
        else { return nil }
        return socket
    }

    /// A terminal is free where it has no screen, or where the kernel agrees to drop its screen,
    /// which it refuses (EBUSY) while any process has the terminal open.
    private static func isFree(_ number: Int) -> Bool {
        !isAllocated(number) || deallocate(number)
    }

    /// The screen of a terminal that nobody has opened since the last deallocation does not exist.
    private static func isAllocated(_ number: Int) -> Bool {
        access("/dev/vcs\(number)", F_OK) == 0
    }

    /// Drops the screen.
    ///
    /// The corresponding ioctl is VT_DISALLOCATE, see ioctl_console(2).
    private static func deallocate(_ number: Int) -> Bool {
        let flags = O_RDWR | O_NOCTTY | O_CLOEXEC
        // Without the console nothing can be dropped, and the caller learns that by false.
        guard let console = try? Descriptor(open("/dev/tty0", flags), from: "open", on: "/dev/tty0")
        else { return false }
        return ioctl(console.number, UInt(VT_DISALLOCATE), CInt(number)) == 0
    }
}

/// Binds a datagram socket to a path, or to an abstract name that begins with a NUL.
func bindSocket(_ socket: Descriptor, to name: String) throws(StageError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(name.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else {
        throw .system(call: "bind", object: name, errno: ENAMETOOLONG)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name ends where the given length ends; a path is closed by a NUL.
    let isAbstract = bytes.first == 0
    let headSize = MemoryLayout<sockaddr_un>.size - room
    let size = socklen_t(headSize + bytes.count + (isAbstract ? 0 : 1))
    // SAFETY: sockaddr_un is laid out to be passed as sockaddr, and size covers what was filled in.
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.number, $0, size) }
    }
    try check(result, "bind", name)
}
