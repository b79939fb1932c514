// Dates and times, by RFC 3339 as TOML 1.0 narrows it: seconds are never left out.

extension TOMLReader {
    /// Reads a date, a time or both; `nil`, with nothing read, if the next bytes look like neither.
    ///
    /// A day or an hour that does not exist is reported, and the value read on.
    mutating func readDateTime() throws(Diagnostic) -> TOMLDateTime? {
        if digitRun() == 2, peek(2) == UInt8(ascii: ":") {
            return .localTime(try readTime())
        }
        guard digitRun() == 4, peek(4) == UInt8(ascii: "-") else { return nil }
        let date = try readDate()
        let isBlankBeforeTime = peek() == UInt8(ascii: " ") && isDigit(peek(1))
        guard isBlankBeforeTime || (peek() ?? 0) | 0x20 == UInt8(ascii: "t") else {
            return .localDate(date)
        }
        at += 1
        let time = try readTime()
        guard let offsetMinutes = try readOffset() else { return .localDateTime(date, time) }
        return .offset(date, time, offsetMinutes: offsetMinutes)
    }

    private func digitRun() -> Int {
        var run = 0
        while run < 5, isDigit(peek(run)) {
            run += 1
        }
        return run
    }

    private mutating func readDate() throws(Diagnostic) -> TOMLDate {
        let start = at
        let year = try readNumber(4, "the year")
        try readSeparator("-", "the year")
        let month = try readNumber(2, "the month")
        try readSeparator("-", "the month")
        let day = try readNumber(2, "the day")
        let isMonth = (1...12).contains(month)
        let days = TOMLDate.days(inMonth: month, ofYear: year)
        if !isMonth || !(1...days).contains(day) {
            report(.error("there is no such day", span(from: start)))
        }
        return TOMLDate(
            year: Int16(year),
            month: UInt8(month),
            day: UInt8(day)
        )
    }

    private mutating func readTime() throws(Diagnostic) -> TOMLTime {
        let start = at
        let hour = try readNumber(2, "the hour")
        try readSeparator(":", "the hour")
        let minute = try readNumber(2, "the minute")
        try readSeparator(":", "the minute", help: "TOML 1.0 has no times without seconds")
        let second = try readNumber(2, "the second")
        if hour > 23 || minute > 59 || second > 60 {
            report(.error("there is no such time of day", span(from: start)))
        }
        return TOMLTime(
            hour: UInt8(hour),
            minute: UInt8(minute),
            second: UInt8(second),
            nanosecond: try readFraction()
        )
    }

    /// Reads `.` and digits, if they are next, as nanoseconds; further digits are cut off.
    private mutating func readFraction() throws(Diagnostic) -> UInt32 {
        guard peek() == UInt8(ascii: ".") else { return 0 }
        at += 1
        guard isDigit(peek()) else { throw expected("a digit after the point") }
        var nanoseconds: UInt32 = 0
        var weight: UInt32 = 100_000_000
        while let byte = peek(), isDigit(byte) {
            nanoseconds += UInt32(byte - UInt8(ascii: "0")) * weight
            weight /= 10
            at += 1
        }
        return nanoseconds
    }

    /// Reads `Z` or `±hh:mm`, if it is next, as minutes east of Greenwich.
    private mutating func readOffset() throws(Diagnostic) -> Int16? {
        guard let sign = peek() else { return nil }
        if sign | 0x20 == UInt8(ascii: "z") {
            at += 1
            return 0
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let start = at
        at += 1
        let hours = try readNumber(2, "the hours of the offset")
        try readSeparator(":", "the hours of the offset")
        let minutes = try readNumber(2, "the minutes of the offset")
        if hours > 23 || minutes > 59 {
            report(.error("there is no such offset from UTC", span(from: start)))
        }
        let offset = hours * 60 + minutes
        return Int16(sign == UInt8(ascii: "-") ? -offset : offset)
    }

    /// Reads exactly `digits` digits, at most four.
    private mutating func readNumber(
        _ digits: Int,
        _ what: String
    ) throws(Diagnostic) -> Int {
        var value = 0
        for _ in 0..<digits {
            guard let byte = peek(), isDigit(byte) else {
                throw expected("\(what) in \(digits) digits")
            }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            at += 1
        }
        return value
    }

    private mutating func readSeparator(
        _ separator: Unicode.Scalar,
        _ what: String,
        help: String? = nil
    ) throws(Diagnostic) {
        guard peek() == UInt8(ascii: separator) else {
            throw expected("`\(separator)` after \(what)", help: help)
        }
        at += 1
    }
}
