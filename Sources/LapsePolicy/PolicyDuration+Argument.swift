extension PolicyDuration {
    /// A text that is no duration, and why, in words.
    package struct Misread: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// The duration that an argument of a command means, written as policy files write it.
    package static func argument(_ text: String) throws(Misread) -> Duration {
        do throws(Fault) {
            return try parse(text)
        } catch {
            let help = error.help.map { "; \($0)" } ?? ""
            throw Misread(description: error.message + help)
        }
    }
}
