/// When sessions may be: always, or in windows that come back every week.
///
/// The times are those that the clocks of the host show. Where they are put back, a window opens
/// the first time and closes the last time that they show its ends; where they are put forward
/// over an end, that end is at the jump. So a doubled hour cuts nobody off who was let in, and a
/// window that lies in a skipped hour does not open.
package enum Hours: Sendable, Hashable {
    case always
    /// At least one, at most `PolicyLimits.windowsMax`, in the order of the file.
    case weekly([Window])

    /// From a time of one day to a later one of the same day or the next.
    package struct Window: Sendable, Hashable {
        package let days: Days
        /// Minutes since midnight, 0...1439.
        package let opens: Int
        /// Minutes since the same midnight, `opens + 1 ... opens + 1440`.
        package let closes: Int

        package init(days: Days, opens: Int, closes: Int) {
            self.days = days
            self.opens = opens
            self.closes = closes
        }
    }

    /// The days on which a window opens: from one to another, over the end of the week if need be.
    package struct Days: Sendable, Hashable {
        package let first: Weekday
        package let last: Weekday

        package init(first: Weekday, last: Weekday) {
            self.first = first
            self.last = last
        }

        static let all = Days(first: .monday, last: .sunday)

        func contains(_ day: Weekday) -> Bool {
            let (first, last, day) = (place(first), place(last), place(day))
            return first <= last ? (first...last).contains(day) : day >= first || day <= last
        }

        private func place(_ day: Weekday) -> Int { Weekday.allCases.firstIndex(of: day) ?? 0 }
    }

    /// Whether it is open, and when that changes; `nil` if it does not, looked at a week ahead.
    package enum State: Sendable, Equatable {
        case open(closes: WallInstant?)
        case closed(opens: WallInstant?)
    }
}

// MARK: - At a time

extension Hours {
    /// Whether it is open at a moment, and what comes next.
    package func state(at moment: WallMoment) -> State {
        guard case .weekly(let windows) = self else { return .open(closes: nil) }
        let now = moment.instant
        // Windows reach into the next day, and clocks can be put back over midnight.
        let today = moment.civil.day
        let spans = ((today - 2)...(today + 10)).flatMap { day in
            windows.compactMap { $0.span(on: day, in: moment.zone) }
        }
        guard let current = spans.first(where: { $0.contains(now) }) else {
            return .closed(opens: spans.map(\.lowerBound).filter { $0 > now }.min())
        }
        var closes = current.upperBound
        while let next = spans.filter({ $0.contains(closes) }).map(\.upperBound).max() {
            closes = next
        }
        // What is open for more than a week, a clock put back within it included, never closes.
        let isForEver = closes.seconds - now.seconds > 8 * 86_400
        return .open(closes: isForEver ? nil : closes)
    }

    package func isOpen(at moment: WallMoment) -> Bool {
        if case .open = state(at: moment) { true } else { false }
    }

    /// Whether it is open when a clock that never changes shows `time`.
    package func isOpen(at time: CivilTime) -> Bool {
        isOpen(at: WallMoment(WallInstant(seconds: time.seconds), in: FixedZone.utc))
    }

    /// When it closes next, or opens next, by a clock that never changes; `nil` if it does not.
    package func nextChange(after time: CivilTime) -> CivilTime? {
        switch state(at: WallMoment(WallInstant(seconds: time.seconds), in: FixedZone.utc)) {
        case .open(let instant), .closed(let instant):
            instant.map { CivilTime(seconds: $0.seconds) }
        }
    }
}

extension Hours.Window {
    /// From when to when the window of a day is open; `nil` if there is none that day.
    fileprivate func span(on day: Int64, in zone: some TimeZoneRules) -> Range<WallInstant>? {
        guard days.contains(CivilTime(day: day, minute: 0).weekday) else { return nil }
        let first = zone.instants(of: CivilTime(day: day, minute: opens)).first
        let last = zone.instants(of: CivilTime(day: day, minute: closes)).last
        return first < last ? first..<last : nil
    }
}

// MARK: - Text

extension Hours {
    private static let example = "as in \"Mon-Fri 07:00-19:00, Sat 08:00-12:00\""

