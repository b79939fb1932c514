import Foundation
import LapseStage
import Testing

/// Many sessions that are locked and unlocked again and again, while the machine has other things to
/// do.
///
/// LAPSE_ROUNDS is how often each of the twenty sessions is locked: 2 in CI, 50 for a thousand.
@Suite(.needsStage) struct LockRoundsTests {
    private static let sessions = 20
    private static let rounds =
        ProcessInfo.processInfo.environment["LAPSE_ROUNDS"].flatMap { Int($0) } ?? 2

    @Test func `twenty sessions locked and unlocked together lose nothing and leave nothing`()
        async throws
    {
        try await onStage(StageOptions(policy: lockPolicy + "hold-max = \"1h\"\n")) { stage in
            try await stage.setPasswords()
            let load = try await stage.run(
                ["sh", "-c", "for i in 1 2; do (while :; do :; done) & done; echo"]
            )
            #expect(load.exit.succeeded)
            let people = try await withThrowingTaskGroup(of: ShellSession.self) { group in
                for _ in 0..<Self.sessions { group.addTask { try await stage.logIn(.alice) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let descriptors = try await stage.daemonDescriptors()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, person) in people.enumerated() {
                    group.addTask { try await play(person, index, on: stage) }
                }
                try await group.waitForAll()
            }
            for person in people { try await person.run("echo here") }
            #expect(stage.log("unlocked").count == Self.sessions * Self.rounds)
            try await stage.expectNothingLeftOfLocks()
            // One for good: what tells that a process was moved out of a lock.
            #expect(try await stage.daemonDescriptors() <= descriptors + 1)
            print(figures(stage))
        }
    }

    /// Half a command is typed before each lock, and the other half after it.
    private func play(_ person: ShellSession, _ index: Int, on stage: Stage) async throws {
        let shown = try await person.run("echo id=$LAPSE_SESSION.")
        let id = String(try #require(shown.split(separator: "id=").last).prefix(8))
        for round in 0..<Self.rounds {
            let mark = person.terminal.mark()
            try person.terminal.type("echo round-\(round)")
            try await wait(for: "Press Enter", on: person, after: mark)
            try person.terminal.type("\r")
            try await wait(for: "Password:", on: person, after: mark)
            try person.terminal.type(password + "\r")
            try await stage.wait(for: "the terminal to be as it was") {
                stage.log("put-back").count { $0.fields["session"] == id } > round
            }
            try person.terminal.type("-of-\(index)\r")
            try await wait(for: "round-\(round)-of-\(index)", on: person, after: mark)
        }
        // Not locked once more while others are not through.
        try await person.run("lapsectl hold 30m --why through")
    }

    private func wait(
        for text: String,
        on person: ShellSession,
        after mark: Transcript.Mark
    ) async throws {
        _ = try await person.terminal.wait(
            for: Phrase([text]),
            after: mark,
            within: .seconds(30)
        )
    }

    /// From the idle limit to the lock, and from the proof to the session as it was.
    private func figures(_ stage: Stage) -> String {
        let late = stage.log("locked").compactMap { $0.seconds("idle").map { $0 - 5 } }
        let took = stage.log("put-back").compactMap { $0.seconds("took") }
        return "locks: \(late.count), due to locked \(percentiles(late));"
            + " proof to usable \(percentiles(took))"
    }

    private func percentiles(_ seconds: [Double]) -> String {
        let sorted = seconds.sorted()
        func at(_ part: Double) -> String {
            guard !sorted.isEmpty else { return "none" }
            let place = min(sorted.count - 1, Int(Double(sorted.count) * part))
            return "\((sorted[place] * 1000).rounded()) ms"
        }
        return "p50 \(at(0.5)), p99 \(at(0.99)), max \(at(1))"
    }
}
