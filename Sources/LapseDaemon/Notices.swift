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

    private(set) var waiting: [Waiting] = []

    /// Writes a notice to a terminal, after those that still wait for it.
    ///
    /// - Returns: False if there is no room for another one that waits.
    mutating func post(
        _ bytes: [UInt8],
        to terminal: Terminal,
        of session: SessionID,
        at now: BootInstant
    ) -> Bool {
        var notice = Waiting(
            session: session,
            terminal: terminal,
            rest: bytes[...],
            giveUpAt: now + Self.patience
        )
        let isFirst = !waiting.contains { $0.terminal == terminal }
        if isFirst, Self.isDone(&notice) { return true }
        guard waiting.count < Self.waitingMax else { return false }
        waiting.append(notice)
        return true
    }

    /// Tries once more what waits.
    ///
    /// - Returns: What is given up.
    mutating func retry(at now: BootInstant) -> [Waiting] {
        var givenUp: [Waiting] = []
        var blocked: Set<Terminal> = []
        waiting = waiting.compactMap { notice in
            var notice = notice
            if !blocked.contains(notice.terminal), Self.isDone(&notice) { return nil }
            guard now < notice.giveUpAt else {
                givenUp.append(notice)
                return nil
            }
            blocked.insert(notice.terminal)
            return notice
        }
        return givenUp
    }

    /// Writes what is left; true if nothing more is to be written.
    private static func isDone(_ notice: inout Waiting) -> Bool {
        switch notice.terminal.write(notice.rest) {
        case .wrote(let count):
            notice.rest = notice.rest.dropFirst(count)
            return notice.rest.isEmpty
        case .gone:
            return true
        }
    }
}
