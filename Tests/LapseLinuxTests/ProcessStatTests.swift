import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct ProcessStatTests {
    /// Fields 3 to 30 of a line, with the ones that count told apart.
    private static let rest =
        "S 41 42 43 34817 44 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 9 8 7 6 5 140737 9 8"

    private static func line(_ name: [UInt8], pid: String = "40", rest: String = rest) -> [UInt8] {
        Array("\(pid) (".utf8) + name + Array(") \(rest)\n".utf8)
    }

    private static let names: [(bytes: [UInt8], text: String)] = [
        (Array("bash".utf8), "bash"),
        (Array("".utf8), ""),
        (Array("tmux: server".utf8), "tmux: server"),
        (Array(") R 1 1 1 0 (".utf8), ") R 1 1 1 0 ("),
        (Array("a) S 1 2 3 4".utf8), "a) S 1 2 3 4"),
        (Array("))))))".utf8), "))))))"),
        (Array("((((".utf8), "(((("),
        (Array("a\nb\tc".utf8), "a\nb\tc"),
        ([0xFF, 0x28, 0xC3, 0x29, 0xE2, 0x82], "\u{FFFD}(\u{FFFD})\u{FFFD}"),
    ]

    @Test(arguments: names)
    func `a name may hold any byte and changes no other field`(
        bytes: [UInt8],
        text: String
    ) throws {
        let stat = try #require(ProcessStat.parse(Self.line(bytes)))
        #expect(stat.name == text)
        #expect(stat.pid == 40)
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.parent == 41)
        #expect(stat.processGroup == 42)
        #expect(stat.sessionLeader == 43)
        #expect(stat.terminal == 34817)
        #expect(stat.foregroundGroup == 44)
        #expect(stat.waitedFaults == 2)
        #expect(stat.ownTicks == 5 + 6)
        #expect(stat.waitedTicks == 7 + 8)
        #expect(stat.threads == 1)
        #expect(stat.startTicks == 987_654)
        #expect(stat.stackStart == 140_737)
    }

    private static func fields(_ changes: [Int: String]) -> String {
        var fields = rest.split(separator: " ").map(String.init)
        for (number, value) in changes { fields[number - 3] = value }
        return fields.joined(separator: " ")
    }

    @Test func `numbers go to the end of their types`() throws {
        let rest = Self.fields([
            4: "2147483647", 5: "-2147483648", 6: "2147483647", 7: "-1", 8: "-1",
            14: "18446744073709551614", 15: "1", 16: "18446744073709551615", 17: "0",
            20: "2147483647", 22: "18446744073709551615", 28: "18446744073709551615",
        ])
        let stat = try #require(
            ProcessStat.parse(Self.line([0x61], pid: "2147483647", rest: rest))
        )
        #expect(stat.pid == .max)
        #expect(stat.parent == .max)
        #expect(stat.processGroup == .min)
        #expect(stat.sessionLeader == .max)
        #expect(stat.foregroundGroup == -1)
        #expect(stat.ownTicks == .max)
        #expect(stat.waitedTicks == .max)
        #expect(stat.threads == .max)
        // tty_nr is printed as a signed number (fs/proc/array.c).
        #expect(stat.terminal == .max)
        #expect(stat.startTicks == .max)
        #expect(stat.stackStart == .max)
    }

    private static let malformed: [(what: String, bytes: [UInt8])] = [
        ("empty", []),
        ("a newline", [0x0A]),
        ("no name", Array("40 S 41 42".utf8)),
        ("no pid", line([0x61], pid: "")),
        ("a pid that is no number", line([0x61], pid: "4x")),
        ("a pid above pid_t", line([0x61], pid: "4294967297")),
        ("parentheses the wrong way round", Array("40 )a( \(rest)".utf8)),
        ("no blank before the name", Array("40(a) \(rest)\n".utf8)),
        ("a parent that is no number", line([0x61], rest: fields([4: "x"]))),
        ("a parent above pid_t", line([0x61], rest: fields([4: "4294967297"]))),
        ("a session above pid_t", line([0x61], rest: fields([6: "4294967297"]))),
        ("a terminal above 32 bits", line([0x61], rest: fields([7: "4294967296"]))),
        ("a start above 64 bits", line([0x61], rest: fields([22: "18446744073709551616"]))),
        ("a negative pid", line([0x61], pid: "-1")),
        ("a group above pid_t", line([0x61], rest: fields([5: "2147483648"]))),
        ("a foreground group that is no number", line([0x61], rest: fields([8: "-"]))),
        ("processor time above 64 bits", line([0x61], rest: fields([14: "18446744073709551616"]))),
        ("negative processor time", line([0x61], rest: fields([17: "-1"]))),
        ("threads that are no number", line([0x61], rest: fields([20: "1x"]))),
        ("two blanks in a row", line([0x61], rest: fields([4: " 41"]))),
        ("a negative start", line([0x61], rest: fields([22: "-1"]))),
    ]

    @Test(arguments: malformed)
    func `what is no line of the kernel's is no process`(what: String, bytes: [UInt8]) {
        #expect(ProcessStat.parse(bytes) == nil)
    }

    @Test func `a line that breaks off anywhere before its last number is over is no process`() {
        let whole = Self.line(Array("sh".utf8))
        // The kernel writes 52 fields: a number at the very end may have lost its last digits.
        let needed = whole.count - " 9 8\n".utf8.count
        for length in 0...needed {
            #expect(ProcessStat.parse(Array(whole[..<length])) == nil, "\(length) bytes")
        }
        #expect(ProcessStat.parse(whole) != nil)
    }

    @Test(.needsRoot) func `a real process is read`() throws {
        let pty = PtyPair()
        let family = ProcessFamily("login", pty.path, "0")
        let job = try #require(ProcessStat.read(pid: family["job"]))
        #expect(job.pid == family["job"])
        #expect(job.parent == family["shell"])
        #expect(job.sessionLeader == family["shell"])
        #expect(job.processGroup == family["shell"])
        #expect(job.isInForeground && !job.leadsSession)
        #expect(job.threads == 1)
        #expect(job.name == "cat")
        #expect(Terminal(procNumber: job.terminal)?.path == pty.path)
        let now = UInt64(BootClock.now() / (1_000_000_000 / ProcessSelf.ticksPerSecond))
        #expect((now - 1000...now).contains(job.startTicks))
        let quiet = try #require(ProcessStat.read(pid: family["quiet"]))
        #expect(quiet.parent == family["shell"])
        #expect(quiet.sessionLeader == family["quiet"])
        #expect(quiet.leadsSession && !quiet.isInForeground)
        #expect(quiet.foregroundGroup == -1)
        #expect(quiet.terminal == 0)
        #expect(ProcessStat.read(pid: family["relay"])?.startTicks ?? 0 <= job.startTicks)
    }

    @Test func `a process that is gone cannot be read`() {
        let family = ProcessFamily("alone")
        let pid = family["leader"]
        family.end()
        #expect(ProcessStat.read(pid: pid) == nil)
        #expect(ProcessStat.read(pid: -1) == nil)
    }
}
