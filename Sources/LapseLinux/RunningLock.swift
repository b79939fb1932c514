import Glibc

/// A lock that one process holds for as long as it lives (flock(2)): no two daemons on one set of
/// sockets.
package enum RunningLock {
    /// Takes the lock for the rest of the process's life; fails with EWOULDBLOCK if another has it.
    package static func take(_ path: String) throws(SystemError) {
        let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw SystemError("open", path) }
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            let failure = SystemError("flock", "\(path) (is another lapsed running?)")
            close(number)
            throw failure
        }
        // The descriptor stays open on purpose: closing it would give the lock away.
    }
}
