// What a look at a session costs a real lapsed: its terminals, its connection and its jobs, of real
// sshd sessions. `make bench`, or `swift run -c release look-bench` as root after `make build`; two
// minutes. Exit status 1 if a look costs more than was promised.
//
// The figure is the processor time of the whole daemon, its timers and its log included, divided by
// the looks that it counted (`lapsectl status`).
import Glibc
import LapseStage

/// Sessions that do the same thing.
struct Scene {
    let name: String
    /// A rule's settings for them.
    let settings: String
    /// Nil for a shell at a terminal in which `cat` runs.
    let command: [String]?
    /// Microseconds that were promised.
    let most: Double
}

let sessions = 30
let watched = Duration.seconds(20)
// Nothing is ended, and each session is looked at once a second: a tenth of the limit.
let common = """
    [defaults]
    idle = "10s"
    warn = []
    on-idle = "report"
    lifetime = "never"

    """
let scenes = [
    Scene(
        name: "a terminal and a connection",
        settings: "activity = [\"input\", \"output\"]",
        command: nil,
        most: 60
    ),
    Scene(
        name: "a terminal, a connection and a job",
        settings: "activity = [\"input\", \"work\"]",
        command: nil,
        most: 90
    ),
    Scene(
        name: "a connection without a terminal",
        settings: "activity = [\"input\", \"network\"]",
        command: ["cat"],
        most: 60
    ),
]

/// What a process has had of the processor since it began, in nanoseconds (proc(5), schedstat).
func processorTime(of pid: Int32) -> Double {
    guard let file = fopen("/proc/\(pid)/schedstat", "r") else { fatalError("\(pid) is gone.") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    // SAFETY: the true size of the buffer is given.
    guard fgets(&line, Int32(line.count), file) != nil else { fatalError("\(pid) is gone.") }
    return strtod(line, nil)
}

func play(_ scene: Scene) async throws(StageError) -> Bool {
    let stage = try await Stage.start(StageOptions(policy: common + scene.settings + "\n"))
    var clients: [TerminalProgram] = []
    for _ in 0..<sessions {
        if let command = scene.command {
            clients.append(try stage.ssh(.alice, options: ["-T"], command: command))
        } else {
            try await stage.logIn(.alice).terminal.type("cat\r")
        }
    }
    try await stage.waitForSessions(
        of: [StageUser](repeating: .alice, count: sessions),
        within: .seconds(30)
    )
    guard let daemon = try stage.residents(titled: "lapsed").first else {
        throw .garbled("no lapsed runs on the stage")
    }
    try? await Task.sleep(for: .seconds(12))
    let (before, looks) = (processorTime(of: daemon.hostPid), try await stage.looks())
    try? await Task.sleep(for: watched)
    let (after, more) = (processorTime(of: daemon.hostPid), try await stage.looks())
    withExtendedLifetime(clients) {}
    try await stage.stop()
    guard more > looks + sessions else { throw .garbled("\(more - looks) looks in \(watched)") }
    let cost = (after - before) / Double(more - looks) / 1_000
    let verdict = cost > scene.most ? "TOO SLOW" : "ok"
    let shown = (cost * 10).rounded() / 10
    let figure = "\(shown) us of \(more - looks) looks, at most \(scene.most) us"
    print("\(scene.name): \(figure): \(verdict)")
    return cost <= scene.most
}

var isGood = true
do throws(StageError) {
    for scene in scenes where !(try await play(scene)) { isGood = false }
} catch {
    print("look-bench: \(error)")
    isGood = false
}
exit(isGood ? 0 : 1)
