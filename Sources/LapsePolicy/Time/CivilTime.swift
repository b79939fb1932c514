/// A day and a time of day as a clock on the wall shows it, in whatever zone the clock is.
///
/// Of the proleptic Gregorian calendar; days have 86,400 seconds, as in POSIX time.
package struct CivilTime: Sendable, Hashable, Comparable {
    /// Seconds from 1970-01-01 00:00:00 on the same clock, had it never been put forward or back.
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    /// - Parameters:
    ///   - day: days since 1970-01-01.
    ///   - minute: minutes since midnight; 1440 is the next midnight.
    init(day: Int64, minute: Int) {
        seconds = day * 86_400 + Int64(minute) * 60
    }

    /// The time of a day of a year 0...9999, a month 1...12 and a day 1 to the days of the month.
    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        // Days before a year that begins in March: the leap day is the last of its year.
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let dayOfYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        let leapDays = floor(shifted, 4) - floor(shifted, 100) + floor(shifted, 400)
        let days = shifted * 365 + leapDays + dayOfYear - 719_468
        seconds = days * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// Days since 1970-01-01.
    package var day: Int64 { floor(seconds, 86_400) }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        Weekday.allCases[Int((day + 3) - floor(day + 3, 7) * 7)]
    }

    /// Year, month 1...12 and day 1...31.
    package var date: (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let year =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (
            year: Int(year + era * 400) + (isNextYear ? 1 : 0),
            month: Int(month) + (isNextYear ? -9 : 3),
            day: Int(dayOfYear - (153 * month + 2) / 5 + 1)
        )
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        left.seconds < right.seconds
    }
}

/// A day of the week, by the name that policy files have for it.
package enum Weekday: String, Word {
    case monday = "Mon"
    case tuesday = "Tue"
    case wednesday = "Wed"
    case thursday = "Thu"
    case friday = "Fri"
    case saturday = "Sat"
    case sunday = "Sun"
}

extension CivilTime: CustomStringConvertible {
    /// `Fri 2026-11-27 19:00`, with seconds where there are any.
    package var description: String {
        func pad(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        let (year, month, day) = date
        let second = Int(seconds - self.day * 86_400)
        let time = "\(pad(second / 3_600, 2)):\(pad(second / 60 % 60, 2))"
        let rest = second % 60 == 0 ? "" : ":\(pad(second % 60, 2))"
        return "\(weekday.rawValue) \(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2)) \(time)\(rest)"
    }
}

/// Division that rounds down also below zero.
private func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
}
