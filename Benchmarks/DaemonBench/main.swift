// What a daemon with ten thousand sessions makes others wait: `swift run -c release daemon-bench` as
// root; about two minutes.
//
// It is lapsed itself, in a process of its own, asked over its sockets. The sessions are records: one
// process leads them all, so that the daemon is measured and not ten thousand sshd. Wall time, since
// that is what others wait for; exit status 1 if a figure is beyond its limit.

import Glibc
import LapseControl

switch CommandLine.arguments.dropFirst().first {
case "crowd": Crowd.run(CommandLine.arguments[2], sessions: Int(CommandLine.arguments[3]) ?? 0)
case "leader": Leader.run(CommandLine.arguments[2])
case "list": listAll(CommandLine.arguments[2])
default: break
}

let host = BusyHost()
var board = Board()
let crowd = Crowd(host, sessions: 10_000)
crowd.await(host)
host.settle()
board.note("memory of the daemon with 10,000 sessions", "\(host.residentMiB) MiB")
measureReloads(host, &board)
measureList(host, &board)
measureLogouts(of: crowd, host, &board)
measureEnds(host, &board, sessions: 200)
board.finish()
