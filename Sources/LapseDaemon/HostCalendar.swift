import LapseCore
import LapseLinux
import LapsePolicy
import LapseSources

extension WallOffset {
    /// The offset as the clocks stand now.
    static var current: WallOffset { WallOffset(nanoseconds: BootClock.wallOffset()) }
}

/// The host's calendar: the one place where the policy's wall time becomes boot time.
struct HostCalendar {
    /// What the host's clocks are ahead of CLOCK_BOOTTIME by now.
    let wall: WallOffset

    /// The calendar as the clocks stand now.
    static var current: HostCalendar {
        HostCalendar(wall: WallOffset.current)
    }

    /// A moment for the policy.
    func moment(_ instant: BootInstant) -> WallMoment {
        let seconds = wall.wallMicroseconds(instant) / 1_000_000
        return WallMoment(WallInstant(seconds: seconds), in: HostZone())
    }

    func boot(_ instant: WallInstant) -> BootInstant {
        wall.boot(WallSecond(seconds: instant.seconds))
    }

    /// When the next day begins.
    func nextMidnight(after now: BootInstant) -> BootInstant {
        let moment = moment(now)
        let next = CivilTime(seconds: (moment.civil.day + 1) * 86_400)
        return boot(HostZone().instants(of: next).first)
    }
}
