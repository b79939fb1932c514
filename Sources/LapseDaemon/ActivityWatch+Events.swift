import LapseCore
import LapseLinux

/// What inotify tells.
extension ActivityWatch {
    /// What the waiting events mean.
    struct News {
        /// Sessions whose terminals were read from, by a hand as far as can be told.
        var active: Set<SessionID> = []
        /// Something happened that any user can bring about as often as he likes.
        var mustPause = false
        /// Nodes of new ptys; whose they are shows a moment later.
        var newNodes: [String] = []
    }

    /// Takes all waiting events; each read counts as of `now`, which is never too early.
    func takeEvents(at now: BootInstant) -> News {
        var news = News()
        var touched: Set<Inotify.Watch> = []
        var wasShared = false
        let wall = WallOffset.current
        defer { lastListened = now }
        for event in inotify.events() {
            switch event {
            case .read(sharedWatch):
                wasShared = true
                sharedReads.note(since: lastListened, at: now, wall: wall)
            case .read(let watch):
                touched.insert(watch)
                news.active.formUnion(noteRead(watch, at: now, wall))
            case .changed(let watch):
                touched.insert(watch)
            case .created(_, let name):
                newestNode = now
                news.newNodes.append(Self.pseudoTerminals + "/" + name)
            case .written:
                break
            case .gone(let watch):
                forget(watch)
            case .overflowed:
                newestNode = now
                distrustAll(at: now)
            }
        }
        news.mustPause = wasShared || !touched.isEmpty
        if wasShared { followShared(at: now, wall) }
        for watch in touched { examine(watch, at: now, wall) }
        return news
    }
}

// MARK: - What follows

extension ActivityWatch {
    /// Notes a read of a node.
    ///
    /// - Returns: The sessions for which it counts.
    private func noteRead(
        _ watch: Inotify.Watch,
        at now: BootInstant,
        _ wall: WallOffset
    ) -> [SessionID] {
        places(of: watch).filter { place in
            terminals[place.session]?[place.device]?.read(at: now, wall: wall) ?? false
        }
        .map(\.session)
    }

    /// Reads the stamps right after an event, while it is known what else may have moved them.
    private func examine(_ watch: Inotify.Watch, at now: BootInstant, _ wall: WallOffset) {
        for place in places(of: watch) {
            guard let status = status(of: place) else { continue }
            terminals[place.session]?[place.device]?
                .examine(status, shared: sharedReads, at: now, wall: wall)
        }
    }

    private func followShared(at now: BootInstant, _ wall: WallOffset) {
        for place in sharedReaders {
            guard let status = status(of: place) else { continue }
            terminals[place.session]?[place.device]?.follow(status, at: now, wall: wall)
            terminals[place.session]?[place.device]?
                .examine(status, shared: sharedReads, at: now, wall: wall)
        }
    }

    private func forget(_ watch: Inotify.Watch) {
        for place in places(of: watch) {
            terminals[place.session]?[place.device] = nil
            sharedReaders.remove(place)
        }
        readers[watch] = nil
    }

    private func distrustAll(at now: BootInstant) {
        let wall = WallOffset.current
        for (id, watched) in terminals {
            for device in watched.keys {
                guard let status = status(of: Place(session: id, device: device)) else { continue }
                terminals[id]?[device]?.examine(status, shared: nil, at: now, wall: wall)
            }
        }
    }

    private func places(of watch: Inotify.Watch) -> [Place] {
        (readers[watch] ?? []).flatMap { id in
            (terminals[id] ?? [:]).filter { $0.value.watch == watch }.keys
                .map { Place(session: id, device: $0) }
        }
    }

    private func status(of place: Place) -> Terminal.Status? {
        terminals[place.session]?[place.device]?.terminal.status()
    }
}
