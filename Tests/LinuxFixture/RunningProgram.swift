import CStage
import Glibc

/// A program that a test has started and waits for.
package final class RunningProgram {
    package let pid: Int32
    private var status: Int32?

    /// Starts a program, found by its path alone.
    ///
    /// - Parameters:
    ///   - words: The path and the arguments.
    ///   - environment: `NAME=value`; nil for the environment of the test.
    ///   - streams: Which descriptor of the test becomes which one of the program.
    package init(
        _ words: [String],
        environment: [String]? = nil,
        streams: [Int32: Int32] = [:]
    ) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        for (theirs, ours) in streams {
            posix_spawn_file_actions_adddup2(&actions, ours, theirs)
        }
        // The threads of a test block signals, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        posix_spawnattr_init(&attributes)
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // SAFETY: the copies live until the program has been started, and are freed below.
        var arguments = words.map { strdup($0) } + [nil]
        var variables = (environment ?? []).map { strdup($0) } + [nil]
        var pid = pid_t()
        let outcome = variables.withUnsafeMutableBufferPointer { own in
            let block = environment == nil ? environ : own.baseAddress
            return posix_spawn(&pid, words[0], &actions, &attributes, &arguments, block)
        }
        for copy in arguments + variables { free(copy) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        precondition(outcome == 0, "\(words[0]) can be started.")
        self.pid = pid
    }

    /// Starts a program in a kernel session of its own, with this terminal as its own and for its
    /// standard streams; without environment.
    package init(_ words: [String], onTerminal path: String) {
        var pid = pid_t()
        // SAFETY: the copies live until the program has been started, and are freed below.
        let arguments = words.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = [nil]
        let outcome = path.withCString { terminal in
            var streams = stage_streams()
            streams.terminal = terminal
            return stage_spawn(&pid, arguments, variables, &streams)
        }
        for copy in arguments { free(copy) }
        precondition(outcome == 0, "\(words[0]) can be started on \(path).")
        self.pid = pid
    }

    package func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Whether it has come to its end; does not wait.
    package var hasEnded: Bool {
        var word: Int32 = 0
        if status == nil, waitpid(pid, &word, WNOHANG) == pid { status = Self.result(word) }
        return status != nil
    }

    /// Waits for its end and gives the exit status, or 128 + the signal that ended it.
    @discardableResult
    package func wait() -> Int32 {
        if let status { return status }
        var word: Int32 = 0
        while waitpid(pid, &word, 0) < 0, errno == EINTR {}
        let result = Self.result(word)
        status = result
        return result
    }

    /// The macros WIFEXITED and WEXITSTATUS of wait(2).
    private static func result(_ word: Int32) -> Int32 {
        word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + word & 0x7F
    }
}
