import LapseCore

/// What may have a new terminal, and when to look.
///
/// sshd makes a pty, gives it to the user, forks, and the child takes it as its terminal;
/// login(1) gives its terminal to the user only after it has opened the PAM session: milliseconds
/// apart, more on a busy machine. What is found later than the last look is found at the session's
/// next deadline.
struct TerminalSearch {
    /// Where a terminal may have come.
    enum Place: Hashable {
        /// A session that just opened.
        case session(SessionID)
        /// A new node in /dev/pts; whose, its owner says.
        case node(path: String)
    }

    /// After the first sign.
    static let looks: [Duration] = [
        .zero, .milliseconds(250), .seconds(1), .seconds(4),
    ]
    /// Looks are gathered into such steps, so that a user who makes ptys in a row costs twenty
    /// looks at his sessions a second and no more.
    static let step: Duration = .milliseconds(50)
    /// Places that are searched at once.
    static let placesMax = 10_000

    private var begun: [Place: (at: BootInstant, looks: Int)] = [:]
    private(set) var next: BootInstant?

    /// A terminal may come at this place.
    mutating func add(_ place: Place, at now: BootInstant) {
        guard begun.count < Self.placesMax else { return }
        let step = Self.step.wholeNanoseconds
        let start = now - .nanoseconds(now.nanoseconds % step)
        begun[place] = (start + Self.step, 0)
        let first = start + Self.step + Self.looks[0]
        next = min(next ?? first, first)
    }

    /// The places whose next look is due.
    mutating func takeDue(at now: BootInstant) -> [Place] {
        guard let due = next, due <= now else { return [] }
        var taken: [Place] = []
        next = nil
        for (place, search) in begun {
            let passed = Self.looks.count { search.at + $0 <= now }
            if passed > search.looks { taken.append(place) }
            guard passed < Self.looks.count else {
                begun[place] = nil
                continue
            }
            begun[place]?.looks = passed
            let nextLook = search.at + Self.looks[passed]
            next = min(next ?? nextLook, nextLook)
        }
        return taken
    }
}
