import Glibc

/// A process that holds what a test gives it, and does nothing, until the test lets go of it.
package final class HoldingProcess {
    /// Above the numbers that a test asks for.
    private static let copiesFrom: Int32 = 64

    private let program: RunningProgram
    private let life: PipeEnds
    package var pid: Int32 { program.pid }

    /// Starts it with these descriptors: its own numbers, and the test's for the same files.
    package init(_ descriptors: [Int32: Int32]) {
        life = PipeEnds()
        var streams = descriptors
        streams[STDIN_FILENO] = life.read
        // One of its numbers may be that of another file of the test's, which would be replaced
        // before it is copied.
        let copies = streams.mapValues { fcntl($0, F_DUPFD_CLOEXEC, Self.copiesFrom) }
        program = RunningProgram(["/bin/cat"], streams: copies)
        for copy in copies.values { close(copy) }
        close(life.read)
    }

    deinit {
        end()
        close(life.write)
    }

    package func end() {
        program.signal(SIGKILL)
        program.wait()
    }
}
