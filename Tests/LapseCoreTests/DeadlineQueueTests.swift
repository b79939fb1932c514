import LapsePolicy
import Testing

@testable import LapseCore

@Suite struct DeadlineQueueTests {
    private let one = SessionID(value: 1)
    private let other = SessionID(value: 2)

    private func at(_ seconds: Int64) -> BootInstant {
        BootInstant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test func `nobody wakes up for a deadline that was moved or taken away`() {
        var queue = DeadlineQueue()
        queue.set(one, at: at(1))
        queue.set(other, at: at(5))
        queue.set(one, at: at(9))
        #expect(queue.next == at(5))
        queue.set(other, at: nil)
        #expect(queue.next == at(9))
        queue.set(one, at: nil)
        #expect(queue.next == nil)
        #expect(queue.entryCount == 0)
    }

    @Test func `an earlier deadline stands where a later one would do`() {
        var queue = DeadlineQueue()
        queue.set(one, at: at(4))
        queue.setAtLatest(one, at: at(8))
        #expect(queue.next == at(4))
        queue.setAtLatest(one, at: at(2))
        #expect(queue.next == at(2))
        queue.setAtLatest(one, at: nil)
        #expect(queue.next == nil)
    }

    @Test func `what is due is taken once each, in the order of its moments`() {
        var queue = DeadlineQueue()
        queue.set(one, at: at(3))
        queue.set(other, at: at(1))
        // There and back again leaves two entries of the same moment.
        queue.set(one, at: at(2))
        queue.set(one, at: at(3))
        #expect(queue.takeDue(at: at(0)).isEmpty)
        #expect(queue.takeDue(at: at(3)) == [other, one])
        #expect(queue.entryCount == 0)
    }

    @Test func `entries that do not count never outnumber the others by more than the slack`() {
        var queue = DeadlineQueue()
        queue.set(other, at: at(0))
        for second in 1...10_000 {
            queue.set(one, at: at(1 + Int64(second)))
            #expect(queue.entryCount <= DeadlineQueue.entriesMax(sessions: 2))
        }
        #expect(queue.takeDue(at: at(20_000)) == [other, one])
    }

    @Test func `a session that is gone leaves no deadline behind`() {
        var session = OneSession(lifetime: .after(.seconds(43_200)))
        _ = session.engine.handle(.closeReported(OneSession.id), at: OneSession.at(1))
        #expect(session.engine.nextDeadline == nil)
        #expect(session.engine.deadlines.entryCount == 0)
    }

    @Test func `terminals that come and go pile up no deadlines`() {
        var session = OneSession(idle: .after(.seconds(43_200)))
        for second in 1...1_000 {
            _ = session.unmeasurable(at: Double(second))
            _ = session.measured(0, at: Double(second))
        }
        #expect(session.engine.deadlines.entryCount <= DeadlineQueue.entriesMax(sessions: 1))
        #expect(session.engine.nextDeadline == OneSession.at(43_200))
    }

    @Test func `a look that was answered leaves no wake-up behind`() {
        var session = OneSession(warn: [.seconds(5)])
        #expect(session.deadline(at: 15) == [.look(OneSession.id)])
        // Until it is answered, it is asked again after a second.
        #expect(session.engine.nextDeadline == OneSession.at(16))
        _ = session.measured(0, at: 15)
        #expect(session.engine.nextDeadline == OneSession.at(20))
    }

    @Test(arguments: [Mode.observe, .enforce])
    func `a limit that was only recorded is looked at again at its pace, not at once`(mode: Mode) {
        var session = OneSession(onIdle: .report, mode: mode)
        _ = session.deadline(at: 20)
        #expect(session.measured(0, at: 20).count == 1)
        for second in stride(from: 50.0, through: 500, by: 30) {
            #expect(session.engine.nextDeadline == OneSession.at(second))
            #expect(session.deadline(at: second) == [.look(OneSession.id)])
            #expect(session.measured(0, at: second).isEmpty)
        }
        // Input begins a new count.
        _ = session.measured(505, at: 505)
        #expect(session.engine.nextDeadline == OneSession.at(525))
    }
}
