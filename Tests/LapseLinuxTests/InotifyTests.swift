import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct InotifyTests {
    @Test func `each read of input is told, nothing else is`() throws {
        let pty = PtyPair()
        let inotify = try Inotify()
        let watch = try inotify.watchReads(of: pty.path)
        #expect(inotify.events().isEmpty)
        pty.type("x")
        #expect(inotify.events() == [.read(watch)])
        #expect(inotify.events().isEmpty)
        // Output and a touched node are no input.
        #expect(Terminal(path: pty.path)?.write(Array("hello".utf8)[...]) == .wrote(5))
        utimes(pty.path, nil)
        chmod(pty.path, 0o620)
        #expect(inotify.events().isEmpty)
    }

    @Test func `the same node gives the same watch, another another`() throws {
        let (one, two) = (PtyPair(), PtyPair())
        let inotify = try Inotify()
        let watch = try inotify.watchReads(of: one.path)
        #expect(try inotify.watchReads(of: one.path) == watch)
        #expect(try inotify.watchReads(of: two.path) != watch)
        one.type("x")
        #expect(inotify.events() == [.read(watch)])
    }

    @Test func `a watch that was removed tells its end and nothing more`() throws {
        let pty = PtyPair()
        let inotify = try Inotify()
        let watch = try inotify.watchReads(of: pty.path)
        inotify.remove(watch)
        pty.type("x")
        #expect(inotify.events() == [.gone(watch)])
        inotify.remove(watch)
        #expect(inotify.events().isEmpty)
        #expect(try inotify.watchReads(of: pty.path) != watch)
    }

    @Test func `a terminal that hangs up takes its watch along`() throws {
        var pty: PtyPair? = PtyPair()
        let inotify = try Inotify()
        let watch = try inotify.watchReads(of: try #require(pty?.path))
        pty = nil
        #expect(inotify.events().last == .gone(watch))
    }

    @Test func `names that are made are told, those that go are not`() throws {
        let directory = TemporaryDirectory()
        let inotify = try Inotify()
        let watch = try inotify.watchNames(in: directory.path)
        directory.write("one", "")
        // The longest name there is: the record is read with it.
        let long = String(repeating: "n", count: 255)
        mkdir(directory.path(long), 0o700)
        let odd = "\u{1b}[2J \u{301}\n"
        symlink("nowhere", directory.path(odd))
        #expect(
            inotify.events() == [
                .created(watch, name: "one"), .created(watch, name: long),
                .created(watch, name: odd),
            ]
        )
        rmdir(directory.path(long))
        #expect(inotify.events().isEmpty)
    }

    @Test func `a new pty is a new name in /dev/pts`() throws {
        let inotify = try Inotify()
        let watch = try inotify.watchNames(in: "/dev/pts")
        let pty = PtyPair()
        let name = String(pty.path.dropFirst("/dev/pts/".utf8.count))
        #expect(inotify.events().contains(.created(watch, name: name)))
        withExtendedLifetime(pty) {}
    }

    @Test func `a full queue says that events were lost`() throws {
        let limit = try String(contentsOf: "/proc/sys/fs/inotify/max_queued_events")
        let queued = try #require(Int(limit.dropLast()))
        // More would take long; the kernel's own default is 16384.
        try #require(queued <= 65_536)
        let (one, two) = (TemporaryDirectory(), TemporaryDirectory())
        let inotify = try Inotify()
        let paths = [one.write("a", "x"), two.write("b", "x")]
        let watches = try paths.map { try inotify.watchReads(of: $0) }
        let files = paths.map { path in open(path, O_RDONLY | O_CLOEXEC) }
        defer { for file in files { close(file) } }
        var byte: UInt8 = 0
        // In turn, because two equal events in a row are one (inotify(7)).
        for turn in 0...queued { pread(files[turn % 2], &byte, 1, 0) }
        let events = inotify.events()
        #expect(events.last == .overflowed)
        #expect(events.dropLast().count == queued)
        #expect(Array(events.prefix(2)) == [.read(watches[0]), .read(watches[1])])
    }

    @Test func `what is not there cannot be watched`() throws {
        let inotify = try Inotify()
        let error = #expect(throws: SystemError.self) {
            try inotify.watchReads(of: "/dev/pts/999999")
        }
        #expect(error == SystemError("inotify_add_watch", "/dev/pts/999999", code: ENOENT))
    }
}
