import Glibc
import LapseLinux
import Testing

@Suite struct SignalSourceTests {
    /// In a process of its own, since signals and their mask are the process's.
    @Test func `signals are read instead of ending the process, each once`() async {
        await #expect(processExitsWith: .success) {
            let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP])
            #expect(signals.next() == nil)
            #expect(!isReadable(signals.descriptor))
            // To the thread that has them blocked: the others of a test process do not.
            pthread_kill(pthread_self(), SIGHUP)
            pthread_kill(pthread_self(), SIGTERM)
            // A signal that already waits is not queued twice (signal(7)).
            pthread_kill(pthread_self(), SIGTERM)
            #expect(isReadable(signals.descriptor))
            #expect([signals.next(), signals.next()] == [SIGHUP, SIGTERM])
            #expect(signals.next() == nil)
        }
    }

    @Test func `no other signal is held back`() async {
        await #expect(processExitsWith: .success) {
            var none = sigset_t()
            pthread_sigmask(SIG_SETMASK, &none, nil)
            _ = try SignalSource([SIGTERM, SIGHUP])
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            #expect((1...64).filter { sigismember(&mask, $0) == 1 } == [SIGHUP, SIGTERM])
        }
    }
}

@Suite struct RunningLockTests {
    @Test func `one process has the lock, for as long as it lives`() async throws {
        let path = "/tmp/lapse-lock-\(getpid())"
        defer { unlink(path) }
        await #expect(processExitsWith: .success) { [path = path as String] in
            try RunningLock.take(path)
        }
        // The first one is gone, and its lock with it.
        await #expect(processExitsWith: .success) { [path = path as String] in
            try RunningLock.take(path)
            let error = #expect(throws: SystemError.self) { try RunningLock.take(path) }
            #expect(error?.code == EWOULDBLOCK)
            let text = error.map { "\($0)" } ?? ""
            #expect(text.hasPrefix("flock \(path) (is another lapsed running?)"))
        }
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func `a link in the lock's place is not followed`() throws {
        let path = "/tmp/lapse-lock-link-\(getpid())"
        symlink("/tmp/lapse-elsewhere-\(getpid())", path)
        defer { unlink(path) }
        let error = #expect(throws: SystemError.self) { try RunningLock.take(path) }
        #expect(error == SystemError("open", path, code: ELOOP))
        #expect(!SmallFile.exists("/tmp/lapse-elsewhere-\(getpid())"))
    }
}
