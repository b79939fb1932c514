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

    func watchActivity() throws(SystemError) {
        let descriptor = activity.inotify.descriptor
        listening = try loop.watch(descriptor, for: .readable) { [unowned self] _ in
            listenToActivity()
        }
    }

    func listenToActivity() {
        pauseListening(hear() ? Self.listeningPause : nil)
        // What was believed until now counts no more, and the log is to say so while it happens.
        for id in activity.takeSuspected() { feed(.evidence(id, look(at: id))) }
    }

    /// Takes the waiting events, pause or not; true if the next ones can wait for one.
    ///
    /// Before each look, or a key of the pause would not be known at the end that it forbids.
    @discardableResult
    func hear() -> Bool {
        let news = activity.takeEvents(at: now)
        for id in news.active { feed(.input(id, at: news.at)) }
        for path in news.newNodes { expectTerminal(at: .node(path: path)) }
        return news.mustPause
    }

    private func pauseListening(_ pause: Duration?) {
        guard let listening else { return }
        do throws(SystemError) {
            try loop.change(listening, to: pause == nil ? .readable : [])
        } catch {
            log.fault("listening to terminals: \(error)")
        }
        if let pause { delay(.listenAgain, until: now + pause) }
    }

    /// A terminal may come at this place within the next seconds.
    func expectTerminal(at place: TerminalSearch.Place) {
        search.add(place, at: now)
        delaySearch()
    }

    /// Looks for the terminals that were expected.
    func seekTerminals() {
        hear()
        let moment = now
        var sessions: Set<SessionID> = []
        var opened: [SessionID] = []
        for place in search.takeDue(at: moment) {
            switch place {
            case .session(let id):
                opened.append(id)
                if activity.terminals(of: id).isEmpty { sessions.insert(id) }
            case .node(let path):
                guard let owner = Terminal(path: path)?.status()?.owner else { continue }
                sessions.formUnion(activity.sessions(of: UserID(value: owner)))
            }
        }
        for id in sessions where activity.findTerminals(of: id, at: moment) {
            feed(.evidence(id, look(at: id)))
            lockNewTerminals(of: id)
            opened.append(id)
        }
        // The policy may ask for the terminal, or for there being none.
        let page = newPage()
        for id in opened { decide(id, on: page) }
        delaySearch()
    }

    private func delaySearch() {
        if let next = search.next { delay(.seekTerminals, until: next) }
    }
}
