/// Durations for people: the two largest units, or seconds with a tenth below a minute.
package enum DurationText {
    /// Writes a duration: "3d 4h", "1h 2m", "15m", "4m 5s", "12.3s", "12s".
    ///
    /// It rounds towards zero: a limit that is not reached never looks reached. A negative
    /// duration is written as zero.
    package static func text(_ duration: Duration) -> String {
        let (wholeSeconds, attoseconds) = max(.zero, duration).components
        return text(seconds: wholeSeconds, tenths: attoseconds / 100_000_000_000_000_000)
    }

    /// The same for a count of milliseconds, the unit of the control protocol.
    package static func text(milliseconds: Int64) -> String {
        let positive = max(0, milliseconds)
        return text(seconds: positive / 1000, tenths: positive % 1000 / 100)
    }

    private static func text(seconds: Int64, tenths: Int64) -> String {
        let minutes = seconds / 60
        let hours = minutes / 60
        if seconds < 60 { return tenths == 0 ? "\(seconds)s" : "\(seconds).\(tenths)s" }
        if minutes < 60 { return pair(minutes, "m", seconds % 60, "s") }
        if hours < 24 { return pair(hours, "h", minutes % 60, "m") }
        return pair(hours / 24, "d", hours % 24, "h")
    }

    private static func pair(
        _ large: Int64,
        _ largeUnit: String,
        _ small: Int64,
        _ smallUnit: String
    ) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }
}
