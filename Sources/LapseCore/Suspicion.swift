/// What looks like activity and was made up to look so.
///
/// It does not count, and it is recorded as a security event.
package enum Suspicion: Hashable, Sendable {
    /// Somebody set the time stamp of a terminal by hand (utimensat(2)): atime and ctime moved
    /// together, which input does not do (tty_update_time, drivers/tty/tty_io.c).
    case stampSet(terminal: String)
    /// A program read input from a terminal, long after the last byte came over the connection:
    /// it was put there on this host (TIOCSTI, ioctl_tty(2)).
    case unbackedInput(terminal: String)
    /// Input came in equal pauses, more often than a hand can do that.
    case rhythm(terminal: String, period: Duration, times: Int)
    /// The connection carries the same few bytes again and again; honest clients do that too.
    case keepAlives(KeepAliveSeen)
    /// A program bears a name of `keep-while` and lies where the user may have put it.
    case masquerade(executable: String, pid: Int32)

    /// The kinds, by their names in the log.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case stampSet = "stamp-set"
        case unbackedInput = "unbacked-input"
        case rhythm
        case keepAlives = "keep-alives"
        case masquerade
    }

    package var kind: Kind {
        switch self {
        case .stampSet: .stampSet
        case .unbackedInput: .unbackedInput
        case .rhythm: .rhythm
        case .keepAlives: .keepAlives
        case .masquerade: .masquerade
        }
    }
}

/// A keep-alive as it is told to people.
package struct KeepAliveSeen: Hashable, Sendable {
    package let period: Duration
    /// Bytes from the client and to it, each time.
    package let received: Int
    package let sent: Int

    package init(period: Duration, received: Int, sent: Int) {
        self.period = period
        self.received = received
        self.sent = sent
    }
}
