import CModuleLibc
import LapseWireE

/// `pam_sm_open_session`: ask the daemon, do what it says.
///
/// Runs as root in sshd's privileged process or in login, where no other clock runs: sshd has
/// switched off its LoginGraceTime, so whatever waits here without a deadline hangs the login for
/// ever. sshd forks right afterwards. Therefore this path:
///
/// 1. MUST come back within the `timeout` argument, whatever the daemon does.
/// 2. MUST leave no thread, descriptor, signal handler or signal mask behind.
/// 3. MUST NOT trap on anything that comes from outside: a trap kills sshd.
/// 4. MUST NOT write to standard output or error; sshd's are the network.
/// 5. MUST NOT keep a user out because of a fault of Lapse, unless `required` says so.
/// 6. MUST NOT keep anybody from su or sudo, whatever `required` and the daemon say: an
///    administrator who is in, and has to repair the daemon, needs them. So they always get
///    PAM_SUCCESS: an ignored call would fail a stack that has no other module.
@c(lapse_open_session)
func openSession(
    _ handle: OpaquePointer,
    _ flags: CInt,
    _ argc: CInt,
    _ argv: UnsafePointer<UnsafePointer<CChar>?>?
) -> CInt {
    let pam = PamHandle(handle, flags: flags)
    let name = pam.item(PAM_SERVICE, limit: WireLimits.serviceMax)
    guard let service = ManagedService(named: name) else { return PAM_IGNORE }
    let settings = Settings(argc, argv, pam: pam)
    let user = pam.item(PAM_USER, limit: WireLimits.userMax)
    do {
        let deadline = Deadline(in: settings.timeout)
        let opened = try opened(pam, user: user, service: name)
        let answer = try exchange(service.report(opened), at: settings.socket, by: deadline)
        return try carryOut(answer, service, user: user, pam: pam, settings: settings)
    } catch {
        return giveUp(error, service, user: user, pam: pam, settings: settings)
    }
}

private func opened(
    _ pam: PamHandle,
    user: [UInt8],
    service: [UInt8]
) throws(Fault) -> Opened {
    guard !user.isEmpty else { throw .noUser }
    guard let uid = pam.uid(of: user) else { throw .unknownUser }
    do {
        return try Opened(
            uid: uid,
            user: user,
            service: service,
            tty: pam.item(PAM_TTY, limit: WireLimits.ttyMax),
            rhost: pam.item(PAM_RHOST, limit: WireLimits.rhostMax),
            ruser: pam.item(PAM_RUSER, limit: WireLimits.ruserMax),
            authInfo: pam.environment("SSH_AUTH_INFO_0", limit: WireLimits.authInfoMax)
        )
    } catch {
        throw .badReport(error)
    }
}

private func carryOut(
    _ answer: Answer,
    _ service: ManagedService,
    user: [UInt8],
    pam: PamHandle,
    settings: Settings
) throws(Fault) -> CInt {
    switch answer.verdict {
    case .allowed(let session, let token):
        keep(HeldSession(session: session, token: token), pam: pam)
        if settings.isDebug { pam.log(LOG_DEBUG, Line("session ", name: session, " is open")) }
        pam.showInfo(answer.text)
        return PAM_SUCCESS
    case .refused where !service.isNested:
        var line = Line("lapsed refuses user ", quoted: user)
        if !answer.text.isEmpty {
            line.add(": ")
            line.add(quoted: answer.text)
        }
        pam.log(LOG_NOTICE, line)
        pam.showError(
            answer.text.isEmpty ? Line("This session may not be opened.").bytes : answer.text
        )
        // The one failure that pam_sm_open_session(3) names. sshd and login refuse on any; sudo
        // takes others for fatal errors of its own; PAM_PERM_DENIED and the like speak of an
        // account or a password, which are not at fault here.
        return PAM_SESSION_ERR
    case .outside where service.isNested:
        return PAM_SUCCESS
    case .noted, .outside, .refused:
        throw .unexpectedAnswer
    case .unable:
        throw .unable(answer.text)
    }
}

/// Keeps what the close needs and tells the session its own name.
///
/// Either may fail for want of memory only. The session opens all the same: without the token the
/// daemon learns of its end from the kernel.
private func keep(_ held: HeldSession, pam: PamHandle) {
    if !held.store(in: pam) {
        pam.log(LOG_WARNING, Line("no memory to keep the session's close token, ignoring"))
    }
    if !pam.setEnvironment("LAPSE_SESSION=", SessionName.encode(held.session)) {
        pam.log(LOG_WARNING, Line("LAPSE_SESSION cannot be set, ignoring"))
    }
}

/// A fault of Lapse, not of the user: one line that says what and what to do, then in or out.
private func giveUp(
    _ fault: Fault,
    _ service: ManagedService,
    user: [UInt8],
    pam: PamHandle,
    settings: Settings
) -> CInt {
    if service.isNested {
        var line = Line("a nested session of user ", quoted: user)
        line.add(" is not reported: ")
        fault.describe(in: &line, settings: settings)
        pam.log(LOG_NOTICE, line)
        return PAM_SUCCESS
    }
    var line = Line("user ", quoted: user)
    line.add(settings.isRequired ? " is refused: " : " is let in unwatched: ")
    fault.describe(in: &line, settings: settings)
    pam.log(settings.isRequired ? LOG_ERR : LOG_WARNING, line)
    guard settings.isRequired else { return PAM_IGNORE }
    pam.showError(
        Line(
            """
            This session cannot be opened: the service that watches sessions (lapsed) does not \
            answer. Ask the administrator of this machine.
            """
        ).bytes
    )
    return PAM_SESSION_ERR
}
