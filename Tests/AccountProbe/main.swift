// account-probe facts USER…: what Accounts says of each user, a line each.
// account-probe pool BUSY OTHER…: asks for hang-1 to hang-BUSY, whose look-ups never come back,
// then for the others, and says what became of it while the loop turned.
//
// It runs in a mount namespace with an /etc of the test's own.
import Glibc
import LapseLinux

func line(_ account: Account) -> String {
    switch account {
    case .noSuchUser: return "no-such-user"
    case .failed(let failure): return "failed \(failure)"
    case .exists(let facts):
        let groups = facts.groups.map { $0.sorted().joined(separator: ",") } ?? "?"
        let silent = facts.silentServices.joined(separator: ",")
        return "uid=\(facts.uid) groups=\(groups) silent=\(silent) locked=\(facts.isLocked)"
            + " expires=\(facts.expiresOn.map { "\($0)" } ?? "never")"
    }
}

/// Two hundred turns of the loop, five milliseconds apart.
func pool(hanging: Int, others: [String]) throws {
    let loop = try EventLoop()
    let lookups = try AccountLookups(on: loop)
    let timer = try DeadlineTimer()
    var overloads = 0
    lookups.whenOverloaded = { overloads += 1 }
    for number in 1...hanging {
        for _ in 1...3 { lookups.look(up: "hang-\(number)") { print("hang", line($0)) } }
    }
    for other in others { lookups.look(up: other) { print(other, line($0)) } }
    var turns = 0
    var last = BootClock.now()
    var gapMax: Int64 = 0
    try timer.arm(at: last + 5_000_000)
    _ = try loop.watch(timer.descriptor, for: .readable) { _ in
        timer.acknowledge()
        let now = BootClock.now()
        gapMax = max(gapMax, now - last - 5_000_000)
        last = now
        turns += 1
        if turns == 200 { loop.stop() }
        // A timer that cannot be armed leaves the probe waiting, and the test says so.
        try? timer.arm(at: now + 5_000_000)
    }
    try loop.run()
    print("turns", turns)
    print("latest-us", gapMax / 1000)
    print("threads", SmallFile.names(in: "/proc/self/task").count)
    for number in 1...AccountLookups.usersWaitingMax {
        lookups.look(up: "more-\(number)") { if $0 == .failed(.busy) { print("busy", number) } }
    }
    print("overloads", overloads)
    print("threads-at-the-limit", SmallFile.names(in: "/proc/self/task").count)
    // Not by return: the probe ends with look-ups still hanging, as the daemon does.
    exit(0)
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "facts":
    for user in arguments.dropFirst() { print(line(Accounts.lookUp(user))) }
case "pool":
    try pool(
        hanging: Int(arguments.dropFirst().first ?? "") ?? 1,
        others: Array(arguments.dropFirst(2))
    )
default:
    exit(2)
}
