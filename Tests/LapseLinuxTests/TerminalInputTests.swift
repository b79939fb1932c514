import Glibc
import LapseLinux
import LinuxFixture
import Testing

/// What the kernel tells of input, and of who meddles with what it tells.
@Suite struct TerminalInputTests {
    private func changed(_ terminal: Terminal) throws -> Int64 {
        try #require(terminal.status()).changedNanoseconds
    }

    /// ctime moves in steps of a tick, so a change right after another may not show.
    private func tick(_ terminal: Terminal) throws {
        let before = try changed(terminal)
        while try changed(terminal) == before { chmod(terminal.path, 0o620) }
    }

    @Test func `input and output leave ctime alone, who sets stamps or mode moves it`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        var stamps = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 2000, tv_nsec: 0)]
        utimensat(AT_FDCWD, pty.path, &stamps, 0)
        let set = try #require(terminal.status())
        #expect(set.readSeconds == 1000 && set.writtenSeconds == 2000)
        pty.type("x")
        #expect(terminal.write(Array("hello".utf8)[...]) == .wrote(5))
        let used = try #require(terminal.status())
        #expect(used.readSeconds > 1000 && used.writtenSeconds > 2000)
        #expect(used.changedNanoseconds == set.changedNanoseconds)
        try tick(terminal)
        let moded = try #require(terminal.status())
        #expect(moded.changedNanoseconds > set.changedNanoseconds)
        #expect(moded.readSeconds == used.readSeconds)
        let before = moded.changedNanoseconds
        while try changed(terminal) == before { utimensat(AT_FDCWD, pty.path, &stamps, 0) }
    }

    @Test(arguments: [Int.min, -1, 0, 1 << 40, Int.max])
    func `a stamp may be any number, and the next read puts it right`(seconds: Int) throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        var stamps = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, pty.path, &stamps, 0) == 0)
        #expect(terminal.status()?.readSeconds == Int64(seconds))
        pty.type("x")
        let read = try #require(terminal.status()).readSeconds
        #expect(read > time(nil) - 60 && read <= time(nil))
    }

    @Test func `a changed node is told apart from a read one`() throws {
        let pty = PtyPair()
        let inotify = try Inotify()
        let watch = try inotify.watchTerminal(pty.path)
        pty.type("x")
        #expect(inotify.events() == [.read(watch)])
        utimes(pty.path, nil)
        #expect(inotify.events() == [.changed(watch)])
        chmod(pty.path, 0o620)
        pty.type("y")
        #expect(inotify.events() == [.changed(watch), .read(watch)])
        #expect(Terminal(path: pty.path)?.write(Array("hello".utf8)[...]) == .wrote(5))
        #expect(Terminal(path: pty.path)?.waitingBytes() == 0)
        #expect(inotify.events().isEmpty)
    }

    // MARK: What waits

    /// Types without anybody reading, and waits until it has arrived.
    private func type(_ keys: String, _ pty: PtyPair, arrived: Int) throws {
        try #require(write(pty.master, keys, keys.utf8.count) == keys.utf8.count)
        let terminal = try #require(Terminal(path: pty.path))
        // A kernel worker hands it on.
        while terminal.waitingBytes() != arrived { sched_yield() }
    }

    @Test(.timeLimit(.minutes(1)))
    func `bytes that nobody has read are told, byte for byte`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        #expect(terminal.waitingBytes() == 0)
        try type("hello", pty, arrived: 5)
        var byte: UInt8 = 0
        #expect(read(pty.slave, &byte, 1) == 1)
        #expect(terminal.waitingBytes() == 4)
        tcflush(pty.slave, TCIFLUSH)
        #expect(terminal.waitingBytes() == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `in canonical mode whole lines alone are told`() throws {
        let pty = PtyPair()
        var modes = termios()
        tcgetattr(pty.slave, &modes)
        modes.c_lflag |= tcflag_t(ICANON)
        tcsetattr(pty.slave, TCSANOW, &modes)
        try type("one\nt", pty, arrived: 4)
        try type("wo\n", pty, arrived: 8)
    }

    @Test func `to ask leaves no trace, and gives nobody a terminal`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        let own = ProcessStat.read(pid: getpid())?.terminal
        let before = terminal.status()
        #expect(terminal.waitingBytes() == 0)
        #expect(terminal.status() == before)
        #expect(ProcessStat.read(pid: getpid())?.terminal == own)
    }

    @Test func `another device is not asked, nor is a line that asking would raise`() throws {
        let pty = PtyPair()
        let own = try #require(Terminal(path: pty.path))
        #expect(Terminal(path: pty.path, device: own.device + 1).waitingBytes() == nil)
        #expect(Terminal(path: "/dev/pts/999999", device: own.device).waitingBytes() == nil)
        // 4,64 is the first serial line; under its number the pty would answer.
        #expect(Terminal(path: pty.path, device: 4 << 8 | 64).waitingBytes() == nil)
        let directory = TemporaryDirectory()
        symlink(pty.path, directory.path("link"))
        let link = Terminal(path: directory.path("link"), device: own.device)
        #expect(link.waitingBytes() == nil)
    }

    // MARK: Masters

    @Test func `the ptys that a process holds are those of its masters`() throws {
        let pty = PtyPair()
        let number = try #require(Int(pty.path.dropFirst("/dev/pts/".utf8.count)))
        let held = try #require(HeldPtys.slaves(heldBy: getpid()))
        #expect(held.contains(number))
        #expect(Terminal(ptyIndex: number) == Terminal(path: pty.path))
        #expect(Terminal(ptyIndex: 999_999) == nil)
        let stranger = ProcessFamily("alone")
        #expect(HeldPtys.slaves(heldBy: stranger["leader"]) == [])
        stranger.end()
        #expect(HeldPtys.slaves(heldBy: stranger["leader"]) == nil)
    }

    private static let informations: [(text: String, index: Int?)] = [
        ("pos:\t0\nflags:\t02100002\nmnt_id:\t24\nino:\t91\ntty-index:\t2\n", 2),
        ("tty-index:\t1048575", 1_048_575), ("tty-index:\t0\n", 0),
        ("", nil), ("pos:\t0\n", nil), ("tty-index:\t\n", nil), ("tty-index:\t-1\n", nil),
        ("tty-index:\t9999999999999999999999\n", nil), (" tty-index:\t1\n", nil),
    ]

    @Test(arguments: informations)
    func `the number of a master's slave is read from its fdinfo`(text: String, index: Int?) {
        #expect(HeldPtys.index(Array(text.utf8)) == index)
    }

    // MARK: /dev/tty

    @Test(.timeLimit(.minutes(1)))
    func `whether reads through /dev/tty are stamped is found out without a trace`() throws {
        let own = ProcessStat.read(pid: getpid())?.terminal
        let children = Set(ProcessTree.children(of: getpid()))
        let isStamped = try ControllingTerminal.readsAreStamped()
        #expect(ProcessStat.read(pid: getpid())?.terminal == own)
        // Other tests have children of their own, but none without a program.
        let left = Set(ProcessTree.children(of: getpid())).subtracting(children)
        #expect(left.allSatisfy { ProcessImage(pid: $0) != ProcessImage(pid: getpid()) })
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let version = release.split(separator: ".").prefix(2).compactMap { Int($0) }
        // Older ones may have been taught it.
        if version.lexicographicallyPrecedes([6, 5]) == false { #expect(isStamped) }
    }
}
