import LapseCore
import Testing

@testable import LapseDaemon

@Suite struct NoticeTextTests {
    private static let request = EndReason.request(
        EndRequest(by: UserID(value: 1000), why: "kernel update at 5 pm")
    )

    private static let notices: [(notice: Notice, text: String)] = [
        (
            .warning(.idle(limit: .seconds(900)), remaining: .seconds(120)),
            "\u{7}\r\nLapse: this session is idle and will be ended in 2m."
                + " Press any key to keep it.\r\n"
        ),
        (
            .warning(.idle(limit: .seconds(900)), remaining: .milliseconds(4_999)),
            "\u{7}\r\nLapse: this session is idle and will be ended in 5s."
                + " Press any key to keep it.\r\n"
        ),
        (
            .warning(.idle(limit: .seconds(20)), remaining: .milliseconds(1_440)),
            "\u{7}\r\nLapse: this session is idle and will be ended in 1.4s."
                + " Press any key to keep it.\r\n"
        ),
        (
            .warning(.idle(limit: .seconds(20)), remaining: .seconds(-3)),
            "\u{7}\r\nLapse: this session is idle and will be ended in 0s."
                + " Press any key to keep it.\r\n"
        ),
        (
            .warning(.lifetime(limit: .seconds(43_200)), remaining: .seconds(30)),
            "\u{7}\r\nLapse: this session has reached its lifetime of 12h and will be ended in 30s,"
                + " used or not. Save your work.\r\n"
        ),
        (
            .warning(request, remaining: .seconds(5)),
            "\u{7}\r\nLapse: this session will be ended in 5s.\r\n"
        ),
        (.kept, "\r\nLapse: activity seen; the session goes on.\r\n"),
        (
            .ended(.idle(limit: .seconds(900))),
            "\r\nLapse: session ended: idle for 15m.\r\n"
        ),
        (
            .ended(.lifetime(limit: .seconds(43_200))),
            "\r\nLapse: session ended: open for 12h, its lifetime.\r\n"
        ),
        (
            .ended(request),
            "\r\nLapse: session ended by uid 1000: kernel update at 5 pm\r\n"
        ),
    ]

    @Test(arguments: notices)
    func `every notice says what, why and when`(notice: Notice, text: String) {
        #expect(NoticeText.render(notice) == text)
    }

    private static let reasons: [(why: String, shown: String)] = [
        ("", ""),
        ("grüße", "grüße"),
        ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"),
        ("a\r\nLapse: all is well", "a\\u{d}\\u{a}Lapse: all is well"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
        ("\\u{1b}", "\\u{1b}"),
    ]

    @Test(arguments: reasons)
    func `a reason moves no cursor on the terminal`(why: String, shown: String) {
        let request = EndRequest(by: UserID(value: 0), why: why)
        #expect(
            NoticeText.render(.ended(.request(request)))
                == "\r\nLapse: session ended by uid 0: \(shown)\r\n"
        )
    }
}
