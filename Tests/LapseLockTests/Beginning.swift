import ControlFixture
import Glibc
import LinuxFixture
import Testing

/// A locker that has heard nothing yet.
final class Beginning {
    let program: RunningProgram
    private let daemon: Int32

    init(_ arguments: [String] = []) throws {
        let path = getenv("LAPSE_LOCK").map { String(cString: $0) } ?? ""
        try #require(access(path, X_OK) == 0, "LAPSE_LOCK names the program, as in make test")
        var ends: [Int32] = [0, 0]
        // SOCK_SEQPACKET and SOCK_CLOEXEC of <bits/socket_type.h>.
        precondition(socketpair(AF_UNIX, 5 | 0o2000000, 0, &ends) == 0, "There are sockets.")
        daemon = ends[0]
        program = RunningProgram([path] + arguments, streams: [0: ends[1]])
        close(ends[1])
    }

    deinit {
        close(daemon)
        program.signal(SIGKILL)
        program.wait()
    }

    /// What it says first; nil if it says nothing within so many milliseconds.
    func word(within milliseconds: Int32) -> [UInt8]? {
        var entry = pollfd(fd: daemon, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = recv(daemon, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// An empty packet is the end of the socket.
    func send(_ packet: [UInt8]) {
        if packet.isEmpty {
            shutdown(daemon, Int32(SHUT_WR))
        } else {
            _ = Glibc.send(daemon, packet, packet.count, Int32(MSG_NOSIGNAL))
        }
    }
}

/// The open files of a process, by number (proc(5)).
enum Descriptors {
    static func of(_ pid: Int32) throws -> [Int] {
        let stream = try #require(opendir("/proc/\(pid)/fd"))
        defer { closedir(stream) }
        var numbers: [Int] = []
        while let entry = readdir(stream) {
            // SAFETY: d_name is a C string within the entry, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int(name) { numbers.append(number) }
        }
        return numbers.sorted()
    }
}
