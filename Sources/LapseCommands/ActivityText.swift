import LapseControl
import LapseText

/// Activity of a session in words.
extension ActivityInfo {
    /// For example "work of make[123], 5s ago; counts until 2026-03-01 14:02:00 +0000 at most
    /// (work-max)"; safe for a terminal.
    func text(zone: WallTimeText.Zone) -> String {
        let ago = "\(name), \(DurationText.text(milliseconds: agoMs)) ago"
        let until = untilUs.map { WallTimeText.text(microseconds: $0, zone: zone) } ?? "?"
        return switch worth {
        case .counts: ago
        case .limited: "\(ago); counts until \(until) at most (work-max)"
        case .over: "\(ago); has counted until \(until) (work-max)"
        case .ignored: "\(ago); does not count (activity)"
        }
    }

    /// What was seen, and of which job.
    var name: String {
        switch doing {
        case .opening: "opening"
        case .input: "input"
        case .received: "bytes from the client"
        case .sent: "bytes to the client"
        case .output: "output"
        case .work: what.map { "work of \(PlainText.escaped($0))" } ?? "work"
        case .word: "a user's word"
        case .former: "activity before the daemon was started"
        }
    }
}
