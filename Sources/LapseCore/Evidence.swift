/// What was read of a session's activity at one moment.
///
/// It says what was seen, never what follows: what counts is the policy's word, and the engine's to
/// apply. Each moment is the latest at which the thing may have happened, nil if it was never seen
/// to happen. A moment that is left out of one look takes back nothing that an earlier look told, but
/// for `meterBegan`.
package struct Evidence: Equatable, Sendable {
    /// Input was last read, over all terminals of the session.
    package var input: BootInstant?
    /// The last bytes from the client beyond keep-alives.
    package var received: BootInstant?
    /// The last bytes to the client beyond keep-alives.
    package var sent: BootInstant?
    /// When the meter began that tells of these bytes; nil if nothing was measured.
    ///
    /// What it tells is all that it knows of them since then, nil for none, so it takes back what
    /// it told before and what turned out to be keep-alives. What another one told stays.
    package var meterBegan: BootInstant?
    /// A program last wrote to one of the terminals.
    package var output: BootInstant?
    /// A foreground job beyond the shell was last seen at work.
    package var work: Work?
    /// Whether the session has a terminal; if not, its bytes stand for its input.
    package var hasTerminal: Bool
    /// Why nobody can say when a hand was last there; nil if that can be said.
    package var unmeasurable: Unmeasurable?
    /// Something may happen without a hand on the keyboard, so the session has to be looked at
    /// between its deadlines: work and traffic show only between two looks.
    package var mayActAlone: Bool
    /// Half of what may be a keep-alive came a moment ago, and does not count: a look a little later
    /// tells whether it was one.
    package var isUndecided: Bool
    /// What was counted as input after this moment was none: it came in a rhythm, or was put
    /// there on this host.
    ///
    /// It is the last moment of real input, that of terminals which are gone by now included.
    package var noInputSince: BootInstant?
    /// What looked like activity and was made up to look so.
    package var suspicions: [Suspicion]

    package init(
        input: BootInstant? = nil,
        received: BootInstant? = nil,
        sent: BootInstant? = nil,
        meterBegan: BootInstant? = nil,
        output: BootInstant? = nil,
        work: Work? = nil,
        hasTerminal: Bool = false,
        unmeasurable: Unmeasurable? = nil,
        mayActAlone: Bool = false,
        isUndecided: Bool = false,
        noInputSince: BootInstant? = nil,
        suspicions: [Suspicion] = []
    ) {
        self.input = input
        self.received = received
        self.sent = sent
        self.meterBegan = meterBegan
        self.output = output
        self.work = work
        self.hasTerminal = hasTerminal
        self.unmeasurable = unmeasurable
        self.mayActAlone = mayActAlone
        self.isUndecided = isUndecided
        self.noInputSince = noInputSince
        self.suspicions = suspicions
    }

    /// A job at work.
    package struct Work: Equatable, Sendable {
        package var at: BootInstant
        /// The job for people, as "make[123]"; kept as it was found, so who shows it escapes it.
        package var what: String

        package init(at: BootInstant, what: String) {
            self.at = at
            self.what = what
        }
    }

    /// Of a session with a terminal whose input is known, and nothing else.
    package static func measured(lastInput: BootInstant) -> Evidence {
        Evidence(input: lastInput, hasTerminal: true)
    }

    /// Of a session that tells nothing.
    package static func unmeasurable(_ reason: Unmeasurable) -> Evidence {
        if case .unreadable = reason {
            return Evidence(hasTerminal: true, unmeasurable: reason)
        }
        return Evidence(unmeasurable: reason)
    }
}

/// Why nobody can say whether a session is idle.
///
/// It is shown, never taken for "active".
package enum Unmeasurable: Equatable, Sendable {
    /// The session has no terminal (sftp, a command, forwarding) and no connection of its own.
    case noTerminal
    /// A terminal is there but cannot be read; the text says why.
    case unreadable(String)
    /// There is no terminal, and the connection cannot be measured; the text says why.
    case noConnection(String)
}

// MARK: - What the connection says of input

extension Evidence {
    /// How long after a byte came over the connection a program may be seen to read it as input.
    ///
    /// sshd decrypts it and writes it to the terminal, which takes milliseconds; the rest is for a
    /// machine under load. The connection's own figure is in milliseconds (tcp(7), TCP_INFO).
    package static let backingSlack: Duration = .seconds(1)

    /// Whether input was read that no byte of the connection, whose last came at `last`, was for.
    package func hasInput(unbackedBy last: BootInstant) -> Bool {
        input.map { $0 > last + Self.backingSlack } ?? false
    }

    /// The same of a session whose keys all come over one connection, its last byte at `last`.
    ///
    /// What is read later than that was typed ahead, or was put there on this host (ioctl_tty(2),
    /// TIOCSTI): no hand was there after the last byte.
    package func bounded(byLastByte last: BootInstant) -> Evidence {
        guard hasInput(unbackedBy: last) else { return self }
        var bounded = self
        bounded.input = last
        bounded.noInputSince = min(noInputSince ?? last, last)
        return bounded
    }
}
