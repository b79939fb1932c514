import LapseLockWire
import LinuxFixture
import LockFixture
import Testing

/// One terminal at a time: others' processor time would be taken for the locker's silence.
@Suite(
    .serialized,
    .enabled(if: Host.rootObstacle == nil, Comment(rawValue: Host.rootObstacle ?? "")),
    .timeLimit(.minutes(5))
) struct LapseLockTests {}

extension LockedTerminal {
    static let passwordPrompt = "Password: "
    static let enterPrompt = "Press Enter to unlock."

    /// Presses Enter and waits to be asked.
    func begin(_ prompt: String = passwordPrompt) {
        #expect(waitAsked(Self.enterPrompt))
        type("\r")
        #expect(waitAsked(prompt), "\(screen.text)")
    }

    /// Unlocks as the user would, and says farewell as the daemon would.
    func expectRightPasswordUnlocks(_ what: String = "") {
        type(Self.password + "\r")
        #expect(wait(for: .verified), "\(what) \(screen.text)")
        expectLeaves(what)
    }

    func expectLeaves(_ what: String = "") {
        send(.leave)
        #expect(wait(for: .left), "\(what)")
        #expect(status() == 0, "\(what)")
        #expect(screen.faults == [], "\(what)")
    }
}
