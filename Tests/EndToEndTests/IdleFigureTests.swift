import Glibc
import LapseStage
import Synchronization
import TestRandom
import Testing

/// What `lapsectl list` says of people who type at random, against what is known of their keys.
///
/// LAPSE_TRACES=COUNT plays more or fewer than usual, LAPSE_SEED=N others.
@Suite(.needsStage) struct IdleFigureTests {
    private static let traceCount = number("LAPSE_TRACES") ?? 200
    private static let seed = UInt64(number("LAPSE_SEED") ?? 7)
    private static let typistCount = 20
    private static let wrongMax = 1.0
    /// What ssh, sshd and the shell take to read a key, on a busy machine.
    private static let onItsWay = Duration.seconds(1)
    private static let policy = """
        [defaults]
        idle = "10s"
        lifetime = "never"
        warn = ["3s"]

        """

    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    @Test func `an idle time is within a second of the truth, and nobody who types is ended`()
        async throws
    {
        try await onStage(StageOptions(policy: Self.policy)) { stage in
            var typists: [Typist] = []
            // Each begins at once: a busy machine takes as long as the limit until all are in.
            var playing: [Task<Void, any Error>] = []
            defer { for task in playing { task.cancel() } }
            for number in 0..<Self.typistCount {
                let scene = VerdictScene(on: stage, .pty, address: "127.2.0.\(100 + number)")
                let typist = try await Typist(scene, seed: Self.seed + UInt64(number))
                playing.append(Task { try await typist.play() })
                typists.append(typist)
            }
            let tally = try await watch(typists, on: stage)
            for typist in typists { typist.stop() }
            for task in playing { try await task.value }
            let figures =
                "\(typists.map(\.traces).reduce(0, +)) traces of \(typists.count) sessions: "
                + "\(tally.count) idle times, the worst "
                + "\(rounded(tally.tooEarly)) s too high and \(rounded(tally.tooLate)) s too low"
            print(figures)
            #expect(tally.count > Self.traceCount)
            #expect(max(tally.tooEarly, tally.tooLate) <= Self.wrongMax)
            #expect(stage.log("ending").isEmpty && stage.log("ended").isEmpty)
            // Now they rest: each is ended at its limit, and not before.
            for typist in typists {
                let id = try await typist.scene.session()
                let line = try await stage.nextLog(
                    ["event=ending ", "session=\(id) "],
                    after: .start,
                    within: .seconds(30)
                )
                let idle = (line.at - typist.lastKey).inSeconds
                #expect(idle >= 10 && idle <= 10 + Self.wrongMax, "ended after \(idle) s")
            }
        }
    }

    private struct Tally {
        var count = 0
        /// Seconds by which a figure was above the truth, so that an end would be early.
        var tooEarly = 0.0
        var tooLate = 0.0
    }

    /// Asks for the list until all have played their traces.
    private func watch(_ typists: [Typist], on stage: Stage) async throws -> Tally {
        let traces = (Self.traceCount + typists.count - 1) / typists.count
        var tally = Tally()
        while typists.contains(where: { $0.traces < traces }) {
            let before = ContinuousClock.now
            let keys = typists.map(\.lastKey)
            let list = try await stage.list()
            let after = ContinuousClock.now
            for (typist, key) in zip(typists, keys) {
                let id = try await typist.scene.session()
                let session = try #require(list.first { $0.id == id }, "\(id) is gone")
                // A key that came meanwhile, or is on its way, may be in the figure or not.
                guard key == typist.lastKey, before - key > Self.onItsWay,
                    let idle = session.idleMs
                else { continue }
                let figure = Double(idle) / 1_000
                tally.count += 1
                tally.tooEarly = max(tally.tooEarly, figure - (after - key).inSeconds)
                tally.tooLate = max(tally.tooLate, (before - key).inSeconds - figure)
            }
            try await Task.sleep(for: .milliseconds(150))
        }
        return tally
    }
}

/// Somebody at a shell who types a few keys, rests, and types again.
private final class Typist: Sendable {
    private static let keys = ["a", " ", "\u{7F}", "\r"]

    let scene: VerdictScene
    private let terminal: any Terminal
    private let seed: UInt64
    private let state: Mutex<State>

    private struct State {
        var lastKey: ContinuousClock.Instant
        var traces = 0
        var isOver = false
    }

    init(_ scene: VerdictScene, seed: UInt64) async throws {
        self.scene = scene
        self.seed = seed
        let session = try await scene.logIn()
        terminal = session.terminal
        _ = try await scene.session()
        state = Mutex(State(lastKey: try terminal.type(" ")))
    }

    var lastKey: ContinuousClock.Instant { state.withLock { $0.lastKey } }
    var traces: Int { state.withLock { $0.traces } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Goes on until it is stopped: who has done his part early must not look idle meanwhile.
    func play() async throws {
        var random = SeededRandom(seed: seed)
        while !state.withLock({ $0.isOver }) {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // The moment is known before the list can tell of the key.
                try state.withLock {
                    $0.lastKey = try terminal.type(Self.keys.randomElement(using: &random) ?? " ")
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...600, using: &random)))
            }
            // Some wait for the warning.
            let rest = Int.random(in: 0..<12, using: &random) == 0 ? 8_500 : 2_500
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...rest, using: &random)))
            state.withLock { $0.traces += 1 }
        }
    }
}
