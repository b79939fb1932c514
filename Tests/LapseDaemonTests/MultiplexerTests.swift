import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// `make test` plays them apart from `LongLifeTests`, whose open sockets the logins here inherit: with
/// these tmux does not attach (its server never has the client's terminal).
@Suite(.needsRoot, .timeLimit(.minutes(1)), .serialized) struct MultiplexerTests {
    private static let inner = "sh -c 'echo READY; exec cat'"

    /// A server of tmux with one pane, which runs a program that no login has to do with.
    private final class Tmux {
        let directory = TemporaryDirectory()
        var command: String { "tmux -f /dev/null -S \(directory.path("socket"))" }

        func run(_ words: String) {
            RunningProgram(["/bin/sh", "-c", "\(command) \(words)"]).wait()
        }

        deinit {
            run("kill-server")
        }
    }

    @Test func `the pane of an attached tmux is work, that of a detached one is not`() throws {
        let tmux = Tmux()
        tmux.run("new-session -d \"\(Self.inner)\"")
        let scene = ForegroundScene()
        scene.login.type("export TERM=xterm")
        #expect(try scene.settled(on: [[]]) == [[]])
        scene.login.type("\(tmux.command) attach")
        let both = [["tmux: client"], ["cat"]]
        #expect(try scene.settled(on: both) == both)
        // Once more, from what was remembered.
        #expect(try scene.workers() == both)
        tmux.run("detach-client -a")
        tmux.run("detach-client -s 0")
        #expect(try scene.settled(on: [[]]) == [[]])
    }

    @Test func `a bare shell in a pane is no job, and what is split off beside it is`() throws {
        let tmux = Tmux()
        let scene = ForegroundScene()
        scene.login.type("TERM=xterm SHELL=/bin/bash \(tmux.command) new-session")
        let bare = [["tmux: client"], []]
        let first = try scene.settled(on: bare)
        #expect(first == bare)
        tmux.run("split-window \"\(Self.inner)\"")
        let split = [["tmux: client"], [], ["cat"]]
        let second = try scene.settled(on: split)
        #expect(second == split)
    }

    @Test func `the server of another user's client is not followed`() throws {
        let tmux = Tmux()
        tmux.run("new-session -d \"\(Self.inner)\"")
        tmux.run("server-access -a nobody")
        chmod(tmux.directory.path, 0o755)
        chmod(tmux.directory.path("socket"), 0o777)
        let scene = ForegroundScene(TerminalLogin(uid: 65_534))
        scene.login.type("export TERM=xterm; \(tmux.command) attach")
        #expect(try scene.settled(on: [["tmux: client"]]) == [["tmux: client"]])
        // It is connected: the server's owner sees it.
        #expect(try scene.workers() == [["tmux: client"]])
        tmux.run("kill-server")
        #expect(try scene.settled(on: [[]]) == [[]])
    }

    @Test func `a window of an attached screen is work, that of a detached one is not`() throws {
        let name = "lapse-test-\(getpid())"
        let start = RunningProgram(["/usr/bin/screen", "-dmS", name, "/bin/cat"])
        start.wait()
        defer { RunningProgram(["/usr/bin/screen", "-S", name, "-X", "quit"]).wait() }
        let scene = ForegroundScene()
        #expect(try scene.settled(on: [[]]) == [[]])
        scene.login.type("TERM=xterm screen -r \(name)")
        let both = [["screen"], ["cat"]]
        #expect(try scene.settled(on: both) == both)
        #expect(try scene.workers() == both)
        let detach = RunningProgram(["/usr/bin/screen", "-d", name])
        #expect(try scene.settled(on: [[]]) == [[]])
        detach.wait()
    }

    private static let names: [(name: String, isClient: Bool)] = [
        ("tmux: client", true), ("tmux: server", false), ("tmux", true), ("screen", true),
        ("Screen", false), ("bash", false), ("", false), ("tmuxinator", false),
    ]

    @Test(arguments: names)
    func `a client is known by its name`(name: String, isClient: Bool) {
        #expect((Multiplexer(clientNamed: name) != nil) == isClient)
    }
}
