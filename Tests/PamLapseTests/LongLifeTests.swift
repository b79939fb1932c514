import Testing

/// A process that opens sessions for months, such as a display manager or a test of sshd's listener.
@Suite(.serialized) struct LongLifeTests {
    /// Below one session's smallest leak, 16 bytes, times the thousand.
    private static let allocatedMax = 8_000
    /// What the allocator may keep of pages, in KiB.
    private static let residentMax = 512

    private static func expectNothingLeft(_ host: PamHost) throws {
        #expect(try host.traces().isEmpty)
        #expect(try host.number("allocated-bytes") < allocatedMax)
        #expect(try host.number("resident-kib") < residentMax)
    }

    @Test func `a thousand sessions under a hung daemon leave nothing behind`() throws {
        let directory = try ServiceDirectory(arguments: "timeout=10ms")
        let daemon = try FakeDaemonProcess(at: directory.socket, "hang")
        let host = try PamHost(directory, "sshd", "--sessions", "1000", "--warm-up", "20")
        #expect(host.opened == ["PAM_PERM_DENIED 1000"])
        try Self.expectNothingLeft(host)
        _ = daemon
    }

    @Test(arguments: ["allow", "refuse", "random", "close"])
    func `a thousand sessions leave nothing behind`(behaviour: String) throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, behaviour)
        let host = try PamHost(directory, "sshd", "--sessions", "1000", "--warm-up", "20")
        let result = ["allow": "PAM_SUCCESS", "refuse": "PAM_SESSION_ERR"][behaviour]
        #expect(host.opened == ["\(result ?? "PAM_PERM_DENIED") 1000"])
        try Self.expectNothingLeft(host)
        _ = daemon
    }

    @Test func `sessions that are never closed leave nothing behind`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(
            directory,
            "sshd",
            "--sessions",
            "1000",
            "--warm-up",
            "20",
            "--leave-open"
        )
        #expect(host.opened == ["PAM_SUCCESS 1000"])
        try Self.expectNothingLeft(host)
        _ = daemon
    }

    @Test func `two hundred threads at once are all let in by the daemon`() throws {
        let directory = try ServiceDirectory(arguments: "timeout=10s")
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory, "sshd", "--sessions", "1000", "--threads", "200")
        #expect(host.opened == ["PAM_SUCCESS 1000"])
        #expect(host.closed == ["PAM_SUCCESS 1000"])
        #expect(try host.traces().isEmpty)
        #expect(try daemon.seen().count == 2000)
    }

    @Test func `two hundred threads under a hung daemon all come back`() throws {
        let directory = try ServiceDirectory(arguments: "timeout=100ms")
        let daemon = try FakeDaemonProcess(at: directory.socket, "hang")
        let host = try PamHost(directory, "sshd", "--sessions", "200", "--threads", "200")
        #expect(host.opened == ["PAM_PERM_DENIED 200"])
        #expect(try host.traces().isEmpty)
        _ = daemon
    }
}
