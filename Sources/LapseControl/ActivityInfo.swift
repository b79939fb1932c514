/// What a session was last seen to do, of one kind; `Activity` in the interface description.
package struct ActivityInfo: Codable, Equatable, Sendable {
    /// The kinds; `Doing` in the interface description.
    package enum Doing: String, Codable, CaseIterable, Sendable {
        /// The session was opened.
        case opening
        /// A hand was on the keyboard.
        case input
        /// Bytes came from the client.
        case received
        /// Bytes went to the client.
        case sent
        /// A program wrote to a terminal.
        case output
        /// A job was at work in the foreground.
        case work
        /// Somebody said that the session is in use.
        case word
        /// What counted before the daemon was started anew, and was no hand.
        case former
    }

    /// What the policy makes of it; `Worth` in the interface description.
    package enum Worth: String, Codable, CaseIterable, Sendable {
        /// It keeps the session from its idle limit.
        case counts
        /// It does until `untilUs`, which is `work-max` after the last hand.
        case limited
        /// It did until `untilUs`, which is over.
        case over
        /// The policy does not count it.
        case ignored
    }

    /// The kind.
    package var doing: Doing
    /// The job that was at work, as "make[123]"; nil for the other kinds.
    package var what: String?
    /// Time since then in milliseconds on CLOCK_BOOTTIME.
    package var agoMs: Int64
    /// What the policy makes of it.
    package var worth: Worth
    /// Until when it counts, in microseconds on CLOCK_REALTIME; nil where nothing limits it.
    package var untilUs: Int64?

    package init(
        doing: Doing,
        what: String? = nil,
        agoMs: Int64,
        worth: Worth = .counts,
        untilUs: Int64? = nil
    ) {
        self.doing = doing
        self.what = what
        self.agoMs = agoMs
        self.worth = worth
        self.untilUs = untilUs
    }
}
