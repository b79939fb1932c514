import LapseControl
import LapseCore
import LapseText

/// What users read on their terminals.
///
/// Lines end with CR LF, since the terminal may be in raw mode, and begin with one, since the
/// cursor may stand anywhere.
enum NoticeText {
    static func render(_ notice: Notice) -> String {
        switch notice {
        case .warning(.idle, let remaining):
            line(
                "\u{7}",
                "this session is idle and will be ended in \(shown(remaining))."
                    + " Press any key to keep it."
            )
        case .warning(.lifetime(let limit), let remaining):
            line(
                "\u{7}",
                "this session has reached its lifetime of \(DurationText.text(limit)) and will be ended"
                    + " in \(shown(remaining)), used or not. Save your work."
            )
        case .warning(.request, let remaining):
            line("\u{7}", "this session will be ended in \(shown(remaining)).")
        case .kept:
            line("", "activity seen; the session goes on.")
        case .ended(.idle(let limit)):
            line("", "session ended: idle for \(DurationText.text(limit)).")
        case .ended(.lifetime(let limit)):
            line("", "session ended: open for \(DurationText.text(limit)), its lifetime.")
        case .ended(.request(let request)):
            line("", "session ended by uid \(request.by.value): \(PlainText.escaped(request.why))")
        }
    }

    /// To the nearest tenth of a second: a timer that fired a millisecond late says "5s".
    private static func shown(_ remaining: Duration) -> String {
        DurationText.text(remaining + .milliseconds(50))
    }

    private static func line(_ bell: String, _ text: String) -> String {
        "\(bell)\r\nLapse: \(text)\r\n"
    }
}
