import Glibc

/// How many files this process may have open at once.
package enum OpenFiles {
    /// Raises the limit to what the host allows: a session in the table takes one, a caller another.
    ///
    /// The corresponding C function is `setrlimit`, RLIMIT_NOFILE. The usual soft limit of 1024 is
    /// there for programs that call select(2), which this one does not.
    package static func raiseLimit() throws(SystemError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("getrlimit", "RLIMIT_NOFILE")
        }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("setrlimit", "RLIMIT_NOFILE")
        }
    }

    /// A descriptor to let go of when there is no other; nil if there is none even now.
    package static func reserve() -> Descriptor? {
        let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return number < 0 ? nil : Descriptor(number)
    }
}

extension SystemError {
    /// Whether a call failed because the process or the host has too many files open.
    package var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }
}
