import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct TerminalTests {
    @Test func `a path that is no device node of /dev is no terminal`() {
        let pty = PtyPair()
        let name = pty.path.dropFirst("/dev/pts/".utf8.count)
        let link = "/dev/shm/lapse-test-link-\(getpid())"
        let file = "/dev/shm/lapse-test-file-\(getpid())"
        symlink(pty.path, link)
        close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        defer {
            unlink(link)
            unlink(file)
        }
        let refused = [
            "", "ssh", ":0", "tty1", "pts/\(name)", "/", "/dev", "/dev/", "/dev/pts", "/dev/pts/",
            "/dev/../dev/pts/\(name)", "/dev/pts/../pts/\(name)", "/dev/pts/..",
            "/dev//../dev/pts/\(name)", "/device/pts/\(name)", " \(pty.path)", "\(pty.path) ",
            "/dev/pts/999999", "/proc/self/fd/0", "/etc/passwd", link, file, "/dev/stdin",
            "/dev/fd/0", "\(pty.path)/", "/dev/loop0",
        ]
        for path in refused { #expect(Terminal(path: path) == nil, "\(path)") }
        #expect(Terminal(path: pty.path)?.path == pty.path)
    }

    /// tty_nr of proc(5): bits 31-20 and 7-0 the minor, 19-8 the major.
    private static func number(_ major: UInt32, _ minor: UInt32) -> UInt32 {
        (minor & 0xff) | (major << 8) | ((minor & 0xfff00) << 12)
    }

    private static let unknown: [(major: UInt32, minor: UInt32)] = [
        (0, 0),  // no terminal
        (1, 3),  // /dev/null
        (2, 0),  // a BSD pty's master
        (3, 0),  // a BSD pty's slave
        (5, 0),  // /dev/tty: never a process's terminal by that number
        (5, 1),  // /dev/console
        (128, 0),  // a pty's master
        (135, 255), (144, 0),  // beside the ptys' majors
        (204, 0), (204, 63),  // below /dev/ttyAMA0
        (136, 999_999),  // a pty that there is not
        (4, 255), (204, 64), (188, 200), (229, 200),  // lines that this host has not
        (0xfff, 0xfffff),
    ]

    @Test(arguments: unknown)
    func `a number without a node is no terminal`(major: UInt32, minor: UInt32) {
        #expect(Terminal(procNumber: Self.number(major, minor)) == nil)
    }

    @Test func `a pty is found by its number`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        let minor = try #require(UInt32(pty.path.dropFirst("/dev/pts/".utf8.count)))
        #expect(Terminal(procNumber: Self.number(136, minor)) == terminal)
        // The next major counts on from 256 (Documentation/admin-guide/devices.txt); the node, if
        // there is one, has another number.
        #expect(Terminal(procNumber: Self.number(137, minor)) == nil)
    }

    private static let consoles: [(path: String, major: UInt32, minor: UInt32)] = [
        ("/dev/tty1", 4, 1), ("/dev/tty12", 4, 12), ("/dev/tty63", 4, 63), ("/dev/ttyS0", 4, 64),
        ("/dev/ttyAMA0", 204, 64), ("/dev/ttyUSB0", 188, 0), ("/dev/hvc0", 229, 0),
    ]

    @Test(arguments: consoles)
    func `a console is found by its number where it is`(
        path: String,
        major: UInt32,
        minor: UInt32
    ) {
        var status = stat()
        let isThere = stat(path, &status) == 0
        #expect(Terminal(procNumber: Self.number(major, minor))?.path == (isThere ? path : nil))
    }

    @Test(.needsRoot) func `the status tells who owns the node and when it was read`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        chown(pty.path, 54_321, 5)
        let past = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 2000, tv_usec: 0)]
        utimes(pty.path, past)
        #expect(terminal.status()?.owner == 54_321)
        #expect(terminal.status()?.readSeconds == 1000)
        pty.type("x")
        let read = try #require(terminal.status()).readSeconds
        // The kernel moves the stamp in steps of 8 s (tty_update_time).
        #expect(read > 1000 && Int(read) > time(nil) - 60 && Int(read) <= time(nil))
    }

    @Test func `what is written is shown, byte for byte`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        let text = "\u{7}\r\nLapse: ü\r\n"
        #expect(terminal.write(Array(text.utf8)[...]) == .wrote(text.utf8.count))
        #expect(terminal.write(Array("not this".utf8)[4..<4]) == .wrote(0))
        #expect(terminal.write(Array("not this".utf8)[4...]) == .wrote(4))
        #expect(pty.shown() == text + "this")
    }

    @Test func `a terminal that takes no more says how much it took, and nobody waits for it`()
        throws
    {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        let block = [UInt8](repeating: 0x61, count: 4096)
        var outcomes: [Terminal.WriteOutcome] = []
        // A pty buffers a few pages (drivers/tty/tty_buffer.c): a thousand are more.
        while outcomes.last != .wrote(0), outcomes.count < 1000 {
            outcomes.append(terminal.write(block[...]))
        }
        #expect(outcomes.first == .wrote(4096))
        #expect(outcomes.last == .wrote(0))
        #expect(terminal.write([0x61]) == .wrote(0))
        let taken = outcomes.reduce(0) { sum, outcome in
            if case .wrote(let count) = outcome { sum + count } else { sum }
        }
        #expect(pty.shown().utf8.count == taken)
        #expect(terminal.write([0x61]) == .wrote(1))
    }

    @Test func `a terminal that was stopped with Ctrl-S takes nothing`() throws {
        let pty = PtyPair()
        let terminal = try #require(Terminal(path: pty.path))
        tcflow(pty.slave, TCOOFF)
        #expect(terminal.write(Array("lost".utf8)[...]) == .wrote(0))
        tcflow(pty.slave, TCOON)
        #expect(terminal.write(Array("seen".utf8)[...]) == .wrote(4))
        #expect(pty.shown() == "seen")
    }

    @Test func `a terminal that hung up is gone`() throws {
        var pty: PtyPair? = PtyPair()
        let path = try #require(pty?.path)
        let terminal = try #require(Terminal(path: path))
        pty = nil
        // Another test may have been given the name since: that is told by the next one.
        if Terminal(path: path) == nil {
            #expect(terminal.write([0x61]) == .gone)
            #expect(terminal.status() == nil)
        }
    }

    @Test func `another device under the same name gets nothing`() throws {
        let pty = PtyPair()
        let own = try #require(Terminal(path: pty.path))
        let other = Terminal(path: pty.path, device: own.device + 1)
        #expect(other.write(Array("secret".utf8)[...]) == .gone)
        #expect(other.status() == nil)
        #expect(pty.shown().isEmpty)
    }

    @Test func `a link or a file under the name gets nothing`() throws {
        let pty = PtyPair()
        let device = try #require(Terminal(path: pty.path)).device
        let directory = TemporaryDirectory()
        symlink(pty.path, directory.path("link"))
        let file = directory.write("file", "")
        #expect(Terminal(path: directory.path("link"), device: device).write([0x61]) == .gone)
        #expect(Terminal(path: directory.path("link"), device: device).status() == nil)
        #expect(Terminal(path: file, device: device).write([0x61]) == .gone)
        #expect(pty.shown().isEmpty)
        #expect(SmallFile.read(file) == [])
    }
}
