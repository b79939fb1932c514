import LapseControl
import LapseCore
import Testing

@testable import LapseDaemon

@Suite struct EndedSessionsTests {
    private static let now = BootInstant(nanoseconds: 5_000_000_000)
    private static let wall = WallOffset(nanoseconds: 1_000_000_000_000)

    private func note(_ what: Record.What, id: UInt64 = 1, in ended: inout EndedSessions) {
        ended.note(
            Record(what, .sample(id: id, rhost: id == 1 ? "" : "h")),
            session: nil,
            openedUs: 77,
            at: Self.now,
            wall: Self.wall
        )
    }

    @Test func `a session that closed is kept with the moment and the reason`() throws {
        var ended = EndedSessions()
        note(.closed(.logout, duration: .seconds(3)), in: &ended)
        note(.closed(.leaderDied, duration: .zero), id: 2, in: &ended)
        let logout = try #require(ended.info(SessionID(value: 1)))
        #expect(logout.stage == .ended)
        #expect(logout.openedUs == 77 && logout.ageMs == 3000)
        #expect(logout.rhost == nil)
        #expect(
            logout.ended == SessionEnd(atUs: 1_005_000_000, reason: .logout, durationMs: 3000)
        )
        #expect(ended.info(SessionID(value: 2))?.ended?.reason == .leaderDied)
        #expect(ended.info(SessionID(value: 2))?.rhost == "h")
        #expect(ended.info(SessionID(value: 3)) == nil)
    }

    @Test func `a session that was ended says by whom, why and what was spared`() throws {
        var ended = EndedSessions()
        let request = EndRequest(by: UserID(value: 1000), why: "lunch")
        note(.ended(.request(request), idle: .seconds(2), duration: .seconds(9)), in: &ended)
        note(.spared(["tmux[7]"], endIn: nil), in: &ended)
        let info = try #require(ended.info(SessionID(value: 1)))
        #expect(info.idleMs == 2000)
        #expect(info.ended?.reason == .admin)
        #expect(info.ended?.by == "uid 1000")
        #expect(info.ended?.why == "lunch")
        #expect(info.ended?.spared == ["tmux[7]"])
        note(.ended(.idle(limit: .seconds(1)), idle: nil, duration: .zero), id: 2, in: &ended)
        #expect(ended.info(SessionID(value: 2))?.ended?.reason == .idle)
        note(.ended(.lifetime(limit: .seconds(1)), idle: nil, duration: .zero), id: 3, in: &ended)
        #expect(ended.info(SessionID(value: 3))?.ended?.reason == .lifetime)
    }

    @Test func `of two sessions with one id the later is shown`() {
        var ended = EndedSessions()
        note(.closed(.logout, duration: .zero), in: &ended)
        note(.closed(.leaderDied, duration: .zero), in: &ended)
        #expect(ended.info(SessionID(value: 1))?.ended?.reason == .leaderDied)
    }

    @Test func `what is no end changes nothing`() {
        var ended = EndedSessions()
        let idle = EndReason.idle(limit: .seconds(1))
        note(.opened(.reported), in: &ended)
        note(.warned(idle, remaining: .zero, idle: nil), in: &ended)
        note(.kept, in: &ended)
        note(.overdue(idle, idle: nil), in: &ended)
        note(.ending(idle, idle: nil), in: &ended)
        note(.stuck, in: &ended)
        note(.spared(["x"], endIn: nil), in: &ended)
        #expect(ended.all.isEmpty)
        #expect(!ended.contains(SessionID(value: 1)))
    }

    @Test func `the last thousand are kept, the oldest go first`() {
        var ended = EndedSessions()
        let limit = UInt64(EndedSessions.sessionsMax)
        #expect(limit == 1000)
        for id in 1...limit { note(.closed(.logout, duration: .zero), id: id, in: &ended) }
        #expect(ended.all.count == 1000)
        #expect(ended.contains(SessionID(value: 1)))
        note(.closed(.logout, duration: .zero), id: limit + 1, in: &ended)
        #expect(ended.all.count == 1000)
        #expect(!ended.contains(SessionID(value: 1)))
        #expect(ended.contains(SessionID(value: 2)))
        #expect(ended.contains(SessionID(value: limit + 1)))
    }
}

@Suite struct CountersTests {
    @Test func `opened, closed and ended are counted, an ended one is closed too`() {
        var counters = Counters()
        let idle = EndReason.idle(limit: .seconds(1))
        let records: [Record.What] = [
            .opened(.reported), .opened(.adopted), .opened(.reported),
            .closed(.logout, duration: .zero), .closed(.leaderDied, duration: .zero),
            .ended(idle, idle: nil, duration: .zero), .kept, .stuck, .spared([], endIn: nil),
            .warned(idle, remaining: .zero, idle: nil), .ending(idle, idle: nil),
            .overdue(idle, idle: nil),
        ]
        for what in records { counters.count(Record(what, .sample())) }
        #expect(counters.opened == 3)
        #expect(counters.closed == 3)
        #expect(counters.ended == 1)
        #expect(counters.reportsRefused == 0)
    }
}
