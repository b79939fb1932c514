import LapseCore
import LapseLinux

/// Which terminals there are.
extension ActivityWatch {
    /// Looks for terminals that the session has gained or lost; true if it has gained one.
    @discardableResult
    func findTerminals(of id: SessionID, at now: BootInstant) -> Bool {
        guard let session = followed[id] else { return false }
        followed[id]?.soughtAt = now
        guard let found = SessionTerminals.find(for: session.facts, locked: locked) else {
            followed[id]?.obstacle = "the descriptors of its leader cannot be read"
            return false
        }
        followed[id]?.obstacle = nil
        var gained = false
        for (device, watched) in terminals[id] ?? [:] {
            guard let again = found[device], !watched.isReplaced(by: again) else {
                terminals[id]?[device] = nil
                release(watched, id)
                continue
            }
            if again.holder != nil { terminals[id]?[device]?.holder = again.holder }
        }
        for (device, terminal) in found where terminals[id]?[device] == nil {
            gained = watch(terminal, for: session, at: now) || gained
        }
        return gained
    }

    private func watch(
        _ found: SessionTerminals.Found,
        for session: Followed,
        at now: BootInstant
    ) -> Bool {
        let id = session.facts.id
        let watch: Inotify.Watch?
        do throws(SystemError) {
            watch = try inotify.watchTerminal(found.terminal.path)
        } catch {
            watch = nil
            faults.append("\(error); its input is known to 8 s only, on the late side")
        }
        // The stamp is read after the exact witness stands: nothing falls between the two. What was
        // read before may be of any moment up to now, and finding the terminal took its time.
        guard let status = found.terminal.status() else { return false }
        let stat = WatchedTerminal.Stat(status)
        if let watch { readers[watch, default: []].insert(id) }
        terminals[id, default: [:]][found.terminal.device] = WatchedTerminal(
            found,
            watch: watch,
            stat: stat,
            wallAtOpening: session.wallAtOpening,
            now: after(now)
        )
        return true
    }

    func release(_ watched: WatchedTerminal, _ id: SessionID) {
        forget(Place(session: id, device: watched.terminal.device))
        followed[id]?.keepInput(watched.lastInput)
        guard let watch = watched.watch else { return }
        readers[watch]?.remove(id)
        guard readers[watch]?.isEmpty == true else { return }
        readers[watch] = nil
        inotify.remove(watch)
    }
}
