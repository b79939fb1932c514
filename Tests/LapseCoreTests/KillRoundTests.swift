import LapsePolicy
import Testing

@testable import LapseCore

/// What follows a ladder whose last SIGKILL found somebody.
@Suite struct KillRoundTests {
    /// Asked to end at 1 s, its leader gone at 2 s, SIGKILL sent at 8.3 s and taken by one.
    private func killed(_ detached: DetachedAction = .spare) -> OneSession {
        var one = OneSession(detached: detached)
        _ = one.requestEnd(at: 1)
        _ = one.reached(1, at: 1)
        _ = one.deadline(at: 1.3)
        _ = one.reached(1, at: 1.3)
        _ = one.leaderExits(at: 2)
        _ = one.deadline(at: 3.3)
        _ = one.reached(1, at: 3.3)
        #expect(one.deadline(at: 8.3) == [Self.kill(sparing: detached != .end)])
        _ = one.reached(1, attached: ["sh[7]"], at: 8.3)
        return one
    }

    private static func kill(sparing: Bool) -> Effect {
        let order = SignalOrder(signal: .kill, to: .processesAndRelay, sparesDetached: sparing)
        return .signal(OneSession.id, order)
    }

    @Test func `it is sent once more, and when nobody is there the session is over`() {
        var one = killed()
        #expect(one.deadline(at: 10.2) == [])
        #expect(one.deadline(at: 10.3) == [Self.kill(sparing: true)])
        #expect(one.reached(0, at: 10.3) == [.retire(OneSession.id)])
        #expect(one.engine.nextDeadline == nil)
    }

    @Test func `what is born again is killed each second, ten times, then named and let go`() {
        var one = killed(.end)
        for round in 0..<Ending.killRoundsMax {
            let at = 10.3 + Double(round)
            #expect(one.deadline(at: at) == [Self.kill(sparing: false)])
            #expect(one.reached(2, attached: ["a[\(round)]"], at: at, detached: ["b[1]"]) == [])
        }
        let last = 10.3 + Double(Ending.killRoundsMax)
        #expect(
            one.deadline(at: last) == [
                OneSession.record(.swept(["b[1]"])),
                OneSession.record(.left(["a[\(Ending.killRoundsMax - 1)]", "b[1]"])),
                .retire(OneSession.id),
            ]
        )
        #expect(one.engine.sessions.isEmpty)
    }

    @Test func `what is spared meanwhile is named too`() {
        var one = killed()
        _ = one.deadline(at: 10.3)
        #expect(
            one.reached(0, at: 10.3, spared: ["tmux[9]"]) == [
                OneSession.record(.spared(["tmux[9]"], endIn: nil)), .retire(OneSession.id),
            ]
        )
    }

    @Test func `a ladder without SIGKILL asks nobody more than it says`() {
        var one = OneSession(end: [
            EndStep(signal: .terminate, target: .leader, allowed: .zero),
            EndStep(signal: .terminate, target: .processes, allowed: .seconds(1)),
        ])
        _ = one.requestEnd(at: 1)
        _ = one.leaderExits(at: 1)
        _ = one.deadline(at: 1)
        _ = one.reached(1, at: 1)
        #expect(one.deadline(at: 2) == [.retire(OneSession.id)])
    }
}
