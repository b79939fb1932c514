// What a look at a session costs: its terminal, its connection and its job together, as the daemon
// takes it before it decides. `swift run -c release look-bench` as root; a few seconds.
//
// Processor time of this process, the median of many looks in a row; exit status 1 if one costs more
// than was promised. Beside it stands what the kernel alone takes for the calls of the first look.
import Glibc
import LapseCore
import LapseDaemon
import LapseLinux
import LapsePolicy
import LinuxFixture

/// The median of what a call costs, in microseconds.
func cost(_ call: () -> Void) -> Double {
    for _ in 0..<200 { call() }
    let rounds = (0..<101).map { _ in
        let start = processorTime()
        for _ in 0..<20 { call() }
        return processorTime() - start
    }
    return Double(rounds.sorted()[50]) / 20 / 1_000
}

/// A session with a terminal in which `cat` runs, over a connection or not.
struct Scene {
    let login: TerminalLogin
    let facts: SessionFacts

    init(_ number: UInt64, over pair: TCPPair?) {
        login = TerminalLogin(descriptors: pair.map { [4: $0.near] } ?? [:])
        login.type("cat")
        guard let leader = ProcessStat.read(pid: login.family["leader"]) else {
            fatalError("The login is there.")
        }
        facts = SessionFacts(
            id: SessionID(value: number),
            user: "root",
            uid: UserID(value: 0),
            service: "sshd",
            rhost: pair == nil ? "" : "127.0.0.1",
            tty: login.pty.path,
            leader: ProcessIdentity(pid: leader.pid, startTicks: leader.startTicks),
            auditSession: nil,
            opened: BootInstant(nanoseconds: BootClock.now())
        )
    }
}

func measure(
    _ name: String,
    _ facts: SessionFacts,
    _ activity: Set<ActivityKind>,
    by lookout: Lookout,
    most: Double
) -> Bool {
    var allowance = Allowance(
        idle: .after(.seconds(900)),
        lifetime: .never,
        warn: [],
        onIdle: .end,
        end: EndStep.builtIn
    )
    allowance.activity = activity
    guard let look = lookout.trial(of: facts, allowance) else { fatalError("The login is there.") }
    let first = look()
    guard first.input != nil, facts.rhost.isEmpty || first.meterBegan != nil else {
        print("\(name): NOT MEASURED: \(first)")
        return false
    }
    let figure = cost { _ = look() }
    let verdict = figure > most ? "TOO SLOW" : "ok"
    print("\(name): \((figure * 10).rounded() / 10) us, at most \(most) us: \(verdict)")
    return figure <= most
}

let pair = TCPPair()
let (plain, connected) = (Scene(1, over: nil), Scene(2, over: pair))
let working = Scene(3, over: pair)
let lookout = try Lookout()
// So that the jobs run and their output is read.
sleep(1)
for scene in [plain, connected, working] { _ = scene.login.pty.shown(patience: 100) }
let terminal = Terminal(path: plain.login.pty.path)
let bare = cost {
    _ = terminal?.status()
    _ = terminal?.waitingBytes()
}
print("the kernel's part of a look at a terminal: \((bare * 10).rounded() / 10) us")
let isGood = [
    measure("a terminal", plain.facts, [.input], by: lookout, most: 30),
    measure("a terminal and a connection", connected.facts, [.input], by: lookout, most: 60),
    measure(
        "a terminal, a connection and a job",
        working.facts,
        [.input, .work],
        by: lookout,
        most: 100
    ),
]
exit(isGood.allSatisfy(\.self) ? 0 : 1)
