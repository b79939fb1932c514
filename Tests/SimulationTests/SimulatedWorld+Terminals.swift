import LapseCore

/// How the daemon knows of input: events of the exact witness, stamps, and its own forgetfulness.
extension SimulatedWorld {
    /// The pause that the daemon makes after input; nanoseconds.
    private static let listeningPause: Int64 = 100_000_000

    /// Takes the waiting terminal events and tells the engine.
    func listen() throws(Failure) {
        guard now >= pausedUntil else { return }
        guard !unheard.isEmpty else { return }
        let wasRead = !unheard.terminals.isEmpty || unheard.hasShared
        let active = takeUnheard()
        if wasRead { pausedUntil = now + Self.listeningPause }
        for place in active where sessions[place].isHeld {
            try feed(.input(sessions[place].facts.id, at: boot))
        }
    }

    /// Takes them before a look, pause or not.
    func hear() {
        for place in takeUnheard() where sessions[place].isHeld {
            pending.append(.input(sessions[place].facts.id, at: boot))
        }
    }

    /// The places of sessions with input; their clocks know it afterwards.
    private func takeUnheard() -> [Int] {
        defer { lastListened = now }
        guard !unheard.isEmpty else { return [] }
        let taken = unheard
        unheard = UnheardReads(isScheduled: taken.isScheduled)
        let lastBoot = BootInstant(nanoseconds: lastListened)
        var active: [Int] = []
        if taken.hasOverflowed { distrustAll() }
        for (place, terminal) in taken.terminals {
            sessions[place].terminals[terminal].readTold(at: boot, wall: wall)
        }
        if taken.hasShared { sharedReads.note(since: lastBoot, at: boot, wall: wall) }
        for (place, terminal) in taken.terminals + (taken.hasShared ? sharedReaders : []) {
            let isInput = sessions[place].terminals[terminal]
                .heard(sharedReads, wasShared: taken.hasShared, at: boot, wall: wall)
            if sessions[place].terminals[terminal].path == .own {
                sessions[place].noteKnown(terminal)
            }
            if isInput, !active.contains(place) { active.append(place) }
        }
        return active
    }

    /// Terminals that are read through /dev/tty, as far as the daemon knows.
    private var sharedReaders: [(session: Int, terminal: Int)] {
        sessions.indices.flatMap { place in
            sessions[place].terminals.indices
                .filter { sessions[place].terminals[$0].isFollowed }
                .map { (place, $0) }
        }
    }

    private func distrustAll() {
        tellAll("terminal events were lost")
        for session in sessions where session.isHeld {
            for place in session.terminals.indices {
                session.terminals[place].witnessLost(at: boot, wall: wall)
            }
        }
    }

    /// A new terminal was hinted at, or one went away.
    func seek(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        for place in takeUnheard() where sessions[place].isHeld {
            try feed(.input(sessions[place].facts.id, at: boot))
        }
        guard findTerminals(of: session) else { return }
        try feed(.evidence(session.facts.id, try look(session)))
    }

    /// Evidence that nobody asked for, as when a terminal came; at a moment where it hurts.
    func glance(_ session: SimulatedSession) throws(Failure) {
        guard isUp, session.isHeld else { return }
        try checkNothingMissed(session)
        for place in takeUnheard() where sessions[place].isHeld {
            try feed(.input(sessions[place].facts.id, at: boot))
        }
        try feed(.evidence(session.facts.id, try look(session)))
    }

    /// Takes in the terminals that are new and drops those that are gone; true if any is new.
    @discardableResult
    func findTerminals(of session: SimulatedSession) -> Bool {
        var hasGained = false
        for place in session.terminals.indices {
            let terminal = session.terminals[place]
            if !terminal.exists { session.drop(place) }
            guard terminal.exists, !terminal.isUnreadable, terminal.clock == nil else { continue }
            session.terminals[place].find(
                at: boot,
                wall: wall,
                wallAtOpening: session.wallAtOpening
            )
            hasGained = true
            session.undisturbedSince = now
            if wall != session.wallAtOpening { session.latestDoubt = now }
        }
        return hasGained
    }

    /// Reads the evidence of a session now, after a fresh look for its terminals.
    func look(_ session: SimulatedSession) throws(Failure) -> Evidence {
        var last: BootInstant?
        var suspicions: [Suspicion] = []
        var isRhythmKnown = false
        var isUnreadable = false
        if session.hasStepped { session.latestDoubt = now }
        session.hasStepped = false
        findTerminals(of: session)
        for place in session.terminals.indices where session.terminals[place].exists {
            guard !session.terminals[place].isUnreadable else {
                isUnreadable = true
                continue
            }
            suspicions += session.terminals[place].look(sharedReads, at: boot, wall: wall)
            guard let clock = session.terminals[place].clock else { continue }
            try check(clock, session, place)
            session.noteKnown(place)
            last = max(last ?? clock.lastInput, clock.lastInput)
            isRhythmKnown = isRhythmKnown || clock.rhythm.known != nil
        }
        session.hasUnfoundTerminal = false
        machinesFound += suspicions.count
        var evidence = Evidence(
            input: session.input(last),
            hasTerminal: last != nil || isUnreadable,
            suspicions: suspicions
        )
        if isRhythmKnown { evidence.noInputSince = evidence.input }
        if last == nil, isUnreadable || !session.life.isBacked {
            evidence.unmeasurable = isUnreadable ? .unreadable("gone") : .noConnection("a pipe")
            session.wasUnmeasurable = true
            if !session.isBlind { session.undisturbedSince = now }
        }
        return complete(evidence, of: session)
    }

    /// What else there is to tell, and what the connection says of the input.
    private func complete(_ evidence: Evidence, of session: SimulatedSession) -> Evidence {
        var evidence = evidence
        session.life.tell(&evidence, at: boot)
        evidence = session.life.judged(evidence, lastHand: session.lastHand)
        // Beside bytes of a real hand that typed nothing, what is forged passes for their input.
        let most = evidence.noInputSince?.nanoseconds ?? .max
        session.forgedCounted = min(session.life.lastForged, most)
        let former = session.evidence
        let hasFallen = former.map { Self.fell(from: $0, to: evidence) } ?? false
        if hasFallen || evidence.noInputSince != former?.noInputSince
            || evidence.hasTerminal != former?.hasTerminal
        {
            session.undisturbedSince = now
        }
        return evidence
    }

    /// Bytes that counted turned out to be keep-alives.
    private static func fell(from former: Evidence, to evidence: Evidence) -> Bool {
        func isLess(_ one: BootInstant?, than other: BootInstant?) -> Bool {
            guard let other else { return false }
            return one.map { $0 < other } ?? true
        }
        return isLess(evidence.received, than: former.received)
            || isLess(evidence.sent, than: former.sent)
    }
}
