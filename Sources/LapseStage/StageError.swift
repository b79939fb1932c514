/// What can go wrong on a stage; every case is a reason for a test to fail with its sentence.
package enum StageError: Error, Equatable, CustomStringConvertible {
    /// This machine cannot carry a stage; the sentence says what is missing and how to get it.
    case unsuitable(String)
    /// A system call failed: its C name, what it was called on, and errno.
    case system(call: String, object: String, errno: Int32)
    /// A program of the stage ended with a failure: its words, its status and what it said.
    case program([String], status: String, said: String)
    /// Something awaited did not come: what, how long was waited, and what was there instead.
    case timeout(String, within: Duration, instead: String)
    /// What was awaited can no longer come, because its source has ended.
    case ended(String, instead: String)
    /// A program answered in a form that was not understood.
    case garbled(String)

    package var description: String {
        switch self {
        case .unsuitable(let reason):
            reason
        case .system(let call, let object, let number):
            "\(call) failed on \(object): \(systemMessage(number))"
        case .program(let words, let status, let said):
            "`\(words.joined(separator: " "))` \(status): \(said)"
        case .timeout(let what, let limit, let instead):
            "\(what) did not come within \(limit); instead: \(quoted(instead))"
        case .ended(let what, let instead):
            "\(what) cannot come any more, its source has ended; instead: \(quoted(instead))"
        case .garbled(let what):
            "not understood: \(quoted(what))"
        }
    }
}

/// The last part of a text that may be long, with its control characters made visible.
private func quoted(_ text: String) -> String {
    let limit = 1_200
    return text.count <= limit ? text.debugDescription : "…" + text.suffix(limit).debugDescription
}
