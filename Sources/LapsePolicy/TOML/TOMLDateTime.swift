/// The four date and time values of TOML 1.0 (RFC 3339), validated and kept as written.
package enum TOMLDateTime: Sendable, Hashable {
    /// A point in time; the offset is in minutes east of Greenwich, -1439...1439.
    case offset(TOMLDate, TOMLTime, offsetMinutes: Int16)
    case localDateTime(TOMLDate, TOMLTime)
    case localDate(TOMLDate)
    case localTime(TOMLTime)
}

/// A day of the proleptic Gregorian calendar, 0000-01-01 to 9999-12-31.
package struct TOMLDate: Sendable, Hashable {
    package let year: Int16
    package let month: UInt8
    package let day: UInt8

    /// Days of a month, 28...31; `month` is 1...12.
    static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2:
            year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11:
            30
        default:
            31
        }
    }
}

/// A time of day; second 60 is a leap second, which RFC 3339 knows.
package struct TOMLTime: Sendable, Hashable {
    package let hour: UInt8
    package let minute: UInt8
    package let second: UInt8
    /// 0...999_999_999; finer digits of the file are cut off, as TOML asks.
    package let nanosecond: UInt32
}
