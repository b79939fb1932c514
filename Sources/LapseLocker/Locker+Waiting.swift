import CLock

/// The one place where the locker waits: for a key, for the daemon, for a new size of the window.
extension Locker {
    /// How often the window's size is asked for, in milliseconds: no SIGWINCH comes without a
    /// controlling terminal.
    private static let sizeInterval = 250
    /// And when nobody has touched a key for `restAfter`.
    private static let sizeIntervalAtRest = 1_000
    private static let restAfter = 60_000

    /// The next key; nil when the time is over.
    ///
    /// Does not come back if the daemon says to leave, nor once the terminal has hung up.
    func nextKey(until deadline: Moment?) -> Key? {
        while true {
            if let key = decodedKey() { return key }
            if deadline?.remaining == 0 { return nil }
            if !isDrawn { draw() }
            if let key = wait(until: deadline) { return key }
        }
    }

    /// Throws away what is typed until then.
    func swallow(until deadline: Moment) {
        while nextKey(until: deadline) != nil {}
        dropInput()
    }

    func swallowForEver() -> Never {
        while true { _ = nextKey(until: nil) }
    }

    /// Throws away what has been typed so far, except for what tells of the screen.
    ///
    /// Reads rather than flushes, as far as it goes: a flush might take the terminal's answer along,
    /// or half of a sequence, whose other half would count as typed.
    func dropInput() {
        var left = 16
        repeat {
            while decodedKey() != nil {}
            guard !terminal.isGone, left > 0 else { break }
            left -= 1
            readTerminal(hasHungUp: false)
        } while !unread.isEmpty
        wipeInput()
        lock_terminal_flush(terminal.descriptor)
    }

    func wipeInput() {
        unread = 0..<0
        SecretMemory.wipe(memory.input)
    }

    // MARK: - Bytes to keys

    /// Decodes what has been read, up to a key that is for the caller.
    private func decodedKey() -> Key? {
        while let place = unread.first {
            unread = (place + 1)..<unread.upperBound
            let key = decoder.take(memory.input[place])
            if unread.isEmpty { wipeInput() }
            if let key, isForCaller(key) { return key }
        }
        return nil
    }

    private func isForCaller(_ key: Key) -> Bool {
        switch key {
        case .redraw:
            isDrawn = false
            return false
        case .screenMode(let state):
            // The first that is known counts. Somebody who types one gets an ugly screen and nothing
            // else. Values of DECRPM: 1 and 3 set, 2 and 4 reset, 0 for a mode that is not known.
            switch state {
            case 1, 3: learn(.alternate)
            case 2, 4: learn(.main)
            default: break
            }
            return false
        case .attributes:
            // The terminal has passed over the questions before this one, or knows neither mode.
            learn(.unknown)
            return false
        default: return true
        }
    }

    private func learn(_ screen: LockMessage.Screen) {
        guard !hasAnsweredQuery else { return }
        hasAnsweredQuery = true
        self.screen = screen
        daemon.send(.screen(screen))
    }

    private func readTerminal(hasHungUp: Bool) {
        let count = terminal.read(into: memory.input, hasHungUp: hasHungUp)
        guard count > 0 else { return }
        unread = 0..<count
        lastInput = .now
    }

    // MARK: - Events

    private func wait(until deadline: Moment?) -> Key? {
        var entries = (
            pollfd(fd: daemon.descriptor, events: CShort(POLLIN), revents: 0),
            pollfd(fd: terminal.isGone ? -1 : terminal.descriptor, events: events, revents: 0)
        )
        let ready = withUnsafeMutablePointer(to: &entries) { pair in
            // SAFETY: a tuple of two of one type lies in memory as an array of two.
            pair.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, pollTime(deadline)) }
        }
        guard ready > 0 else { return terminal.isGone ? nil : look() }
        if entries.0.revents != 0 { hearDaemon() }
        let state = CInt(entries.1.revents)
        if state & (POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 {
            readTerminal(hasHungUp: state & (POLLHUP | POLLERR | POLLNVAL) != 0)
        } else if state & POLLOUT != 0 {
            isDrawn = false
        }
        return nil
    }

    private var events: CShort { CShort(terminal.isStuck ? POLLIN | POLLOUT : POLLIN) }

    /// Milliseconds; a terminal that has hung up has no size, no keys and no deadlines any more.
    private func pollTime(_ deadline: Moment?) -> CInt {
        guard !terminal.isGone else { return -1 }
        let isAtRest = lastInput.later(by: Self.restAfter).remaining == 0
        var time = isAtRest ? Self.sizeIntervalAtRest : Self.sizeInterval
        if let patience = decoder.patience {
            time = min(time, max(1, lastInput.later(by: patience).remaining))
        }
        if let deadline { time = min(time, max(1, deadline.remaining)) }
        return CInt(time)
    }

    /// Nothing has come for a while.
    private func look() -> Key? {
        if terminal.size != drawnSize { isDrawn = false }
        guard let patience = decoder.patience, lastInput.later(by: patience).remaining == 0
        else { return nil }
        return decoder.pause()
    }

    private func hearDaemon() {
        switch daemon.receive() {
        case .message(.tell(let text), _): warn(text)
        case .message(.leave, _): leave()
        case .message(.close(let text), _): if !isClosed { close(saying: text) }
        case .message(_, let descriptor): if descriptor >= 0 { CLock.close(descriptor) }
        case .nothing: break
        case .end: _exit(ExitStatus.daemonGone)
        }
    }
}
