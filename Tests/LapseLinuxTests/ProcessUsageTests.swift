import Glibc
import LapseLinux
import LinuxFixture
import Testing

@Suite struct ProcessUsageTests {
    private static let whole = """
        rchar: 1
        wchar: 18446744073709551615
        syscr: 3
        syscw: 4
        read_bytes: 5
        write_bytes: 6
        cancelled_write_bytes: 7

        """

    @Test func `the figures are taken by their names`() throws {
        let usage = try #require(ProcessUsage.parse(Array(Self.whole.utf8)))
        #expect(usage.written == .max)
        #expect(usage.storageRead == 5)
        #expect(usage.storageWritten == 6)
        let added = "new: 9\n" + Self.whole + "other: 1\n"
        #expect(ProcessUsage.parse(Array(added.utf8)) == usage)
    }

    @Test func `a text that breaks off before the figures are there is none`() {
        let bytes = Array(Self.whole.utf8)
        let needed = bytes.count - "cancelled_write_bytes: 7\n".utf8.count
        for length in 0..<bytes.count where length != needed {
            #expect(ProcessUsage.parse(Array(bytes[..<length])) == nil, "\(length) bytes")
        }
        #expect(ProcessUsage.parse(Array(bytes[..<needed])) != nil)
    }

    private static let malformed = [
        "wchar: 18446744073709551616\nread_bytes: 5\nwrite_bytes: 6\n",
        "wchar: -1\nread_bytes: 5\nwrite_bytes: 6\n",
        "wchar:1\nread_bytes: 5\nwrite_bytes: 6\n",
        "wchar: \nread_bytes: 5\nwrite_bytes: 6\n",
        "wchar 1\nread_bytes 5\nwrite_bytes 6\n",
        "wchar: 1 \nread_bytes: 5\nwrite_bytes: 6\n",
    ]

    @Test(arguments: malformed)
    func `what is no text of the kernel's tells nothing`(text: String) {
        #expect(ProcessUsage.parse(Array(text.utf8)) == nil)
    }

    @Test func `what a real process writes is counted, and for its parent when it has ended`()
        throws
    {
        let login = TerminalLogin([
            "/bin/sh", "-c", "head -c 100000 /dev/zero >/dev/null; echo READY; cat",
        ])
        try #require(login.shows("READY"))
        let usage = try #require(ProcessUsage.read(pid: login.family["shell"]))
        #expect((100_000...110_000).contains(usage.written))
    }

    @Test func `a process that is gone has used nothing that is known`() {
        #expect(ProcessUsage.read(pid: -1) == nil)
    }
}
