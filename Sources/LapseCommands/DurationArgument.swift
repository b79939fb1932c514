import ArgumentParser
import LapseControl
import LapsePolicy

/// A time on the command line, as policy files write it: "30m", "1h30m".
enum DurationArgument {
    /// Reads it.
    ///
    /// - Parameter text: The argument.
    /// - Returns: Milliseconds, 1...`ControlLimits.steeringMsMax`.
    /// - Throws: Wrong usage.
    static func milliseconds(_ text: String) throws -> Int64 {
        let time: Duration
        do throws(PolicyDuration.Misread) {
            time = try PolicyDuration.argument(text)
        } catch {
            throw ValidationError("\(error).")
        }
        let (seconds, attoseconds) = time.components
        guard time > .zero, seconds < ControlLimits.steeringMsMax / 1_000 else {
            throw ValidationError("the time has to be more than 0 and less than 366 days.")
        }
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
