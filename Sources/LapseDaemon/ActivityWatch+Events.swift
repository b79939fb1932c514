import LapseCore
import LapseLinux

/// What inotify tells.
///
/// A read and `touch -a` are one event, and only the node's ctime tells which it was: so each node of
/// which something was told is looked at in the same turn, before it is judged.
extension ActivityWatch {
    /// What the waiting events mean.
    struct News {
        /// Sessions whose terminals were read from, by a hand as far as can be told.
        var active: Set<SessionID> = []
        /// The moment as of which that counts.
        var at: BootInstant
        /// Something happened that any user can bring about as often as he likes, or is to be
        /// judged when a tick is over.
        var mustPause = false
        /// Nodes of new ptys; whose they are shows a moment later.
        var newNodes: [String] = []
    }

    /// Takes all waiting events; each read counts as of `moment`.
    ///
    /// That is asked for once the events are taken, so it is never too early.
    func takeEvents(at moment: @autoclosure () -> BootInstant) -> News {
        let begun = moment()
        let events = inotify.events()
        let now = moment()
        var news = News(at: now)
        let wall = WallOffset.current
        var wasShared = false
        for event in events {
            if event == sharedWatch.map(Inotify.Event.read) { wasShared = true }
            take(event, &news, at: now, wall)
        }
        let places = wasShared ? openPlaces.union(sharedReaders) : openPlaces
        let stats = places.compactMap { place in stat(of: place).map { (place, $0) } }
        let later = takeChanges(after: stats)
        for (place, stat) in stats {
            if wasShared, sharedReaders.contains(place) {
                terminals[place.session]?[place.device]?.follow(stat, at: now, wall: wall)
            }
            let outcome = terminals[place.session]?[place.device]?
                .heard(stat, shared: sharedReads, at: now, wall: wall)
            if outcome?.isOpen != true { openPlaces.remove(place) }
            if outcome?.isInput == true { news.active.insert(place.session) }
            if terminals[place.session]?[place.device]?.isSuspected == true {
                suspected.insert(place.session)
            }
        }
        if !later.isEmpty { news.at = moment() }
        for event in later { take(event, &news, at: news.at, wall) }
        lastListened = begun
        news.mustPause = news.mustPause || !openPlaces.isEmpty
        return news
    }

    private func take(
        _ event: Inotify.Event,
        _ news: inout News,
        at now: BootInstant,
        _ wall: WallOffset
    ) {
        switch event {
        case .read(sharedWatch):
            news.mustPause = true
            sharedReads.note(since: lastListened, at: now, wall: wall)
        case .read(let watch):
            news.mustPause = true
            open(watch) { $0.readTold(at: now, wall: wall) }
        case .changed(let watch):
            news.mustPause = true
            open(watch) { $0.changeTold() }
        case .created(_, let name):
            newestNode = now
            news.newNodes.append(Self.pseudoTerminals + "/" + name)
        case .written, .modified:
            break
        case .gone(let watch):
            // The last key of a terminal that closes: nothing tells any more whether it was one.
            for place in places(of: watch) {
                let isReadTold = terminals[place.session]?[place.device]?.input.isReadTold
                guard isReadTold == true else { continue }
                news.active.insert(place.session)
                followed[place.session]?.keepInput(now)
            }
            forget(watch)
        case .overflowed:
            newestNode = now
            distrustAll(at: now)
        }
    }

    /// The events that came while the nodes were looked at.
    ///
    /// A change that the look shows is told by now: who set a mode must not be taken for one who set
    /// a stamp. A read that is told by them may be after the look, which says nothing of it.
    private func takeChanges(after stats: [(Place, WatchedTerminal.Stat)]) -> [Inotify.Event] {
        let hasChanged = stats.contains { place, stat in
            terminals[place.session]?[place.device]?.input.hasChanged(stat.change) ?? false
        }
        guard hasChanged else { return [] }
        let later = inotify.events()
        for case .changed(let watch) in later { open(watch) { $0.changeTold() } }
        return later
    }

    /// Has the terminals of a watch take in what was told of it.
    private func open(_ watch: Inotify.Watch, _ take: (inout WatchedTerminal) -> Void) {
        for place in places(of: watch) {
            guard var watched = terminals[place.session]?[place.device] else { continue }
            take(&watched)
            terminals[place.session]?[place.device] = watched
            openPlaces.insert(place)
        }
    }

    private func forget(_ watch: Inotify.Watch) {
        for place in places(of: watch) {
            if let last = terminals[place.session]?[place.device]?.lastInput {
                followed[place.session]?.keepInput(last)
            }
            terminals[place.session]?[place.device] = nil
            forget(place)
        }
        readers[watch] = nil
    }

    func forget(_ place: Place) {
        sharedReaders.remove(place)
        openPlaces.remove(place)
    }

    private func distrustAll(at now: BootInstant) {
        let wall = WallOffset.current
        for (id, watched) in terminals {
            for device in watched.keys {
                guard let stat = stat(of: Place(session: id, device: device)) else { continue }
                terminals[id]?[device]?.examine(stat, shared: nil, at: now, wall: wall)
            }
        }
    }

    private func places(of watch: Inotify.Watch) -> [Place] {
        (readers[watch] ?? []).flatMap { id in
            (terminals[id] ?? [:]).filter { $0.value.watch == watch }.keys
                .map { Place(session: id, device: $0) }
        }
    }

    private func stat(of place: Place) -> WatchedTerminal.Stat? {
        terminals[place.session]?[place.device]?.stat()
    }
}
