import Glibc
import LapseCore
import LapseLinux
import LinuxFixture
import Testing

@testable import LapseDaemon

/// A login with a real pty, and the daemon's watch on it; time is what the test says.
private final class WatchedLogin {
    let login: LoginScene
    let watch: ActivityWatch
    private let directory = TemporaryDirectory()
    /// In place of /dev/tty, which other tests and other programs of this host read.
    let sharedNode: String
    let start = BootInstant(nanoseconds: BootClock.now())
    /// UTIME_OMIT of utimensat(2).
    private static let omitted = timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)
    var id: SessionID { login.facts.id }
    var path: String { login.pty.path }

    init() throws {
        login = try LoginScene(audited: false)
        sharedNode = directory.write("tty", "x")
        watch = try ActivityWatch(sharedNode: sharedNode)
        watch.add(login.facts, wallAtOpening: .current)
        settle()
    }

    func at(_ seconds: Int64) -> BootInstant { start + .seconds(seconds) }

    /// What the daemon does at a look.
    func look(_ seconds: Int64) -> TerminalReading {
        _ = watch.takeEvents(at: at(seconds))
        return watch.look(at: id, now: at(seconds))
    }

    /// Presses a key that the shell reads; true if it counts for the session.
    func type(_ seconds: Int64) -> Bool {
        login.pty.type("x")
        return watch.takeEvents(at: at(seconds)).active.contains(id)
    }

    /// utimensat(2) as the user may do it: atime alone, which inotify tells as a read, or both.
    func touch(_ wallSeconds: Int, both: Bool = false) {
        let other = both ? timespec(tv_sec: 1000, tv_nsec: 0) : Self.omitted
        var stamps = [timespec(tv_sec: wallSeconds, tv_nsec: 0), other]
        precondition(utimensat(AT_FDCWD, path, &stamps, 0) == 0, "A stamp can be set.")
        settle()
    }

    /// chmod(2) and chown(2), as mesg(1) and login(1) do it.
    func setMode(_ mode: mode_t) {
        chmod(path, mode)
        chown(path, LoginScene.uid, 5)
        settle()
    }

    /// Waits for the end of the tick, so that the next change shows: 10 ms at most.
    private func settle() {
        let changed = Terminal(path: path)?.status()?.changedNanoseconds ?? 0
        while BootClock.coarseWall() <= changed { sched_yield() }
    }

    /// Somebody on this host reads through /dev/tty.
    func readShared() {
        _ = SmallFile.read(sharedNode)
    }

    /// The wall clock at a moment of the test.
    func wall(_ seconds: Int64) -> Int {
        Int(WallOffset.current.second(of: at(seconds)).seconds)
    }
}

