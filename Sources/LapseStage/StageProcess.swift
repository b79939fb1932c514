import CStage
import Glibc
import Synchronization

/// A program started by a test, with the exact time of its end.
package final class StageProcess: Sendable {
    /// How and when a program ended.
    package struct Exit: Sendable, Equatable {
        /// When the kernel said so.
        package let at: ContinuousClock.Instant
        /// The status that the program gave, or nil where a signal ended it.
        package let status: Int32?
        /// The signal that ended it, or nil where it ended by itself.
        package let signal: Int32?

        package var succeeded: Bool { status == 0 }

        /// How it ended, as the predicate of a sentence.
        package var predicate: String {
            status.map { "exited with status \($0)" } ?? "was ended by signal \(signal ?? 0)"
        }
    }

    /// Where a program's standard streams go.
    enum Streams {
        /// Descriptors of the test for standard input, output and error.
        case descriptors(Int32, Int32, Int32)
        /// A terminal by its path, which becomes the controlling one of a new kernel session.
        case terminal(String)
    }

    package let words: [String]
    let pid: pid_t
    private let pidfd: Pidfd
    private let exit = Mutex<Exit?>(nil)
    private let bell = Bell()

    /// Starts a program; `words[0]` is an absolute path.
    init(
        _ words: [String],
        environment: [String],
        streams: Streams,
        loop: StageLoop
    ) throws(StageError) {
        self.words = words
        pid = try spawn(words, environment: environment, streams: streams)
        pidfd = try Pidfd(pid, words[0])
        try loop.watch(pidfd.descriptor) { [self] in
            reap()
            return .done
        }
    }

    /// How it ended, or nil while it runs.
    package var ended: Exit? { exit.withLock { $0 } }

    /// Waits for the end of the program.
    package func waitForExit(within limit: Duration) async throws(StageError) -> Exit {
        try await awaited(
            "the end of `\(words.joined(separator: " "))`",
            bell: bell,
            within: limit,
            instead: { "it runs on" }
        ) { () throws(StageError) in ended }
    }

    /// Signals the program itself.
    ///
    /// The corresponding C function is `pidfd_send_signal`.
    package func signal(_ number: Int32) throws(StageError) {
        try pidfd.signal(number)
    }

    private func reap() {
        let now = ContinuousClock.now
        var info = siginfo_t()
        // The number of a pidfd is its id for P_PIDFD, see waitid(2).
        guard waitid(P_PIDFD, id_t(pidfd.descriptor.number), &info, WEXITED) == 0 else { return }
        let value = info._sifields._sigchld.si_status
        let exitedByItself = info.si_code == Int32(CLD_EXITED)
        exit.withLock {
            $0 = Exit(
                at: now,
                status: exitedByItself ? value : nil,
                signal: exitedByItself ? nil : value
            )
        }
        bell.ring()
    }
}

/// Starts a program with default signals, in a new kernel session, with nothing inherited.
private func spawn(
    _ words: [String],
    environment: [String],
    streams: StageProcess.Streams
) throws(StageError) -> pid_t {
    // SAFETY: the copies are made here, live through the call and are freed at the end of this
    // function; each list ends in nil.
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    var targets = stage_streams()
    var terminal: UnsafeMutablePointer<CChar>?
    defer { for pointer in arguments + variables + [terminal] { free(pointer) } }
    switch streams {
    case .terminal(let path):
        terminal = strdup(path)
        targets.terminal = UnsafePointer(terminal)
    case .descriptors(let input, let output, let error):
        targets.descriptors = (input, output, error)
    }
    var pid: pid_t = 0
    let failure = stage_spawn(&pid, arguments, variables, &targets)
    guard failure == 0 else {
        throw .system(call: "posix_spawn", object: words.joined(separator: " "), errno: failure)
    }
    return pid
}
