/// Until when an exception holds.
///
/// A date holds to the end of its day on the host's clocks, a time without an offset to when they
/// show it (the last time, if they show it twice; the jump, if they skip it).
package struct Expiry: Sendable, Hashable {
    /// As the file has it; never a time of day alone.
    let written: TOMLDateTime

    /// `nil` for a time of day without a date.
    init?(_ written: TOMLDateTime) {
        if case .localTime = written { return nil }
        self.written = written
    }

    /// Whether an exception is over.
    package func isOver(at moment: WallMoment) -> Bool {
        if case .local(let end) = end {
            // Far from the end no offset matters: it is what the thousand rules of a match meet.
            let ahead = end.seconds - moment.civil.seconds
            guard abs(ahead) <= 2 * 86_400 else { return ahead < 0 }
        }
        return moment.instant >= instant(in: moment.zone)
    }

    /// The first instant at which the exception does not hold any more.
    package func instant(in zone: any TimeZoneRules) -> WallInstant {
        switch end {
        case .fixed(let instant): instant
        case .local(let time): zone.instants(of: time).last
        }
    }

    private enum End {
        case fixed(WallInstant)
        case local(CivilTime)
    }

    private var end: End {
        switch written {
        case .offset(let date, let time, let offsetMinutes):
            let local = CivilTime(date, time).seconds
            return .fixed(WallInstant(seconds: local - Int64(offsetMinutes) * 60))
        case .localDateTime(let date, let time):
            return .local(CivilTime(date, time))
        case .localDate(let date):
            let midnight = CivilTime(date, TOMLTime(hour: 0, minute: 0, second: 0, nanosecond: 0))
            return .local(CivilTime(seconds: midnight.seconds + 86_400))
        case .localTime:
            preconditionFailure("An expiry is never made of a time of day.")
        }
    }
}

extension CivilTime {
    /// Parts of a second are cut off, and second 60 is the next minute's second 0.
    fileprivate init(_ date: TOMLDate, _ time: TOMLTime) {
        self.init(
            year: Int(date.year),
            month: Int(date.month),
            day: Int(date.day),
            hour: Int(time.hour),
            minute: Int(time.minute),
            second: Int(time.second)
        )
    }
}

// MARK: - Text

extension Expiry: CustomStringConvertible {
    /// As TOML writes it.
    package var description: String { written.text }
}

extension TOMLDateTime {
    /// The value as a TOML document has it.
    var text: String {
        switch self {
        case .offset(let date, let time, let offsetMinutes):
            date.text + "T" + time.text + offsetText(Int(offsetMinutes))
        case .localDateTime(let date, let time): date.text + "T" + time.text
        case .localDate(let date): date.text
        case .localTime(let time): time.text
        }
    }

    private func offsetText(_ minutes: Int) -> String {
        guard minutes != 0 else { return "Z" }
        let east = abs(minutes)
        return (minutes < 0 ? "-" : "+") + padded(east / 60, 2) + ":" + padded(east % 60, 2)
    }
}

extension TOMLDate {
    fileprivate var text: String {
        "\(padded(Int(year), 4))-\(padded(Int(month), 2))-\(padded(Int(day), 2))"
    }
}

extension TOMLTime {
    fileprivate var text: String {
        let clock = "\(padded(Int(hour), 2)):\(padded(Int(minute), 2)):\(padded(Int(second), 2))"
        return nanosecond == 0 ? clock : clock + "." + padded(Int(nanosecond), 9)
    }
}

private func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