@Suite(.needsRoot, .timeLimit(.minutes(1))) struct ActivityWatchTests {
    @Test func `a session's terminal is found, and a key counts as of its moment`() throws {
        let scene = try WatchedLogin()
        let first = scene.look(0)
        #expect(first.hasTerminal && first.unmeasurable == nil)
        #expect(scene.type(100))
        let reading = scene.look(500)
        #expect(reading.input == scene.at(100))
        #expect(reading.noInputSince == nil)
        #expect(reading.suspicions.isEmpty)
        #expect(try #require(reading.output) <= scene.at(8))
    }

    @Test func `a key typed while the terminal is sought counts, however long that took`() throws {
        let scene = try WatchedLogin()
        let begun = BootInstant(nanoseconds: BootClock.now())
        scene.login.pty.type("x")
        let typed = BootInstant(nanoseconds: BootClock.now())
        #expect(scene.watch.findTerminals(of: scene.id, at: begun))
        // At the end of a block the stamp says that it was before it, by a tick at most.
        let input = try #require(scene.watch.terminals(of: scene.id).first?.lastInput)
        #expect(input > typed - .milliseconds(20))
        #expect(input != begun)
    }

    // MARK: Stamps set by hand

    @Test(arguments: [false, true])
    func `touch on one's own terminal does not count and is told once`(both: Bool) throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        #expect(scene.type(100))
        scene.touch(scene.wall(300), both: both)
        #expect(scene.watch.takeEvents(at: scene.at(301)).active.isEmpty)
        let reading = scene.look(301)
        #expect(reading.input == scene.at(100))
        #expect(reading.suspicions == [.stampSet(terminal: scene.path)])
        let later = scene.look(600)
        #expect(later.input == scene.at(100))
        #expect(later.suspicions.isEmpty)
    }

    @Test(arguments: [Int.min, -1, 0, 1 << 33, Int.max])
    func `a stamp from the end of time does not count, and the next key does`(stamp: Int) throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        #expect(scene.type(100))
        scene.touch(stamp)
        let forged = scene.look(200)
        #expect(forged.input == scene.at(100))
        #expect(forged.suspicions == [.stampSet(terminal: scene.path)])
        #expect(scene.type(300))
        #expect(scene.look(900).input == scene.at(300))
    }

    @Test func `touch in a loop hides no key and makes none`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        #expect(scene.type(50))
        var told = 0
        for turn in Int64(1)...25 {
            let moment = turn * 100
            scene.touch(scene.wall(moment), both: turn % 2 == 0)
            let reading = scene.look(moment + 1)
            #expect(reading.input == scene.at((turn - 1) * 100 + 50))
            told += reading.suspicions.count
            scene.touch(scene.wall(moment + 40), both: turn % 3 == 0)
            _ = scene.watch.takeEvents(at: scene.at(moment + 41))
            #expect(scene.type(moment + 50))
            scene.touch(scene.wall(moment + 60))
            _ = scene.watch.takeEvents(at: scene.at(moment + 61))
        }
        #expect(told >= 25)
    }

    @Test func `who reads /dev/tty all the time makes one forged stamp good for each key`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        for key in Int64(1)...3 {
            let start = key * 1_000
            #expect(scene.type(start))
            scene.readShared()
            scene.touch(scene.wall(start + 100), both: true)
            let doubtful = scene.look(start + 100)
            #expect(doubtful.input == scene.at(start + 100))
            #expect(doubtful.suspicions.isEmpty)
            for turn in Int64(2)...5 {
                scene.readShared()
                scene.touch(scene.wall(start + turn * 100), both: turn % 2 == 0)
                let forged = scene.look(start + turn * 100)
                #expect(forged.input == scene.at(start + 100))
                #expect(forged.suspicions == [.stampSet(terminal: scene.path)])
            }
        }
    }

    @Test func `a mode or an owner that is set is no forgery`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        for turn in Int64(1)...5 {
            #expect(scene.type(turn * 100 - 1))
            scene.setMode(turn % 2 == 0 ? 0o620 : 0o600)
            // The key that started mesg, and mesg, are told at once.
            #expect(scene.type(turn * 100))
            scene.setMode(0o622)
            let reading = scene.look(turn * 100 + 50)
            #expect(reading.input == scene.at(turn * 100))
            #expect(reading.suspicions.isEmpty)
        }
    }

    @Test func `a terminal that inotify does not watch counts late, and forgeries once`() throws {
        let scene = try WatchedLogin()
        let found = try #require(SessionTerminals.find(for: scene.login.facts)?.values.first)
        let status = try #require(found.terminal.status())
        var watched = WatchedTerminal(
            found,
            watch: nil,
            stat: WatchedTerminal.Stat(status),
            wallAtOpening: .current,
            now: scene.at(0)
        )
        func reading(_ seconds: Int64) throws -> TerminalReading {
            let (now, wall) = (scene.at(seconds), WallOffset.current)
            let stat = try #require(watched.stat())
            var reading = TerminalReading()
            watched.examine(stat, shared: SharedReads(), at: now, wall: wall)
            watched.tell(&reading, stat, at: now, wall: wall)
            return reading
        }
        scene.touch(scene.wall(200))
        let doubtful = try reading(300)
        #expect(try #require(doubtful.input) > scene.at(199))
        #expect(try #require(doubtful.input) <= scene.at(208))
        for turn in Int64(4)...6 {
            scene.touch(scene.wall(turn * 100))
            let forged = try reading(turn * 100 + 50)
            #expect(forged.input == doubtful.input)
            #expect(forged.suspicions == [.stampSet(terminal: scene.path)])
        }
    }

    // MARK: Bytes that wait

    @Test func `keys that no program reads count when they are seen, and never again`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        #expect(scene.type(50))
        let keys = "ls\n"
        try #require(write(scene.login.pty.master, keys, 3) == 3)
        let terminal = try #require(Terminal(path: scene.path))
        while terminal.waitingBytes() != 3 { sched_yield() }
        #expect(scene.look(200).input == scene.at(200))
        #expect(scene.look(900).input == scene.at(200))
        try #require(write(scene.login.pty.master, "x", 1) == 1)
        while terminal.waitingBytes() != 4 { sched_yield() }
        #expect(scene.look(1_000).input == scene.at(1_000))
        #expect(scene.look(2_000).input == scene.at(1_000))
    }

    // MARK: Machines

    @Test func `keys at equal pauses are taken back to the first of them`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        for beat in Int64(0)..<30 { #expect(scene.type(100 + beat * 60)) }
        #expect(!scene.type(100 + 30 * 60))
        #expect(!scene.type(100 + 31 * 60))
        let reading = scene.look(3_000)
        #expect(reading.input == scene.at(100) + Rhythm.burst)
        #expect(reading.noInputSince == reading.input)
        let told = Suspicion.rhythm(terminal: scene.path, period: .seconds(60), times: 31)
        #expect(reading.suspicions == [told])
        #expect(scene.type(3_030))
        let hand = scene.look(3_600)
        #expect(hand.input == scene.at(3_030))
        #expect(hand.suspicions.isEmpty)
    }

    @Test func `a key on a terminal that is gone stays input where a terminal is left`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        #expect(scene.type(100))
        chown(scene.path, LoginScene.uid + 1, 5)
        let without = scene.look(200)
        #expect(without.input == nil && without.goneInput == scene.at(100))
        #expect(Witnesses(terminals: without).evidence.input == scene.at(100))
        chown(scene.path, LoginScene.uid, 5)
        // Found anew, it knows nothing of the key.
        #expect(scene.look(300).input == scene.at(100))
    }

    // MARK: /dev/tty

    /// Reads /dev/tty line by line and says what it has read.
    private static let reader = [
        "/bin/sh", "-c", "while read -r line </dev/tty; do echo \"got $line\"; done",
    ]

    private func send(_ line: String, _ pty: PtyPair) throws {
        try #require(write(pty.master, line + "\n", line.utf8.count + 1) > 0)
        var shown = ""
        // No waiting for silence: what is told 200 ms after a block's end is of the next.
        while !shown.contains("got \(line)") { shown += pty.shown(patience: 1) }
    }

    @Test func `a read through /dev/tty counts, and its terminal is followed then`() throws {
        let pty = PtyPair()
        chown(pty.path, LoginScene.uid, 5)
        // So old that the next read moves it, whatever the second.
        utimes(pty.path, [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)])
        let family = ProcessFamily("alone")
        let leader = try LoginScene.identity(family["leader"])
        let facts = SessionFacts.sample(uid: LoginScene.uid, tty: pty.path, leader: leader)
        let watch = try ActivityWatch()
        try #require(watch.readsAreStamped)
        watch.add(facts, wallAtOpening: .current)
        func now() -> BootInstant { BootInstant(nanoseconds: BootClock.now()) }
        let before = watch.look(at: facts.id, now: now())
        #expect(try #require(before.input) < now() - .seconds(1_000))
        let program = RunningProgram(Self.reader, onTerminal: pty.path)
        defer {
            program.signal(SIGKILL)
            program.wait()
        }
        try send("one", pty)
        let told = now()
        #expect(watch.takeEvents(at: told).mustPause)
        let reading = watch.look(at: facts.id, now: now())
        // At the end of a block the stamp says that it was before it.
        let input = try #require(reading.input)
        #expect(input <= told && told.since(input) < .seconds(1))
        #expect(reading.lastSharedRead == told)
        #expect(reading.suspicions.isEmpty)
        let place = try #require(watch.terminals[facts.id]?.keys.first)
        #expect(watch.sharedReaders == [.init(session: facts.id, device: place)])
        try send("two", pty)
        let again = now()
        _ = watch.takeEvents(at: again)
        #expect(watch.terminals[facts.id]?[place]?.input.rhythm.lastHand == again)
        watch.remove(facts.id)
        #expect(watch.sharedReaders.isEmpty && watch.readers.isEmpty)
    }

    // MARK: Coming and going

    @Test func `without its terminal a session cannot be measured`() throws {
        let scene = try WatchedLogin()
        #expect(scene.look(0).hasTerminal)
        chown(scene.path, LoginScene.uid + 1, 5)
        let lost = scene.look(100)
        #expect(!lost.hasTerminal && lost.input == nil)
        #expect(lost.unmeasurable == .noTerminal)
        chown(scene.path, LoginScene.uid, 5)
        #expect(scene.look(200).hasTerminal)
        scene.login.family.killLeader()
        let gone = scene.watch.findTerminals(of: scene.id, at: scene.at(300))
        #expect(!gone && scene.watch.terminals(of: scene.id).isEmpty)
    }

    @Test func `a number that is given again to another leader is another terminal`() throws {
        let scene = try WatchedLogin()
        _ = scene.look(0)
        let found = try #require(SessionTerminals.find(for: scene.login.facts)?.values.first)
        let status = try #require(found.terminal.status())
        func terminal(_ watch: Inotify.Watch?) -> WatchedTerminal {
            WatchedTerminal(
                found,
                watch: watch,
                stat: WatchedTerminal.Stat(status),
                wallAtOpening: .current,
                now: scene.start
            )
        }
        func held(by ticks: UInt64?) -> SessionTerminals.Found {
            let pid = found.holder?.pid ?? 1
            let holder = ticks.map { ProcessIdentity(pid: pid, startTicks: $0) }
            return SessionTerminals.Found(terminal: found.terminal, holder: holder)
        }
        #expect(!terminal(nil).isReplaced(by: found))
        #expect(!terminal(nil).isReplaced(by: held(by: nil)))
        #expect(terminal(nil).isReplaced(by: held(by: 1)))
        // While the watch on its node stands it is the same, whoever has it.
        let watch = try scene.watch.inotify.watchTerminal(scene.path)
        #expect(!terminal(watch).isReplaced(by: held(by: 1)))
    }
}
