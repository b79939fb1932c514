import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite(.timeLimit(.minutes(1))) struct SmallFileTests {
    private let directory = TemporaryDirectory()

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(arguments: [0, 1, 2047, 2048, 2049, 65_535, 65_536])
    func `a file up to the limit is read whole`(size: Int) {
        let path = directory.write("file", text(size))
        #expect(SmallFile.read(path)?.count == size)
    }

    @Test(arguments: [(65_537, 65_536), (200_000, 65_536)])
    func `of a longer one no more than the limit is read`(size: Int, read: Int) {
        #expect(SmallFile.bytesMax == 65_536)
        #expect(SmallFile.read(directory.write("file", text(size)))?.count == read)
    }

    @Test(arguments: [0, 1, 3000, 3001])
    func `the limit is the caller's where he has one`(limit: Int) {
        let path = directory.write("file", text(3001))
        #expect(SmallFile.read(path, bytesMax: limit)?.count == limit)
    }

    @Test func `what is no file cannot be read`() {
        #expect(SmallFile.read(directory.path("none")) == nil)
        #expect(SmallFile.read(directory.path) == nil)
        #expect(SmallFile.read("") == nil)
        let socket = LocalSocket(.datagram, boundTo: directory.path("socket"))
        #expect(SmallFile.read(directory.path("socket")) == nil)
        withExtendedLifetime(socket) {}
        // A device that never ends is read to the limit.
        #expect(SmallFile.read("/dev/zero", bytesMax: 5000)?.count == 5000)
        #expect(SmallFile.read("/dev/null") == [])
    }

    @Test func `a pipe in a file's place is not waited for`() {
        let path = directory.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(SmallFile.read(path) == nil)
        let writer = open(path, O_RDWR | O_CLOEXEC)
        #expect(SmallFile.read(path) == nil)
        close(writer)
    }

    @Test func `a link is followed, unless it is not to be`() {
        directory.write("file", "here")
        symlink("file", directory.path("link"))
        #expect(SmallFile.read(directory.path("link")) == Array("here".utf8))
        #expect(SmallFile.read(directory.path("link"), links: .refused) == nil)
        #expect(SmallFile.read(directory.path("file"), links: .refused) == Array("here".utf8))
    }

    @Test func `a file is replaced whole, and root alone may read it`() throws {
        let path = directory.write("state", "former", mode: 0o644)
        let reader = open(path, O_RDONLY | O_CLOEXEC)
        try SmallFile.replace(path, with: Array("new".utf8))
        #expect(SmallFile.read(path) == Array("new".utf8))
        // Who had it open goes on reading the former one.
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &bytes, 16) == 6)
        close(reader)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode == S_IFREG | 0o600)
        try SmallFile.replace(path, with: [])
        #expect(SmallFile.read(path) == [])
        #expect(directory.names == ["state"])
    }

    @Test func `what lies where the new file is written is not written through`() throws {
        let path = directory.write("state", "former")
        let outside = directory.write("outside", "precious", mode: 0o644)
        symlink(outside, directory.path("state.new"))
        try SmallFile.replace(path, with: Array("1".utf8))
        #expect(SmallFile.read(outside) == Array("precious".utf8))

        // Left by one that died half-way, open to all.
        directory.write("state.new", "half", mode: 0o666)
        try SmallFile.replace(path, with: Array("2".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode == S_IFREG | 0o600)

        // A pipe without a reader would hold an open for writing up.
        #expect(mkfifo(directory.path("state.new"), 0o600) == 0)
        try SmallFile.replace(path, with: Array("3".utf8))
        #expect(SmallFile.read(path) == Array("3".utf8))
        #expect(directory.names == ["outside", "state"])
    }

    @Test func `what cannot be replaced is a fault, and nothing is left beside it`() {
        mkdir(directory.path("state"), 0o700)
        let taken = #expect(throws: SystemError.self) {
            try SmallFile.replace(directory.path("state"), with: [1])
        }
        #expect(taken == SystemError("rename", directory.path("state"), code: EISDIR))
        #expect(directory.names == ["state"])
        let path = directory.path("none/state")
        let missing = #expect(throws: SystemError.self) { try SmallFile.replace(path, with: [1]) }
        #expect(missing == SystemError("open", path + ".new", code: ENOENT))
    }

    @Test(.needsRoot) func `on a full disk the former file stays as it was`() throws {
        let disk = try SmallDisk(pages: 2, at: directory)
        let path = disk.path + "/state"
        let former = [UInt8](repeating: 1, count: 4096)
        try SmallFile.replace(path, with: former)
        let error = #expect(throws: SystemError.self) {
            try SmallFile.replace(path, with: [UInt8](repeating: 2, count: 4097))
        }
        #expect(error == SystemError("write", path + ".new", code: ENOSPC))
        #expect(SmallFile.read(path) == former)
        #expect(SmallFile.names(in: disk.path) == ["state"])
        // Room for it again: the next one goes through.
        try SmallFile.replace(path, with: [3])
        #expect(SmallFile.read(path) == [3])
    }

    @Test func `names are told without the directory itself and the one above`() {
        directory.write("b", "")
        directory.write(".hidden", "")
        mkdir(directory.path("a"), 0o700)
        #expect(SmallFile.names(in: directory.path).sorted() == [".hidden", "a", "b"])
        #expect(SmallFile.names(in: directory.path("a")) == [])
        #expect(SmallFile.names(in: directory.path("none")) == [])
        #expect(SmallFile.names(in: directory.path("b")) == [])
    }

    @Test func `what is there exists, be it a link to nowhere`() {
        #expect(SmallFile.exists(directory.path))
        #expect(!SmallFile.exists(directory.path("none")))
        symlink("nowhere", directory.path("link"))
        #expect(SmallFile.exists(directory.path("link")))
        SmallFile.remove(directory.path("link"))
        #expect(directory.names == [])
        SmallFile.remove(directory.path("link"))
    }
}

