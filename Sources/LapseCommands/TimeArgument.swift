import ArgumentParser
import LapsePolicy

/// A point in time on the command line, by the clocks of this host unless it has an offset.
enum TimeArgument {
    private static let help =
        "write 2026-11-27T19:00, with :30 for seconds and Z or +01:00 for an offset if need be;"
        + " a date alone is its midnight, a time alone is today's"

    /// Reads it.
    ///
    /// A time that the clocks show twice is the first of the two; one that they skip is the jump.
    ///
    /// - Parameters:
    ///   - text: The argument.
    ///   - now: Which day is today.
    /// - Returns: The moment.
    /// - Throws: Wrong usage.
    static func moment(_ text: String, now: WallMoment) throws -> WallMoment {
        var rest = text[...]
        let date = date(&rest)
        if date != nil, let first = rest.first {
            guard first == "T" || first == " " else { throw fault(text) }
            rest.removeFirst()
            guard !rest.isEmpty else { throw fault(text) }
        }
        let time = rest.isEmpty && date != nil ? (hour: 0, minute: 0, second: 0) : time(&rest)
        guard let time else { throw fault(text) }
        let day = date ?? now.civil.date
        let civil = CivilTime(
            year: day.year,
            month: day.month,
            day: day.day,
            hour: time.hour,
            minute: time.minute,
            second: time.second
        )
        if rest.isEmpty { return WallMoment(now.zone.instants(of: civil).first, in: now.zone) }
        guard let east = offset(&rest), rest.isEmpty else { throw fault(text) }
        return WallMoment(WallInstant(seconds: civil.seconds - Int64(east)), in: now.zone)
    }

    private static func fault(_ text: String) -> ValidationError {
        ValidationError("\(VisibleText.quoted(text)) is no point in time; \(help).")
    }

    private static func date(
        _ text: inout Substring
    ) -> (year: Int, month: Int, day: Int)? {
        let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count >= 10, parts.count == 3,
            let year = number(parts[0], digits: 4), let month = number(parts[1], digits: 2),
            let day = number(parts[2], digits: 2), (1...12).contains(month), (1...31).contains(day),
            // The 31st of February is the 2nd or 3rd of March to it, and not itself any more.
            CivilTime(year: year, month: month, day: day).date == (year, month, day)
        else { return nil }
        text = text.dropFirst(10)
        return (year, month, day)
    }

    private static func time(
        _ text: inout Substring
    ) -> (hour: Int, minute: Int, second: Int)? {
        let clock = text.prefix { $0.isNumber || $0 == ":" }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        let numbers = parts.compactMap { number($0, digits: 2) }
        guard numbers.count == parts.count, numbers[0] < 24, numbers[1] < 60 else { return nil }
        let second = numbers.count == 3 ? numbers[2] : 0
        guard second < 60 else { return nil }
        text = text.dropFirst(clock.count)
        return (numbers[0], numbers[1], second)
    }

    /// Seconds east of Greenwich.
    private static func offset(_ text: inout Substring) -> Int? {
        guard let sign = text.popFirst() else { return nil }
        if sign == "Z" { return 0 }
        guard sign == "+" || sign == "-", let (hour, minute, _) = time(&text) else { return nil }
        let seconds = hour * 3_600 + minute * 60
        return sign == "-" ? -seconds : seconds
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }
}
