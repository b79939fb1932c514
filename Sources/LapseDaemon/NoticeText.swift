import LapseCore
import LapsePolicy

/// What users read on their terminals.
///
/// Lines end with CR LF, since the terminal may be in raw mode, and begin with one, since the
/// cursor may stand anywhere.
enum NoticeText {
    static func render(_ notice: Notice) -> String {
        switch notice {
        case .warning(.idle, let remaining):
            line("\u{7}", "this session is idle and will be ended in \(remaining.text)."
                + " Press any key to keep it.")
        case .warning(.lifetime(let limit), let remaining):
            line("\u{7}", "this session has reached its lifetime of \(limit.text) and will be ended"
                + " in \(remaining.text), used or not. Save your work.")
        case .warning(.request, let remaining):
            line("\u{7}", "this session will be ended in \(remaining.text).")
        case .kept:
            line("", "activity seen; the session goes on.")
        case .ended(.idle(let limit)):
            line("", "session ended: idle for \(limit.text).")
        case .ended(.lifetime(let limit)):
            line("", "session ended: open for \(limit.text), its lifetime.")
        case .ended(.request(let request)):
            line("", "session ended by uid \(request.by.value): \(request.why)")
        }
    }

    private static func line(_ bell: String, _ text: String) -> String {
        "\(bell)\r\nLapse: \(text)\r\n"
    }
}
