import LapseCore
import LapseLinux

/// Notices on their way to terminals.
///
/// A write that does not wait takes nothing while another process is writing to the same terminal,
/// as a shell does at the very moment its user comes back. So what was not taken is tried again,
/// in order, for `patience`; after that the terminal is stopped or stuck, and old words would only
/// mislead.
struct Notices {
    /// A notice that a terminal has not taken whole.
    struct Waiting: Equatable {
        let session: SessionID
        let terminal: Terminal
        fileprivate(set) var rest: ArraySlice<UInt8>
        fileprivate let giveUpAt: BootInstant
    }

    static let patience: Duration = .seconds(1)
    /// Far below the 200 ms within which a user is told that his key was heard.
    static let retryAfter: Duration = .milliseconds(20)
    /// Notices that wait at once; some hundred bytes each.
    static let waitingMax = 4096

    /// A notice that no terminal shows.
    struct Lost: Equatable {
        let session: SessionID
        let terminal: Terminal
        let why: Why

        enum Why: Equatable {
            /// The terminal took no output for `patience`.
            case stopped
            /// The system refuses to write to it.
            case refused(SystemError)
            /// `waitingMax` notices wait already.
            case tooMany
        }
    }

    private(set) var waiting: [Waiting] = []
    private var lost: [Lost] = []

    /// Writes a notice to a terminal, after those that still wait for it.
    mutating func post(
        _ bytes: [UInt8],
        to terminal: Terminal,
        of session: SessionID,
        at now: BootInstant
    ) {
        var notice = Waiting(
            session: session,
            terminal: terminal,
            rest: bytes[...],
            giveUpAt: now + Self.patience
        )
        let isFirst = !waiting.contains { $0.terminal == terminal }
        if isFirst, isDone(&notice) { return }
        guard waiting.count < Self.waitingMax else { return lose(notice, .tooMany) }
        waiting.append(notice)
    }

    /// Tries once more what waits.
    mutating func retry(at now: BootInstant) {
        var blocked: Set<Terminal> = []
        var still: [Waiting] = []
        for var notice in waiting {
            if !blocked.contains(notice.terminal), isDone(&notice) { continue }
            guard now < notice.giveUpAt else {
                lose(notice, .stopped)
                continue
            }
            blocked.insert(notice.terminal)
            still.append(notice)
        }
        waiting = still
    }

    /// Takes the losses that were not told yet.
    mutating func takeLost() -> [Lost] {
        defer { lost = [] }
        return lost
    }

    /// Writes what is left; true if nothing more is to be written.
    private mutating func isDone(_ notice: inout Waiting) -> Bool {
        switch notice.terminal.write(notice.rest) {
        case .wrote(let count):
            notice.rest = notice.rest.dropFirst(count)
            return notice.rest.isEmpty
        case .gone:
            return true
        case .refused(let error):
            lose(notice, .refused(error))
            return true
        }
    }

    private mutating func lose(_ notice: Waiting, _ why: Lost.Why) {
        lost.append(Lost(session: notice.session, terminal: notice.terminal, why: why))
    }
}
