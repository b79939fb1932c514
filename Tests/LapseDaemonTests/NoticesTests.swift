import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

@Suite struct NoticesTests {
    private let session = SessionID(value: 7)
    private let start = BootInstant(nanoseconds: 1_000_000_000_000)
    private let first = Array("\r\nLapse: first\r\n".utf8)
    private let second = Array("\r\nLapse: second\r\n".utf8)

    // #expect cannot call a mutating method, so these two stand between.
    private func post(
        _ bytes: [UInt8],
        to terminal: Terminal,
        at now: BootInstant,
        in notices: inout Notices
    ) -> Bool {
        notices.post(bytes, to: terminal, of: session, at: now)
    }

    private func retry(_ notices: inout Notices, at now: BootInstant) -> [Notices.Waiting] {
        notices.retry(at: now)
    }

    @Test func `a terminal with room shows a notice at once`() throws {
        let pty = PtyPair()
        var notices = Notices()
        #expect(post(first, to: try pty.terminal, at: start, in: &notices))
        #expect(notices.waiting.isEmpty)
        #expect(pty.shown() == "\r\nLapse: first\r\n")
    }

    @Test func `what a busy terminal did not take comes later, whole and in order`() throws {
        let pty = PtyPair()
        try pty.fill()
        var notices = Notices()
        #expect(post(first, to: try pty.terminal, at: start, in: &notices))
        #expect(post(second, to: try pty.terminal, at: start, in: &notices))
        #expect(notices.waiting.count == 2)
        #expect(retry(&notices, at: start + .milliseconds(20)).isEmpty)
        #expect(notices.waiting.count == 2)
        var shown = ""
        for turn in 2..<40 where !notices.waiting.isEmpty {
            shown += pty.shown()
            #expect(retry(&notices, at: start + .milliseconds(20) * turn).isEmpty)
        }
        shown += pty.shown()
        let text = shown.filter { $0 != "x" }
        #expect(text.split(whereSeparator: \.isNewline) == ["Lapse: first", "Lapse: second"])
        #expect(notices.waiting.isEmpty)
    }

    @Test func `a stopped terminal loses its notices after the patience, and others keep theirs`()
        throws
    {
        let stopped = PtyPair()
        let late = PtyPair()
        try stopped.fill()
        try late.fill()
        var notices = Notices()
        #expect(post(first, to: try stopped.terminal, at: start, in: &notices))
        #expect(post(second, to: try late.terminal, at: start + .seconds(1), in: &notices))
        let before = start + Notices.patience - .nanoseconds(1)
        #expect(retry(&notices, at: before).isEmpty)
        let lost = retry(&notices, at: start + Notices.patience)
        #expect(lost.map(\.terminal) == [try stopped.terminal])
        #expect(notices.waiting.map(\.terminal) == [try late.terminal])
    }

    @Test func `a notice for a terminal that is gone is not kept`() throws {
        let gone = try PtyPair().terminal
        var notices = Notices()
        #expect(post(first, to: gone, at: start, in: &notices))
        #expect(notices.waiting.isEmpty)
    }

    @Test func `no more notices wait than the limit`() throws {
        let pty = PtyPair()
        try pty.fill()
        var notices = Notices()
        for _ in 0..<Notices.waitingMax {
            #expect(post(first, to: try pty.terminal, at: start, in: &notices))
        }
        #expect(!post(first, to: try pty.terminal, at: start, in: &notices))
        #expect(notices.waiting.count == Notices.waitingMax)
    }
}

extension PtyPair {
    var terminal: Terminal {
        get throws { try #require(Terminal(path: path)) }
    }

    /// Writes to the node until it takes no more, as a program does whose output nobody reads.
    func fill() throws {
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 512)
        while case .wrote(let count) = try terminal.write(block[...]), count > 0 {}
    }
}