    /// Why a text means no hours: a message and perhaps what to do.
    struct Fault: Error, Equatable {
        let message: String
        var help: String?
    }

    /// `always`, or windows with commas between: days as `Mon` or `Mon-Fri`, none for every day,
    /// and times as `07:00-19:00`, over midnight where the second is not the later one.
    static func parse(_ text: String) throws(Fault) -> Hours {
        guard text != "always" else { return .always }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= PolicyLimits.windowsMax else {
            let most = "at most \(PolicyLimits.windowsMax) are possible"
            throw Fault(message: "there are \(parts.count) windows, \(most)")
        }
        var windows: [Window] = []
        for part in parts {
            windows.append(try window(part))
        }
        return .weekly(windows)
    }

    package var text: String {
        switch self {
        case .always: "always"
        case .weekly(let windows): windows.map(\.text).joined(separator: ", ")
        }
    }

    private static func window(_ text: Substring) throws(Fault) -> Window {
        let words = text.split(separator: " ")
        guard let times = words.last, words.count <= 2 else {
            let quoted = VisibleText.quoted(String(text))
            throw Fault(
                message: words.isEmpty ? "a window is empty" : "\(quoted) is no window of the week",
                help: "write days and times, \(example)"
            )
        }
        let days = words.count == 2 ? try days(words[0]) : Days.all
        let ends = times.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = times.utf8.first, first < UInt8(ascii: "A") else {
            throw Fault(
                message: "\(VisibleText.quoted(String(times))) is no span of times",
                help: "write days and times, \(example)"
            )
        }
        let opens = try minute(ends[0])
        let closes = try minute(ends[1])
        guard opens != closes, opens < 1_440 else {
            let whole = "for the whole day, write \"00:00-24:00\""
            throw Fault(
                message: "the window \(VisibleText.quoted(String(times))) is empty",
                help: whole
            )
        }
        return Window(days: days, opens: opens, closes: closes > opens ? closes : closes + 1_440)
    }

    private static func days(_ text: Substring) throws(Fault) -> Days {
        let names = text.split(separator: "-", omittingEmptySubsequences: false)
        var days: [Weekday] = []
        for name in names {
            guard let day = Weekday.word(String(name)) else {
                let short = String(name.prefix(3)).lowercased()
                let help =
                    Weekday.words.first { $0.lowercased() == short }
                    .map { "did you mean `\($0)`?" }
                    ?? "the days are " + Weekday.words.joined(separator: ", ")
                throw Fault(
                    message: "\(VisibleText.quoted(String(name))) is no day of the week",
                    help: help
                )
            }
            days.append(day)
        }
        guard let first = days.first, let last = days.last, days.count <= 2 else {
            throw Fault(
                message: "\(VisibleText.quoted(String(text))) is no span of days",
                help: "write one day or two with `-` between, \(example)"
            )
        }
        return Days(first: first, last: last)
    }

    /// Minutes since midnight, 0...1440, of `hh:mm`.
    private static func minute(_ text: Substring) throws(Fault) -> Int {
        let bytes = Array(text.utf8)
        let digits = [0, 1, 3, 4].compactMap { place -> Int? in
            guard bytes.count == 5, (0x30...0x39).contains(bytes[place]) else { return nil }
            return Int(bytes[place] - 0x30)
        }
        guard digits.count == 4, bytes[2] == UInt8(ascii: ":"), digits[2] < 6,
            case let minute = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3],
            minute <= 1_440
        else {
            throw Fault(
                message: "\(VisibleText.quoted(String(text))) is no time of day",
                help: "write hours and minutes in two digits each, from 00:00 to 24:00"
            )
        }
        return minute
    }
}

extension Hours.Window {
    fileprivate var text: String {
        func time(_ minute: Int) -> String {
            let (hours, minutes) = (minute / 60, minute % 60)
            return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
        }
        let end = closes > 1_440 ? closes - 1_440 : closes
        let times = "\(time(opens))-\(time(end))"
        guard days != .all else { return times }
        let span = days.first == days.last ? "" : "-\(days.last.rawValue)"
        return "\(days.first.rawValue)\(span) \(times)"
    }
}
