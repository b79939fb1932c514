/// Durations for people: the two largest units, or seconds with a tenth below a minute.
enum DurationText {
    /// Writes a duration: "3d 4h", "1h 2m", "15m", "4m 5s", "12.3s", "12s".
    ///
    /// It rounds towards zero: a limit that is not reached never looks reached.
    ///
    /// - Parameter milliseconds: The duration; a negative one is written as zero.
    /// - Returns: The text, of at most two words.
    static func text(milliseconds: Int64) -> String {
        let tenths = max(0, milliseconds) / 100
        let seconds = tenths / 10
        let minutes = seconds / 60
        let hours = minutes / 60
        if seconds < 60 {
            return tenths % 10 == 0 ? "\(seconds)s" : "\(seconds).\(tenths % 10)s"
        }
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
