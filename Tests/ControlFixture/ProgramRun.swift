import Glibc

/// A program that ran to its end.
package struct ProgramRun: Sendable {
    /// Exit status; 128 + the signal if one ended it.
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs a program and waits for it.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments, without its name.
    ///   - output: Where its standard output goes; nil to collect it.
    package init(_ path: String, _ arguments: [String], output: String? = nil) {
        let directory = FixtureServer.makeDirectory()
        let outputPath = directory + "/out"
        let errorPath = directory + "/err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, path) in [(1, output ?? outputPath), (2, errorPath)] {
            posix_spawn_file_actions_addopen(
                &actions,
                Int32(descriptor),
                path,
                O_WRONLY | O_CREAT | O_TRUNC,
                0o600
            )
        }
        // SAFETY: the copies live until the program has been started, and are freed below.
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var pid = pid_t()
        let started = posix_spawn(&pid, path, &actions, nil, &words, environ)
        for word in words { free(word) }
        posix_spawn_file_actions_destroy(&actions)
        precondition(started == 0, "\(path) can be started.")
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        // The macros WIFEXITED and WEXITSTATUS of wait(2).
        self.status = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        self.output = output == nil ? Self.contents(outputPath) : ""
        self.errors = Self.contents(errorPath)
        unlink(outputPath)
        unlink(errorPath)
        rmdir(directory)
    }

    /// The program of this build with this name, beside the test program itself.
    ///
    /// - Parameter name: The product's name.
    /// - Returns: Its path.
    package static func built(_ name: String) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // SAFETY: readlink writes at most `count` bytes.
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { readlink("/proc/self/exe", $0, characters.count) } ?? 0
            }
        }
        let program = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        let folder = program.lastIndex(of: "/").map { program[..<$0] } ?? ""
        return "\(folder)/\(name)"
    }

    /// The contents of a text file.
    ///
    /// - Parameter path: Its path.
    /// - Returns: The text; empty if it cannot be read.
    package static func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
                // SAFETY: fread writes at most `count` bytes; those it reports are initialized.
                initialized = fread(buffer.baseAddress, 1, buffer.count, file)
            }
            if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
        }
    }
}
