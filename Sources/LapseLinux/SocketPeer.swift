import CLinux
import Glibc
import Synchronization

/// Who listens at the other end of the unix sockets of another process.
package enum SocketPeer {
    /// Files of a process that are looked at.
    ///
    /// A client of tmux has a dozen, a server one more for each pane and client, and both have what
    /// they inherited. Each costs 1 us.
    package static let filesMax = 8_192
    /// Files that hang while they are closed; beyond it nobody's sockets are looked at.
    private static let hangingMax = 4

    /// The processes that listen where this one has connected, without doubles.
    ///
    /// The corresponding C functions are `pidfd_getfd` (Linux 5.6) and `getsockopt` with
    /// SO_PEERCRED, which names the process that called listen(2). Where the kernel forbids to
    /// trace at all (kernel.yama.ptrace_scope = 3) the list is empty.
    package static func listeners(of pid: Int32) -> [Int32] {
        // Any failure means that nothing can be seen of it.
        guard let process = try? ProcessHandle(pid: pid) else { return [] }
        var found: [Int32] = []
        for number in files(of: pid) where target(of: number, pid)?.hasPrefix("socket:") == true {
            guard let peer = peer(number, of: process), peer > 0, peer != pid,
                !found.contains(peer)
            else { continue }
            found.append(peer)
        }
        return found
    }

    /// Whether a process has a file open, by the path that the kernel gives for it.
    package static func hasOpen(_ path: String, pid: Int32) -> Bool {
        files(of: pid).contains { target(of: $0, pid) == path }
    }

    private static func target(of number: Int32, _ pid: Int32) -> String? {
        Link.target(of: "/proc/\(pid)/fd/\(number)")
    }

    /// The first descriptors of a process; others may have a million.
    private static func files(of pid: Int32) -> [Int32] {
        SmallFile.names(in: "/proc/\(pid)/fd", atMost: filesMax).compactMap { Int32($0) }
    }

    private static func peer(_ number: Int32, of process: ProcessHandle) -> Int32? {
        guard hanging.load(ordering: .relaxed) < hangingMax else { return nil }
        let copy = lapse_pidfd_getfd(process.descriptor.number, number)
        guard copy >= 0 else { return nil }
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
        let outcome = lapse_peer_credentials(copy, &pid, &uid, &gid)
        if outcome != 0, errno == ENOTSOCK {
            // The process has put another file in the socket's place meanwhile. To close one of a
            // file system of its own making (FUSE) could take for ever: another thread waits.
            closeElsewhere(copy)
        } else {
            close(copy)
        }
        return outcome == 0 ? pid : nil
    }

    private static let hanging = Atomic<Int>(0)

    private static func closeElsewhere(_ number: Int32) {
        var thread = pthread_t()
        hanging.add(1, ordering: .relaxed)
        let outcome = pthread_create(
            &thread,
            nil,
            { argument in
                close(Int32(Int(bitPattern: argument) - 1))
                SocketPeer.hanging.subtract(1, ordering: .relaxed)
                return nil
            },
            // One more: a null pointer would carry nothing.
            UnsafeMutableRawPointer(bitPattern: Int(number) + 1)
        )
        // Without a thread the descriptor stays open, and counts as one that hangs.
        if outcome == 0 { pthread_detach(thread) }
    }
}
