import LapseStage

/// What was expected of one cell, and what was seen.
struct VerdictOutcome: Sendable {
    let row: String
    let column: VerdictColumn
    let expected: String
    let seen: String
    /// What is wrong, as a sentence; nil where it is as the page says.
    let complaint: String?
    let trial: Trial

    /// It failed, and not by an end that was early.
    var mayBeNoise: Bool {
        guard trial == .done || trial == .failed, let complaint else { return false }
        return !complaint.contains(Self.early)
    }

    func isSameCell(as other: VerdictOutcome) -> Bool {
        row == other.row && column == other.column
    }

    private static let early = "too early"

    /// Whether the thing was done.
    enum Trial: Equatable, Sendable {
        case done
        /// Something went wrong before there was a verdict.
        case failed
        /// A part is missing on this machine.
        case missing
        /// It cannot be done with this kernel, and so needs no verdict here.
        case impossible
    }

    /// A cell that was not tried.
    static func untried(_ row: VerdictRow, _ cell: VerdictCell, _ error: any Error)
        -> VerdictOutcome
    {
        let trial: Trial =
            switch error {
            case StageError.unsuitable: .missing
            case is VerdictImpossible: .impossible
            default: .failed
            }
        return VerdictOutcome(
            row: row.name,
            column: cell.column,
            expected: cell.verdict.word,
            seen: "NOT TRIED",
            complaint: "\(error)",
            trial: trial
        )
    }

    /// Judges what was seen.
    init(
        _ row: VerdictRow,
        _ cell: VerdictCell,
        _ act: VerdictAct,
        _ seen: VerdictSeen,
        suspicions: [String]
    ) {
        self.row = row.name
        column = cell.column
        expected = cell.verdict.word
        self.seen = Self.text(seen, act)
        let kindComplaint = row.suspicion.flatMap { kind in
            suspicions.contains(kind)
                ? nil : "the log has no suspicion of kind \(kind), but \(suspicions)"
        }
        complaint = Self.complaint(row, cell.verdict, act, seen) ?? kindComplaint
        trial = .done
    }

    private init(
        row: String,
        column: VerdictColumn,
        expected: String,
        seen: String,
        complaint: String?,
        trial: Trial
    ) {
        self.row = row
        self.column = column
        self.expected = expected
        self.seen = seen
        self.complaint = complaint
        self.trial = trial
    }

    /// The same with a further complaint, if there was none.
    func adding(_ other: String?) -> VerdictOutcome {
        VerdictOutcome(
            row: row,
            column: column,
            expected: expected,
            seen: seen,
            complaint: complaint ?? other,
            trial: trial
        )
    }

    private static func complaint(
        _ row: VerdictRow,
        _ verdict: Verdict,
        _ act: VerdictAct,
        _ seen: VerdictSeen
    ) -> String? {
        switch (verdict, seen) {
        case (.active(let words), .active(let why)):
            let names = words.map(\.rawValue).sorted()
            guard Set(names).isDisjoint(with: why) else { return nil }
            let missing = names.joined(separator: " or ")
            return "`lapsectl why` does not name \(missing), but \(why)"
        case (.idle, .idle(let ending, let warned, let limit)):
            // The thing was done between two moments: neither may speak against the end.
            let early = (act.notBefore + row.goesOnFor + row.limit) - ending
            let late = ending - (act.notAfter + row.goesOnFor + row.limit)
            if limit != row.limit.inSeconds { return "the limit was \(limit ?? 0) s" }
            if early > .zero { return "ended \(rounded(early.inSeconds)) s \(Self.early)" }
            if late > row.lateMax { return "ended \(rounded(late.inSeconds)) s late" }
            return warned ? nil : "ended without a warning"
        case (.over, .over("logout")):
            return nil
        default:
            return "it was not to come to that"
        }
    }

    /// What was seen; times count from the last thing that was done for certain.
    private static func text(_ seen: VerdictSeen, _ act: VerdictAct) -> String {
        let after = { (moment: ContinuousClock.Instant) in
            "after \(rounded((moment - act.notAfter).inSeconds)) s"
        }
        return switch seen {
        case .active: "active"
        case .idle(let ending, _, _): "idle, ended \(after(ending))"
        case .warned(let moment): "idle, warned \(after(moment))"
        case .outlived(let moment, let why): "active by \(why), not ended \(after(moment))"
        case .over(let reason): "over: \(reason)"
        case .ended(let line): "ended: \(line)"
        }
    }
}

/// What a row does cannot be done with this kernel; the sentence says why.
struct VerdictImpossible: Error, CustomStringConvertible {
    let description: String
}
