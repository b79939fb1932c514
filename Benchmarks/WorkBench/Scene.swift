import Glibc
import LapseCore
import LapseDaemon
import LapseLinux
import LinuxFixture

/// A session with a terminal that somebody reads, and the daemon's eye on it.
final class Scene {
    private let login: TerminalLogin
    private let facts: SessionFacts
    private var watch = WorkWatch()

    init(_ program: [String], typing command: String?) {
        login = TerminalLogin(program)
        let leader = login.family["leader"]
        guard let stat = ProcessStat.read(pid: leader) else { fatalError("The login is gone.") }
        facts = SessionFacts(
            id: SessionID(value: 1),
            user: "root",
            uid: UserID(value: 0),
            service: "sshd",
            rhost: "::1",
            tty: "ssh",
            leader: ProcessIdentity(pid: leader, startTicks: stat.startTicks),
            auditSession: nil,
            opened: Self.now
        )
        rest(0.5)
        if let command { login.type(command) }
        rest(1)
    }

    private static var now: BootInstant { BootInstant(nanoseconds: BootClock.now()) }

    func look() -> WorkReading {
        watch.look(at: facts, keepWhile: [], now: Self.now)
    }

    /// Lets so many seconds pass, and reads what the terminal shows.
    func rest(_ seconds: Double) {
        let end = BootClock.now() + Int64(seconds * 1_000_000_000)
        while BootClock.now() < end {
            _ = login.pty.shown(patience: 20)
        }
    }
}

/// Prints what a look has of the processor, the median of many; false if it is beyond so many
/// microseconds.
func measureLook(_ name: String, _ scene: Scene, most: Double) -> Bool {
    scene.rest(1)
    for _ in 0..<20 { _ = scene.look() }
    let figures = (0..<101).map { _ in
        let start = processorTime()
        for _ in 0..<10 { _ = scene.look() }
        return (processorTime() - start) / 10
    }
    let median = Double(figures.sorted()[50]) / 1_000
    let verdict = median > most ? "TOO SLOW" : "ok"
    let padding = String(repeating: " ", count: max(1, 34 - name.count))
    print("\(name)\(padding)\(median) us   at most \(most) us   \(verdict)")
    return median <= most
}
