import LapseControl
import LapseCore
import LapsePolicy
import LapseText

/// What a locked terminal shows above the prompt.
enum LockText {
    /// The lines; every text that came from outside is escaped.
    static func lines(
        _ facts: SessionFacts,
        _ lock: Lock,
        host: String,
        at calendar: HostCalendar
    ) -> [String] {
        let time = clock(lock.since, calendar)
        var lines = [
            "This session is locked.", "",
            "\(PlainText.escaped(facts.user)) on \(PlainText.escaped(host))",
            "since \(time): \(cause(lock.reason))",
        ]
        if let end = lock.endsAt {
            lines.append("It will be ended at \(clock(end, calendar)) unless it is unlocked.")
        }
        return lines
    }

    private static func cause(_ reason: LockReason) -> String {
        switch reason {
        case .idle(let limit): "idle for \(DurationText.text(limit))"
        case .lifetime(let limit): "open for \(DurationText.text(limit)), its lifetime"
        case .request(let user, let why):
            "by \(user.value == 0 ? "an administrator" : "yourself")"
                + (why.isEmpty ? "" : ": \(PlainText.escaped(why))")
        }
    }

    /// `19:43`, on the host's clocks.
    private static func clock(_ moment: BootInstant, _ calendar: HostCalendar) -> String {
        let seconds = calendar.moment(moment).civil.seconds
        let minutes = (seconds % 86_400) / 60
        return two(minutes / 60) + ":" + two(minutes % 60)
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
