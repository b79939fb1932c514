import Glibc

/// An open file descriptor with one owner; closed when the owner lets go of it.
package final class Descriptor: Sendable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    deinit {
        // close(2): after EINTR on Linux the descriptor is gone all the same.
        _ = close(number)
    }

    /// Takes the result of a call that gives a descriptor or -1.
    package convenience init(
        _ number: Int32,
        from call: String,
        on object: String
    ) throws(SystemError) {
        guard number >= 0 else { throw SystemError(call, object) }
        self.init(number)
    }
}
