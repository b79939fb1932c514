import Glibc

/// The host's time zone, as localtime_r(3) reads it from /etc/localtime or TZ.
package enum LocalTime {
    /// How far the host's clocks are ahead of UTC, in seconds, at an instant in seconds since 1970.
    package static func secondsEast(at seconds: Int64) -> Int {
        var instant = time_t(seconds)
        var civil = tm()
        // SAFETY: both pointers are to values of this call; localtime_r fills the second.
        guard localtime_r(&instant, &civil) != nil else { return 0 }
        return Int(civil.tm_gmtoff)
    }

    /// Reads the zone's files anew: localtime_r need not notice that they changed (tzset(3)).
    package static func reload() {
        tzset()
    }
}
