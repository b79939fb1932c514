/// A point in time as POSIX counts it: seconds since 1970-01-01T00:00:00Z, leap seconds left out.
package struct WallInstant: Sendable, Hashable, Comparable {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (left: WallInstant, right: WallInstant) -> Bool {
        left.seconds < right.seconds
    }
}

/// What the clocks of a place show at each instant.
///
/// The pure code has no zone files: whoever calls it knows the host's zone.
package protocol TimeZoneRules: Sendable {
    /// How far the clocks are ahead of UTC, in seconds, -86,400...86,400; what lies outside is cut.
    func secondsEast(at instant: WallInstant) -> Int
}

/// A place whose clocks never change.
package struct FixedZone: TimeZoneRules {
    private let offset: Int

    package init(secondsEast: Int) {
        offset = secondsEast
    }

    package static let utc = FixedZone(secondsEast: 0)

    package func secondsEast(at instant: WallInstant) -> Int { offset }
}

/// Now, and what the clocks on the host's walls make of it.
package struct WallMoment: Sendable {
    package let instant: WallInstant
    package let zone: any TimeZoneRules

    package init(_ instant: WallInstant, in zone: any TimeZoneRules) {
        self.instant = instant
        self.zone = zone
    }

    /// What the clocks show.
    package var civil: CivilTime { zone.civil(at: instant) }
}

// MARK: - Clocks that are put forward and back

extension TimeZoneRules {
    package func civil(at instant: WallInstant) -> CivilTime {
        CivilTime(seconds: instant.seconds + bounded(at: instant.seconds))
    }

    /// When the clocks show `time` for the first time and for the last.
    ///
    /// - A usual time: one instant, twice.
    /// - A time that is doubled because the clocks are put back: its two instants.
    /// - A time that is skipped because they are put forward: the instant of the jump, twice.
    ///
    /// Exact where the clocks change at most once in the two days around `time`.
    package func instants(of time: CivilTime) -> (first: WallInstant, last: WallInstant) {
        let early = time.seconds - 86_400
        let late = time.seconds + 86_400
        let before = bounded(at: early)
        let after = bounded(at: late)
        let fits = [time.seconds - before, time.seconds - after].filter {
            $0 + bounded(at: $0) == time.seconds
        }
        if let first = fits.min(), let last = fits.max() {
            return (WallInstant(seconds: first), WallInstant(seconds: last))
        }
        // The first instant of the new offset, between one of the old and one of the new.
        var old = early
        var new = late
        while new - old > 1 {
            let middle = old + (new - old) / 2
            if bounded(at: middle) == before {
                old = middle
            } else {
                new = middle
            }
        }
        return (WallInstant(seconds: new), WallInstant(seconds: new))
    }

    private func bounded(at seconds: Int64) -> Int64 {
        Int64(min(86_400, max(-86_400, secondsEast(at: WallInstant(seconds: seconds)))))
    }
}
