import Glibc

/// Points in time for people.
enum WallTimeText {
    /// In which zone a time is written.
    enum Zone {
        /// That of the user (TZ or /etc/localtime).
        case local
        /// Universal time; tests use it.
        case utc
    }

    /// Writes a time as "2026-03-01 09:15:02 +0100".
    ///
    /// - Parameters:
    ///   - microseconds: Microseconds on CLOCK_REALTIME.
    ///   - zone: The zone to write it in.
    /// - Returns: The text, cut to the second.
    static func text(microseconds: Int64, zone: Zone) -> String {
        var seconds = time_t(microseconds / 1_000_000)
        var parts = tm()
        // SAFETY: both fill in `parts` during the call alone, and keep no pointer.
        let filled =
            switch zone {
            case .local: localtime_r(&seconds, &parts) != nil
            case .utc: gmtime_r(&seconds, &parts) != nil
            }
        // A year beyond what the structure can hold: the figure says more than nothing.
        guard filled else { return "\(microseconds) us" }
        let minutes = abs(parts.tm_gmtoff) / 60
        let offset = "\(padded(minutes / 60, 2))\(padded(minutes % 60, 2))"
        let date = [
            padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2),
            padded(Int(parts.tm_mday), 2),
        ]
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        return date.joined(separator: "-") + " " + time.joined(separator: ":")
            + " " + (parts.tm_gmtoff < 0 ? "-" : "+") + offset
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
