import LapseCore

/// What the terminals of a session tell of its use at one moment.
struct TerminalReading: Equatable {
    /// The latest moment at which a hand may have typed, over all terminals, those included that are
    /// gone; nil if none is left.
    var input: BootInstant?
    /// The same of those that are gone; nil if there are none.
    ///
    /// The last key of a terminal that closes may be told when none is left.
    var goneInput: BootInstant?
    /// The latest moment at which a program may have written to one of them.
    var output: BootInstant?
    /// Input that was told as such since this moment is taken back: it came in a rhythm.
    ///
    /// It is `input`, said anew because it may be earlier than what was told before.
    var noInputSince: BootInstant?
    /// What looked like input since the last look and was none.
    var suspicions: [Suspicion] = []
    var hasTerminal = false
    /// The terminal that `input` is of.
    var place: String?
    /// What was typed on one of them waits to be read.
    var hasWaiting = false
    /// Why nobody can tell; nil if the figures are good.
    var unmeasurable: Unmeasurable?
    /// Whether this kernel shows reads through /dev/tty on the terminal behind it.
    ///
    /// Where it does not, `input` knows nothing of them: a user under sudo (use_pty) looks idle.
    var readsAreStamped = true
    /// The last read through /dev/tty on the whole host, whoever's; nil if there was none.
    var lastSharedRead: BootInstant?
}
