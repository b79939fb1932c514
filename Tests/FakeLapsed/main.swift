// fake-lapsed SOCKET BEHAVIOUR [TEXT] [--uid N]
//
// The daemon's end of the report socket, for tests and benchmarks of the module: real frames, and
// every way of going wrong. Says `ready` on standard output and writes a line for each thing it
// sees to SOCKET.seen: a pipe that nobody empties would stop it. Ends when its standard input does,
// so that it never outlives a test that died.
import Glibc

guard let behaviour = Behaviour(CommandLine.arguments) else {
    print("usage: see the head of Tests/FakeLapsed/main.swift")
    exit(2)
}
var daemon = FakeDaemon(behaviour)
daemon.run()
