/// What Lapse is to make of a session, as a cell of lapse-activity(7) says.
enum Verdict: Hashable, Sendable {
    /// It stays, and `lapsectl why` names one of these kinds of activity.
    case active(Set<ActivityWord>)
    /// It is warned and ended for idleness, on time.
    case idle
    /// It is closed at once, by nobody's order: the login itself is over.
    case over

    static func active(_ kind: ActivityWord) -> Verdict { .active([kind]) }

    /// The word in the manual page.
    var word: String {
        switch self {
        case .active: "active"
        case .idle: "idle"
        case .over: "over"
        }
    }
}

/// A kind of activity, by its name on the control socket.
enum ActivityWord: String, Sendable {
    case input
    case work
    case output
    case received
    case sent
    /// A word of the user.
    case word
    /// A hold; it is no activity, and keeps the session all the same.
    case held
}

/// A column of the table: what a session hangs on.
enum VerdictColumn: String, CaseIterable, Sendable {
    /// ssh with a pseudo-terminal.
    case pty
    /// login(1) on a virtual terminal or a serial line.
    case console
    /// ssh without a terminal.
    case noTerminal = "no-tty"
}

/// What a session is to come to in one column.
struct VerdictCell: Sendable {
    let column: VerdictColumn
    let verdict: Verdict
    /// Why, for people.
    let because: String

    var isActive: Bool {
        if case .active = verdict { true } else { false }
    }

    /// The cell as it stands in the manual page.
    var text: String { "\(verdict.word): \(because)" }
}

/// The cells of one row, built up column by column.
struct VerdictCells: Sendable {
    private(set) var list: [VerdictCell] = []

    /// The same on a pseudo-terminal and on a console.
    static func terminals(_ verdict: Verdict, _ because: String) -> VerdictCells {
        pty(verdict, because).console(verdict, because)
    }

    static func pty(_ verdict: Verdict, _ because: String) -> VerdictCells {
        VerdictCells(list: [VerdictCell(column: .pty, verdict: verdict, because: because)])
    }

    static func console(_ verdict: Verdict, _ because: String) -> VerdictCells {
        VerdictCells().console(verdict, because)
    }

    static func noTerminal(_ verdict: Verdict, _ because: String) -> VerdictCells {
        VerdictCells().noTerminal(verdict, because)
    }

    func console(_ verdict: Verdict, _ because: String) -> VerdictCells {
        adding(VerdictCell(column: .console, verdict: verdict, because: because))
    }

    func noTerminal(_ verdict: Verdict, _ because: String) -> VerdictCells {
        adding(VerdictCell(column: .noTerminal, verdict: verdict, because: because))
    }

    private func adding(_ cell: VerdictCell) -> VerdictCells { VerdictCells(list: list + [cell]) }
}