/// A file system of a few pages of 4 KiB in a mount namespace of its own, reached through the
/// process that holds it.
final class SmallDisk {
    let path: String
    private let holder: RunningProgram
    private let life: Int32

    init(pages: Int, at directory: TemporaryDirectory) throws {
        let (lives, reports) = (PipeEnds(), PipeEnds())
        let mount = "mount -t tmpfs -o size=\(pages * 4096) tmpfs \(directory.path) || exit 1"
        holder = RunningProgram(
            ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", "\(mount); echo up; exec cat"],
            streams: [STDIN_FILENO: lives.read, STDOUT_FILENO: reports.write]
        )
        life = lives.write
        for end in [lives.read, reports.write] { close(end) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(reports.read, &bytes, bytes.count)
        close(reports.read)
        path = "/proc/\(holder.pid)/root\(directory.path)"
        try #require(count == 3, "A small file system can be mounted.")
    }

    deinit {
        close(life)
        holder.wait()
    }
}

@Suite struct GroupFileTests {
    private let directory = TemporaryDirectory()

    private static let cases: [(text: String, name: String, gid: UInt32?)] = [
        ("lapse:x:998:alice,bob\n", "lapse", 998),
        ("root:x:0:\nlapse:x:998:\n", "lapse", 998),
        ("lapse::4294967294:", "lapse", .max - 1),
        ("lapse:x:0:\n", "lapse", 0),
        ("", "lapse", nil),
        ("lapse2:x:1:\nxlapse:x:2:\nLapse:x:3:\n", "lapse", nil),
        ("lapse:x:998\n", "lapse", nil),  // breaks off: the number may have gone on
        ("lapse:x:", "lapse", nil),
        ("lapse", "lapse", nil),
        ("lapse:x:-1:\n", "lapse", nil),
        ("lapse:x:4294967296:\n", "lapse", nil),
        ("lapse:x:12a:\n", "lapse", nil),
        ("#lapse:x:1:\n+lapse:x:2:\n", "lapse", nil),
        ("lapse:x:one:\nlapse:x:2:\n", "lapse", nil),  // the first line counts, as in getgrnam(3)
        (":x:5:\n", "", nil),
        ("\u{FFFD}:x:5:\n", "lapse", nil),
    ]

    @Test(arguments: cases)
    func `a local group is found by its whole name`(text: String, name: String, gid: UInt32?) {
        let path = directory.write("group", text)
        #expect(GroupFile.gid(of: name, in: path) == gid)
    }

    @Test func `the host's own file is read, and one that is not there has no groups`() {
        #expect(GroupFile.gid(of: "root") == 0)
        #expect(GroupFile.gid(of: "lapse", in: directory.path("none")) == nil)
    }
}
