/// Durations as policy files write them: `20s`, `1h30m`, `250ms`.
package enum PolicyDuration {
    /// The units, from the longest to the shortest, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ]

    /// Why a text is no duration: a message and perhaps what to do.
    struct Fault: Error, Equatable {
        let message: String
        let help: String?
    }

    /// The duration that `text` means.
    ///
    /// One or several whole numbers with their units, without blanks, from the longest unit to the
    /// shortest and each at most once: so a slip like `5m30m` is not read as something.
    static func parse(_ text: String) throws(Fault) -> Duration {
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else {
            throw Fault(message: "the duration is empty", help: example)
        }
        var total: Int64 = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
            rest = rest.dropFirst(letters.count)
            let place = try unit(digits, letters, rest, text)
            guard place >= next else { throw misplaced(place, next) }
            next = place + 1
            guard let count = Int64(String(decoding: digits, as: UTF8.self)),
                case let (part, isTooLong) = count.multipliedReportingOverflow(
                    by: units[place].milliseconds
                ), !isTooLong,
                case let (sum, isOver) = total.addingReportingOverflow(part), !isOver
            else {
                let quoted = VisibleText.quoted(text)
                throw Fault(message: "the duration \(quoted) is too long", help: nil)
            }
            total = sum
        }
        return .milliseconds(total)
    }

    /// The text that `parse` reads as this duration; parts of a millisecond are cut off.
    ///
    /// Days are the longest unit: `30d` says more than `4w2d`.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for (name, milliseconds) in units.dropFirst() where rest >= milliseconds {
            text += "\(rest / milliseconds)\(name)"
            rest %= milliseconds
        }
        return text
    }

    private static let example = "write a number and its unit, as in \"20s\", \"15m\" or \"1h30m\""

    /// The place in `units` of the unit that `letters` name, if digits come before it.
    private static func unit(
        _ digits: ArraySlice<UInt8>,
        _ letters: ArraySlice<UInt8>,
        _ rest: ArraySlice<UInt8>,
        _ text: String
    ) throws(Fault) -> Int {
        let name = String(decoding: letters, as: UTF8.self)
        guard !letters.isEmpty else { throw unitless(digits, rest) }
        guard let place = units.firstIndex(where: { $0.name == name }) else {
            throw Fault(
                message: "unknown unit \(VisibleText.quoted(name))",
                help: likelyUnit(name).map { "did you mean `\($0)`?" }
                    ?? "the units are ms, s, m, h, d and w"
            )
        }
        guard !digits.isEmpty else {
            throw Fault(message: "\(VisibleText.quoted(text)) has no number", help: example)
        }
        return place
    }

    /// Why there is no unit after `digits`, where `rest` follows.
    private static func unitless(
        _ digits: ArraySlice<UInt8>,
        _ rest: ArraySlice<UInt8>
    ) -> Fault {
        switch rest.first {
        case nil:
            let number = VisibleText.quoted(String(decoding: digits, as: UTF8.self))
            return Fault(message: "\(number) has no unit", help: example)
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            return Fault(message: "a duration has no blanks in it", help: example)
        case UInt8(ascii: "."), UInt8(ascii: ","):
            let help = "write a smaller unit instead, as in \"1h30m\""
            return Fault(message: "a duration has no fractions", help: help)
        default:
            let character = rest.prefix(UTF8Form.scalar(at: rest)?.length ?? 1)
            let found = VisibleText.quoted(String(decoding: character, as: UTF8.self))
            return Fault(message: "unexpected \(found) in a duration", help: example)
        }
    }

    /// Why the unit at `place` cannot follow the one before `next`.
    private static func misplaced(_ place: Int, _ next: Int) -> Fault {
        let name = units[place].name
        if place == next - 1 {
            return Fault(message: "the unit `\(name)` is given twice", help: nil)
        }
        let before = units[next - 1].name
        return Fault(message: "`\(name)` is longer than `\(before)` and comes before it", help: nil)
    }

    /// The unit for the many ways to write one out.
    private static func likelyUnit(_ name: String) -> String? {
        switch name.lowercased() {
        case "ms", "msec", "msecs", "millisecond", "milliseconds": "ms"
        case "s", "sec", "secs", "second", "seconds": "s"
        case "m", "min", "mins", "minute", "minutes": "m"
        case "h", "hr", "hrs", "hour", "hours": "h"
        case "d", "day", "days": "d"
        case "w", "wk", "week", "weeks": "w"
        default: nil
        }
    }
}
