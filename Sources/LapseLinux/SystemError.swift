import Glibc

/// A system call that failed: which one, on what, and errno(3).
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let object: String
    package let code: Int32

    package init(_ call: String, _ object: String, code: Int32 = errno) {
        self.call = call
        self.object = object
        self.code = code
    }

    package var description: String {
        "\(call) \(object): \(errorText(code))"
    }
}

/// The text of an errno value, as strerror(3) gives it.
package func errorText(_ code: Int32) -> String {
    // SAFETY: strerror returns a static C string; the daemon has one thread.
    String(cString: strerror(code))
}

/// The text of errno right after a call failed.
package func lastErrorText() -> String {
    errorText(errno)
}

/// Calls again while the call was interrupted by a signal handler.
func retrying(_ body: () -> Int) -> Int {
    while true {
        let result = body()
        if result != -1 || errno != EINTR { return result }
    }
}
