import LapseControl
import LapseCore
import LapseText

/// What users read on their terminals.
///
/// Lines end with CR LF, since the terminal may be in raw mode, and begin with one, since the
/// cursor may stand anywhere.
enum NoticeText {
    static func render(_ notice: Notice) -> String {
        if case .warning = notice { return line("\u{7}", plain(notice)) }
        return line("", plain(notice))
    }

    /// One line without anything around it.
    static func plain(_ notice: Notice) -> String {
        switch notice {
        case .warning(let reason, let remaining, .lock):
            "this session " + warningOfLock(reason, shown(remaining))
        case .warning(let reason, let remaining, _):
            "this session " + warning(reason, shown(remaining))
        case .kept:
            "activity seen; the session goes on."
        case .eased:
            "what was announced does not come now; the session goes on."
        case .ended(let reason):
            "session ended" + cause(reason)
        }
    }

    private static func warningOfLock(_ reason: EndReason, _ time: String) -> String {
        if case .lifetime(let limit) = reason {
            return "has reached its lifetime of \(DurationText.text(limit)) and will be locked"
                + " in \(time); your password renews it."
        }
        return "is idle and will be locked in \(time). Press any key to keep it."
    }

    private static func warning(_ reason: EndReason, _ time: String) -> String {
        switch reason {
        case .idle:
            "is idle and will be ended in \(time). Press any key to keep it."
        case .lifetime(let limit):
            "has reached its lifetime of \(DurationText.text(limit)) and will be ended"
                + " in \(time), used or not. Save your work."
        case .hours:
            "will be ended in \(time): the hours for logins are over then. Save your work."
        case .quota(let limit):
            "will be ended in \(time): your \(DurationText.text(limit)) of today are used up then."
                + " Save your work."
        case .certificate:
            "will be ended in \(time), when its SSH certificate runs out. Log in anew with a new"
                + " certificate to go on."
        case .account:
            "will be ended in \(time), when your account expires. Save your work."
        case .sessions, .locked, .request:
            "will be ended in \(time)."
        }
    }

    private static func cause(_ reason: EndReason) -> String {
        switch reason {
        case .idle(let limit): ": idle for \(DurationText.text(limit))."
        case .lifetime(let limit): ": open for \(DurationText.text(limit)), its lifetime."
        case .hours: ": the hours for logins are over."
        case .quota(let limit): ": your \(DurationText.text(limit)) of today are used up."
        case .certificate: ": its SSH certificate has run out."
        case .account(.expired): ": your account has expired."
        case .account(.locked): ": your account was locked."
        case .account(.deleted): ": your account is gone."
        case .account(.notMember): ": you are in none of the groups any more that may be here."
        case .sessions(let max): ": a newer one of your \(max) sessions took its place."
        case .locked(let limit): ": locked for \(DurationText.text(limit))."
        case .request(let request):
            " by uid \(request.by.value): \(PlainText.escaped(request.why))"
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
