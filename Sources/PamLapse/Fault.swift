import CModuleLibc
import LapseWireE

/// Why the daemon's word on a session was not to be had.
enum Fault: Error {
    /// The service opened a session without a PAM_USER.
    case noUser
    /// PAM_USER is not in the password database.
    case unknownUser
    /// An item that cannot be put into a report.
    case badReport(WireError)
    /// A call on the socket failed; the error number tells why.
    case unreachable(CInt)
    /// The deadline passed while the daemon's queue of connections was full.
    case noConnection
    /// The deadline passed while the socket took no more.
    case notTaken
    /// The deadline passed and the daemon has the report.
    case noAnswer
    /// The socket is served by somebody else than root.
    case foreignPeer(uid_t)
    /// The daemon closed the connection without an answer.
    case hungUp
    /// What came is no answer.
    case badAnswer(WireError)
    /// A valid answer to another question.
    case unexpectedAnswer
    /// The daemon could not decide; its own words.
    case unable([UInt8])

    /// Adds what happened and what to do about it.
    func describe(in line: inout Line, settings: Settings) {
        switch self {
        case .noUser:
            line.add("the service set no PAM_USER; this is a fault of the service")
        case .unknownUser:
            line.add("the user is not in the password database; see getent passwd")
        case .badReport(let error):
            line.add("the session cannot be described to lapsed: ")
            line.add(error)
        case .unreachable(let number):
            line.add("lapsed cannot be reached at ")
            line.add(quoted: settings.socket, ": ")
            line.add(error: number)
            line.add("; see 'systemctl status lapsed'")
        case .noConnection:
            describeTimeout("took no connection", in: &line, settings: settings)
        case .notTaken:
            describeTimeout("took no report", in: &line, settings: settings)
        case .noAnswer:
            describeTimeout("did not answer", in: &line, settings: settings)
        case .foreignPeer(let uid):
            line.add("the socket ")
            line.add(quoted: settings.socket)
            line.add(" is served by uid ", uid, ", not by root; find out by whom with 'ss -xlp'")
        case .hungUp:
            line.add("lapsed closed the connection without an answer; see 'journalctl -u lapsed'")
        case .badAnswer(let error):
            line.add("lapsed's answer cannot be read: ")
            line.add(error)
            line.add("; are lapsed and pam_lapse.so of the same version?")
        case .unexpectedAnswer:
            line.add(
                "lapsed answered another question; are lapsed and pam_lapse.so of the same version?"
            )
        case .unable(let text):
            line.add("lapsed could not decide: ")
            line.add(quoted: text, "; see 'journalctl -u lapsed'")
        }
    }

    private func describeTimeout(
        _ what: StaticString,
        in line: inout Line,
        settings: Settings
    ) {
        line.add("lapsed at ")
        line.add(quoted: settings.socket, " ")
        line.add(what)
        line.add(" within ", settings.timeout, " ms; see 'systemctl status lapsed'")
        line.add(", or raise timeout= in the PAM file")
    }
}
