import CLinux
import Glibc

/// A program of ours that runs beside us, with a socket to talk to it as its descriptor 0.
package final class ChildProcess {
    package let handle: ProcessHandle
    package let socket: Descriptor
    package var pid: Int32 { handle.pid }

    /// Starts it: an empty environment, no descriptor but the socket and /dev/null, no signal
    /// blocked or ignored.
    ///
    /// The corresponding C functions are `socketpair` and `posix_spawn`.
    package init(_ path: String, arguments: [String] = []) throws(SystemError) {
        var (ours, theirs): (Int32, Int32) = (-1, -1)
        guard lapse_unix_pair(&ours, &theirs) == 0 else { throw SystemError("socketpair", path) }
        socket = Descriptor(ours)
        let other = Descriptor(theirs)
        let pid = try Self.spawn(path, arguments, socket: other)
        do throws(SystemError) {
            handle = try ProcessHandle(pid: pid)
        } catch {
            // Nobody could watch it: it does not outlive its socket, and is not waited for.
            Glibc.kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            throw error
        }
    }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        socket: Descriptor
    ) throws(SystemError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket.number, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var nothing: [UnsafeMutablePointer<CChar>?] = [nil]
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, &words, &nothing)
        guard code == 0 else { throw SystemError("posix_spawn", path, code: code) }
        return pid
    }

    /// Sends one packet; false if nobody takes it.
    package func send(_ packet: [UInt8], with descriptor: Descriptor? = nil) -> Bool {
        UnixSocket.sendPacket(packet, with: descriptor, to: socket)
    }

    /// Ends it at once; `reap` follows when its handle is readable.
    package func kill() {
        // It is gone if this fails.
        _ = try? handle.send(SIGKILL)
    }

    /// Takes note of the end of any child; true if there is none of that number any more.
    package static func reap(_ pid: Int32) -> Bool {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) != 0
    }

    /// Takes note of its end, so that no zombie is left; nil if it still runs.
    package func reap() -> Int32? {
        var status: Int32 = 0
        return waitpid(handle.pid, &status, WNOHANG) == handle.pid ? status : nil
    }
}
