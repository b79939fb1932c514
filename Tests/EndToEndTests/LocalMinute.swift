import Glibc

/// A minute of the day on the stage's clocks, which show UTC.
struct LocalMinute: CustomStringConvertible {
    /// Since midnight, 0..<1440.
    private let minute: Int
    /// Seconds until the next minute begins, 1...60.
    let secondsLeft: Int

    static var now: LocalMinute {
        let seconds = time(nil)
        return LocalMinute(minute: seconds / 60 % 1_440, secondsLeft: 60 - seconds % 60)
    }

    func plus(_ minutes: Int) -> LocalMinute {
        LocalMinute(minute: (minute + minutes) % 1_440, secondsLeft: secondsLeft)
    }

    /// `07:05`.
    var description: String {
        let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
