import ArgumentParser
import Glibc
import LapseControl

/// The session that a command is about: the one named, or the one that it runs in.
struct SessionArgument: ParsableArguments {
    /// Where pam_lapse leaves the id of a session for what runs in it.
    static let variable = "LAPSE_SESSION"

    @Argument(
        help: .init(
            "The session's id, from 'lapsectl list'.",
            discussion: "Without it, the session that the command runs in."
        ),
        completion: .sessionIds
    )
    var id: String?

    /// The id; what the daemon makes of it is decided by the kernel's credentials alone.
    ///
    /// - Throws: Wrong usage, if there is none.
    func named() throws -> String {
        if let id { return id }
        // SAFETY: nothing in this process changes its environment.
        if let value = getenv(Self.variable).map({ String(cString: $0) }), !value.isEmpty {
            return value
        }
        throw ValidationError(
            "No session is named, and this shell is in none: \(Self.variable) is not set. "
                + "Give the id; see: lapsectl list"
        )
    }
}
