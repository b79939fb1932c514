import CLinux
import Glibc

/// A process that somebody else (the service manager) starts for each connection to a socket, with
/// the connection as its descriptor 0.
///
/// The socket says who listens there, not who answers: that is learned from the first packet, whose
/// sender the kernel tells.
package final class ServedProcess {
    package let socket: Descriptor
    private let program: String
    /// Nil until it has said something.
    package private(set) var handle: ProcessHandle?

    /// Nil if nobody serves a socket at `path`; a process that runs anything but `program` is not
    /// believed.
    package init?(at path: String, running program: String) throws(SystemError) {
        guard let socket = try UnixSocket.connectForPackets(to: path) else { return nil }
        self.socket = socket
        self.program = program
    }

    /// The next packet; nil if none waits, empty if nobody is there any more.
    ///
    /// Throws if it cannot be heard, or comes from somebody else.
    package func receive(max: Int) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: max)
        var (pid, uid): (pid_t, uid_t) = (0, 0)
        let count = retrying {
            lapse_receive_with_sender(socket.number, &bytes, max, &pid, &uid)
        }
        if count < 0, errno == EAGAIN { return nil }
        guard count >= 0 else { throw SystemError("recvmsg", "") }
        bytes.removeLast(max - count)
        guard count > 0, handle?.pid != pid else { return bytes }
        guard handle == nil, pid > 0, uid == 0 else {
            throw SystemError("SCM_CREDENTIALS", "pid \(pid)", code: EPERM)
        }
        handle = try open(pid)
        return bytes
    }

    /// The sender may be gone, and another process have its number.
    private func open(_ pid: Int32) throws(SystemError) -> ProcessHandle {
        let process = try ProcessHandle(pid: pid)
        guard let running = FileFacts("/proc/\(pid)/exe", follows: true),
            let wanted = FileFacts(program, follows: true), running.isSameFile(as: wanted)
        else { throw SystemError("stat", "/proc/\(pid)/exe", code: EPERM) }
        return process
    }

    /// Sends one packet; false if nobody takes it.
    package func send(_ packet: [UInt8], with descriptor: Descriptor? = nil) -> Bool {
        UnixSocket.sendPacket(packet, with: descriptor, to: socket)
    }
}
