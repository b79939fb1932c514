import LapseCore
import LapseLinux

/// Input as it happens.
///
/// The first read after a pause is taken at its moment; then the daemon does not listen for
/// `listeningPause`, so that fast typing or a paste costs ten wake-ups a second at most, for all
/// sessions together. What was read in the pause counts as of its end: at most that much too
/// late, never too early.
extension Daemon {
    /// Half of the 200 ms within which a user is told that his key was heard.
    private static let listeningPause: Duration = .milliseconds(100)
    /// sshd makes a pty, gives it to the user, forks, and the child takes it as its terminal:
    /// milliseconds apart, more on a busy machine.
    ///
    /// Later than the last of these, the next deadline finds it.
    private static let findTerminalsAfter: [Duration] = [
        .milliseconds(50), .milliseconds(250), .seconds(1), .seconds(4),
    ]

    func watchActivity() throws(SystemError) {
        let descriptor = activity.inotify.descriptor
        listening = try loop.watch(descriptor, for: .readable) { [unowned self] _ in
            listenToActivity()
        }
    }

    func listenToActivity() {
        let moment = now
        let news = activity.takeEvents(at: moment)
        for id in news.active { feed(.input(id, at: moment)) }
        if news.newTerminal { seekTerminals() }
        pauseListening(news.active.isEmpty ? .none : .some(Self.listeningPause))
        for fault in activity.takeFaults() {
            log.fault("\(fault); its input is known to 8 s only, on the late side")
        }
    }

    func seekTerminals() {
        delay(.findTerminals(attempt: 0), by: Self.findTerminalsAfter[0])
    }

    private func pauseListening(_ pause: Duration?) {
        guard let listening else { return }
        do throws(SystemError) {
            try loop.change(listening, to: pause == nil ? .readable : [])
        } catch {
            log.fault("listening to terminals: \(error)")
        }
        if let pause { delay(.listenAgain, by: pause) }
    }

    /// Looks for terminals that are there and not yet known: of every SSH session, which may gain
    /// one at any time, and of a session that has none.
    ///
    /// login(1) gives its terminal to the user only after it has opened the PAM session.
    func findNewTerminals(attempt: Int) {
        let moment = now
        for (id, session) in engine.sessions
        where session.facts.tty == Self.sshTerminal || activity.terminals(of: id).isEmpty {
            guard activity.findTerminals(of: id, at: moment) else { continue }
            noteRelays(of: id)
            feed(.evidence(id, activity.look(at: id, now: moment)))
        }
        let next = attempt + 1
        guard next < Self.findTerminalsAfter.count else { return }
        delay(.findTerminals(attempt: next), by: Self.findTerminalsAfter[next])
    }

    /// What sshd gives as PAM_TTY (auth-pam.c, PAM_TTY_KLUDGE).
    static let sshTerminal = "ssh"

    /// Remembers the relay while the leader lives: afterwards nothing leads from one to the other.
    func noteRelays(of id: SessionID) {
        guard let hold = holds[id], let session = engine.sessions[id] else { return }
        hold.relays.formUnion(
            SessionProcesses.relays(of: session.facts.leader, image: hold.leaderImage)
        )
    }
}
