import FoundationEssentials
import Glibc
import LapseCore
import LapseLinux
import LapseWire
import LinuxFixture
import Testing

@testable import LapseDaemon

@Suite(.timeLimit(.minutes(1))) struct SessionFilesTests {
    private let directory = TemporaryDirectory()
    private let read = ReadLog()
    private var files: SessionFiles { SessionFiles(directory: directory.path) }

    private static let token = CloseToken(low: 1, high: .max)

    private func saved(
        _ facts: SessionFacts,
        token: CloseToken = Self.token,
        openedWall: Int64 = 1_700_000_000_000_000
    ) -> SavedSession {
        SavedSession(facts: facts, closeToken: token, openedWall: openedWall)
    }

    private func load() -> [SavedSession] {
        files.load(reportingTo: read.log)
    }

    /// The name of the sample's file.
    private static let name = "28t5cy4t"

    /// The text of a file for the sample, with one value replaced; nil leaves the key out.
    private func text(_ key: String = "", _ value: String? = nil) throws -> String {
        try files.save(saved(.sample()))
        let bytes = try #require(SmallFile.read(directory.path(Self.name)))
        SmallFile.remove(directory.path(Self.name))
        var pairs = String(decoding: bytes, as: UTF8.self).dropFirst().dropLast()
            .split(separator: ",").map(String.init)
        pairs.removeAll { $0.hasPrefix("\"\(key)\":") }
        if let value { pairs.append("\"\(key)\":\(value)") }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    // MARK: What is kept

    @Test func `a session is loaded as it was saved`() throws {
        let now = BootInstant(nanoseconds: BootClock.now())
        let plain = SessionFacts.sample(auditSession: 7, opened: now)
        let odd = SessionFacts.sample(
            id: 0xFF_FFFF_FFFF,
            user: "a\"\\\n\u{0}\u{301}\u{FFFD}/",
            uid: .max,
            service: "",
            rhost: "fe80::1%eth0",
            tty: "/dev/tty1",
            leader: ProcessIdentity(pid: .max, startTicks: .max),
            auditSession: nil
        )
        try files.save(saved(odd))
        try files.save(saved(plain))
        let loaded = load()
        #expect(loaded.map(\.facts) == [plain, odd])
        #expect(loaded.allSatisfy { $0.closeToken == Self.token })
        #expect(loaded.allSatisfy { $0.openedWall == 1_700_000_000_000_000 })
        #expect(read.log.faults == 0)
        #expect(directory.names == [Self.name, "zzzzzzzz"])
    }

    @Test func `what was last seen of a session is loaded as it was saved, a hand and all else`()
        throws
    {
        let now = BootInstant(nanoseconds: BootClock.now())
        for other in [nil, now, now - .seconds(1)] {
            let activity = FormerActivity(hand: now - .milliseconds(1_500), other: other)
            let facts = SessionFacts.sample(opened: now - .seconds(2))
            try files.save(
                SavedSession(
                    facts: facts,
                    closeToken: Self.token,
                    openedWall: 1,
                    progress: .init(
                        activity: activity,
                        terminals: [34_816],
                        connection: .max,
                        endRequest: nil
                    )
                )
            )
            #expect(load().map(\.progress?.activity) == [activity])
            #expect(load().map(\.progress?.connection) == [.max])
        }
    }

    @Test func `activity that lies in the future makes a file that is not believed`() throws {
        let later = BootInstant(nanoseconds: BootClock.now()) + .seconds(3_600)
        let past = BootInstant(nanoseconds: 1)
        for (hand, other) in [(past, later), (later, past), (later, nil)]
            as [(BootInstant, BootInstant?)]
        {
            try files.save(
                SavedSession(
                    facts: .sample(),
                    closeToken: Self.token,
                    openedWall: 1,
                    progress: .init(
                        activity: FormerActivity(hand: hand, other: other),
                        terminals: [],
                        connection: nil,
                        endRequest: nil
                    )
                )
            )
            #expect(load().isEmpty)
        }
    }

    @Test func `a session that is saved again replaces itself, one that is removed is gone`() throws
    {
        try files.save(saved(.sample(user: "first")))
        try files.save(saved(.sample(user: "second")))
        #expect(load().map(\.facts.user) == ["second"])
        files.remove(SessionFacts.sample().id)
        files.remove(SessionFacts.sample().id)
        #expect(load().isEmpty)
        #expect(directory.names.isEmpty)
    }

    @Test func `the longest report that a module sends is kept and loaded`() throws {
        // Every byte of it escaped to six in JSON.
        let text = String(repeating: "\u{1}", count: 1024)
        let facts = SessionFacts.sample(user: text, service: text, rhost: text, tty: text)
        try files.save(saved(facts))
        #expect(load().map(\.facts) == [facts])
    }

    @Test func `a file belongs to root alone`() throws {
        try files.save(saved(.sample()))
        var status = stat()
        #expect(stat(directory.path(Self.name), &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o600)
    }

    // MARK: What is not to be trusted

    private static let faults: [(what: String, key: String, value: String?)] = [
        ("a later version", "version", "2"),
        ("no version", "version", nil),
        ("a missing pid", "leaderPid", nil),
        ("a pid that is text", "leaderPid", "\"4711\""),
        ("a pid beyond its type", "leaderPid", "4294967296"),
        ("no pid", "leaderPid", "0"),
        ("init", "leaderPid", "1"),
        ("a process group", "leaderPid", "-4711"),
        ("a broken number", "leaderPid", "1.5"),
        ("a negative start", "leaderStartTicks", "-1"),
        ("a number of a hundred digits", "leaderStartTicks", String(repeating: "9", count: 100)),
        ("a user that is null", "user", "null"),
        ("a user that is a list", "user", "[\"alice\"]"),
        ("half a surrogate", "user", "\"\\ud800\""),
        ("a uid below zero", "uid", "-1"),
        ("another session's id", "id", "5"),
        ("an id of more than 40 bits", "id", "\(0x100_0000_0000 + 0x12_3456_789A)"),
        ("an opening before the boot", "openedNanoseconds", "-1"),
        ("an opening at the end of time", "openedNanoseconds", "9223372036854775807"),
        ("an opening before all time", "openedNanoseconds", "-9223372036854775808"),
    ]

    @Test(arguments: faults)
    func `a file with a wrong value is put aside, the others are loaded`(
        what: String,
        key: String,
        value: String?
    ) throws {
        directory.write(Self.name, try text(key, value))
        try expectPutAside(Self.name)
    }

    private static let contents: [(what: String, text: String)] = [
        ("empty", ""), ("a blank", " "), ("zeros", String(repeating: "\0", count: 512)),
        ("a list", "[]"), ("nothing known", "{}"), ("no JSON", "session"), ("null", "null"),
        ("deeply nested", String(repeating: "[", count: 60_000)),
        ("deeply nested objects", String(repeating: "{\"id\":", count: 10_000)),
        ("beyond the limit", "{\"user\":\"" + String(repeating: "x", count: 70_000) + "\"}"),
    ]

    @Test(arguments: contents)
    func `a file that is no session is put aside, the others are loaded`(
        what: String,
        text: String
    ) throws {
        directory.write(Self.name, text)
        try expectPutAside(Self.name)
    }

    @Test func `a file that breaks off anywhere is put aside`() throws {
        let whole = try text()
        for length in 0..<whole.utf8.count {
            directory.write(Self.name, String(decoding: whole.utf8.prefix(length), as: UTF8.self))
            #expect(load().isEmpty, "\(length) bytes")
            _ = try read.message()
        }
        #expect(directory.names == [Self.name + ".bad"])
        directory.write(Self.name, whole)
        #expect(load().count == 1)
    }

    @Test func `bytes that are no UTF-8 are put aside`() throws {
        let bytes = Array(try text("user", "\"al").utf8) + [0xFF] + Array("ice\"}".utf8)
        try SmallFile.replace(directory.path(Self.name), with: bytes)
        try expectPutAside(Self.name)
    }

    @Test func `what is no file is put aside, and nobody waits for it`() throws {
        mkdir(directory.path("directory"), 0o700)
        mkfifo(directory.path("pipe"), 0o600)
        symlink("nowhere", directory.path("dangling"))
        symlink("loop", directory.path("loop"))
        let outside = TemporaryDirectory()
        outside.write("good", try text())
        symlink(outside.path("good"), directory.path(Self.name))
        try files.save(saved(.sample(id: 5)))
        #expect(load().map(\.facts.id.value) == [5])
        #expect(read.log.faults == 5)
        #expect(
            directory.names == [
                "00000005", Self.name + ".bad", "dangling.bad", "directory.bad", "loop.bad",
                "pipe.bad",
            ]
        )
        // The next start has nothing to say of them.
        #expect(load().count == 1)
        #expect(read.log.faults == 5)
    }

    private func expectPutAside(_ name: String) throws {
        try files.save(saved(.sample(id: 5)))
        #expect(load().map(\.facts.id.value) == [5])
        #expect(read.log.faults == 1)
        #expect(
            try read.message()
                == "event=fault what=\"\(directory.path)/\(name) cannot be read; moved to"
                + " \(name).bad, its session is not watched\""
        )
        #expect(directory.names == ["00000005", name + ".bad"])
    }

    // MARK: What is over

    @Test func `a session of another boot is not loaded, and its file goes`() throws {
        directory.write(Self.name, try text("bootID", "\"00000000-0000-0000-0000-000000000000\""))
        #expect(load().isEmpty)
        #expect(read.log.faults == 0)
        #expect(directory.names.isEmpty)
    }

    @Test func `what a daemon that died half-way left is passed over`() throws {
        directory.write(Self.name + ".new", "{")
        #expect(load().isEmpty)
        #expect(read.log.faults == 0)
    }

    @Test func `a directory that is not there holds no session, and takes none`() {
        let files = SessionFiles(directory: directory.path("none"))
        #expect(files.load(reportingTo: read.log).isEmpty)
        let error = #expect(throws: SystemError.self) { try files.save(saved(.sample())) }
        let path = directory.path("none/\(Self.name).new")
        #expect(error == SystemError("open", path, code: ENOENT))
    }

    @Test(.needsRoot) func `a directory that cannot be written to is a fault`() async {
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            #expect(chmod(path, 0o555) == 0)
            // Root may write everywhere: somebody else does this.
            #expect(setuid(54_321) == 0)
            let session = SavedSession(
                facts: .sample(),
                closeToken: CloseToken(low: 0, high: 0),
                openedWall: 0
            )
            let error = #expect(throws: SystemError.self) {
                try SessionFiles(directory: path).save(session)
            }
            #expect(error?.code == EACCES)
        }
    }
}
