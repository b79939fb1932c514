import CModuleLibc
import LapseWireE

/// `pam_sm_close_session`: tell the daemon, if this handle holds a session; never fail a logout.
///
/// The duties of `openSession` hold here too, the last one without its exception.
@c(lapse_close_session)
func closeSession(
    _ handle: OpaquePointer,
    _ flags: CInt,
    _ argc: CInt,
    _ argv: UnsafePointer<UnsafePointer<CChar>?>?
) -> CInt {
    let pam = PamHandle(handle, flags: flags)
    guard let held = HeldSession(takenFrom: pam) else { return PAM_IGNORE }
    let settings = Settings(argc, argv, pam: pam)
    do throws(Fault) {
        let report = Report.closed(Closed(session: held.session, token: held.token))
        let deadline = Deadline(in: settings.timeout)
        let answer = try exchange(report, at: settings.socket, by: deadline)
        switch answer.verdict {
        case .noted: break
        case .unable: throw Fault.unable(answer.text)
        case .allowed, .refused, .outside: throw Fault.unexpectedAnswer
        }
        if settings.isDebug {
            pam.log(LOG_DEBUG, Line("session ", name: held.session, " is closed"))
        }
    } catch {
        // The daemon sees the leader's end through its pidfd, so nothing is lost but this line's fact.
        var line = Line("the close of session ", name: held.session, " is not reported: ")
        error.describe(in: &line, settings: settings)
        pam.log(LOG_NOTICE, line)
    }
    return PAM_SUCCESS
}
