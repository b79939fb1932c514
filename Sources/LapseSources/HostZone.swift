import LapseLinux
package import LapsePolicy

/// The time zone of this host.
package struct HostZone: TimeZoneRules {
    package init() {}

    package func secondsEast(at instant: WallInstant) -> Int {
        LocalTime.secondsEast(at: instant.seconds)
    }
}

extension WallMoment {
    /// An instant as the clocks of this host show it.
    ///
    /// - Parameter seconds: Seconds since 1970 on CLOCK_REALTIME.
    /// - Returns: The moment.
    package static func onHost(seconds: Int64) -> WallMoment {
        WallMoment(WallInstant(seconds: seconds), in: HostZone())
    }
}
