import Testing

@Suite struct SettingsTests {
    private static func host(_ arguments: String) throws -> PamHost {
        let directory = try ServiceDirectory(arguments: arguments)
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        defer { _ = daemon }
        return try PamHost(directory)
    }

    @Test(arguments: [
        "bogus", "requirex", "require", "Required", "timeout", "sockets=/x", "debug=",
    ])
    func `an unknown argument is logged and passed over`(argument: String) throws {
        let host = try Self.host(argument)
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(
            // Once at the open, once at the close.
            host.log == [
                "3 pam_lapse(sshd:session): unknown argument '\(argument)', ignoring",
                "3 pam_lapse(sshd:session): unknown argument '\(argument)', ignoring",
            ]
        )
    }

    @Test(
        arguments: [
            "", "500", "ms", "9ms", "10001ms", "11s", "0s", "-1s", "1m", "1 s", "0x10ms",
            "99999999999999999999999999ms", "1.5s", "500ms ", "s",
        ].filter { !$0.contains(" ") }
    )
    func `a bad timeout is logged and the default holds`(value: String) throws {
        let directory = try ServiceDirectory(arguments: "")
        try directory.write(
            service: "sshd",
            "session required \(try Module.path()) socket=\(directory.socket) timeout=\(value)"
        )
        let daemon = try FakeDaemonProcess(at: directory.socket, "hang")
        let host = try PamHost(directory)
        #expect(host.log.count == 2)
        #expect(host.log.first?.contains("timeout= wants 10ms to 10s") == true)
        #expect(host.log.first?.contains("got '\(value)', ignoring") == true)
        #expect(host.log.last?.contains("did not answer within 500 ms") == true)
        _ = daemon
    }

    @Test(arguments: [("10ms", 10), ("0250ms", 250), ("1s", 1000)])
    func `a timeout is taken as it says`(value: String, milliseconds: Int) throws {
        let directory = try ServiceDirectory(arguments: "timeout=\(value)")
        let daemon = try FakeDaemonProcess(at: directory.socket, "hang")
        let host = try PamHost(directory)
        #expect(host.log.last?.contains("did not answer within \(milliseconds) ms") == true)
        #expect(try host.number("longest-open-us") >= milliseconds * 1000)
        _ = daemon
    }

    @Test func `ten seconds are accepted, the limit of what one may wait`() throws {
        let host = try Self.host("timeout=10s timeout=10000ms")
        #expect(host.log.isEmpty && host.opened == ["PAM_SUCCESS 1"])
    }

    @Test func `a bad socket path is logged and the one before it holds`() throws {
        let long = "/" + String(repeating: "a", count: 107)
        for value in ["", "run/lapse/report", "@abstract", long] {
            let host = try Self.host("socket=\(value)")
            #expect(host.opened == ["PAM_SUCCESS 1"])
            #expect(host.log.first?.contains("socket= wants an absolute path") == true)
        }
    }

    @Test func `the longest path that a socket can have is accepted`() throws {
        let path = "/" + String(repeating: "a", count: 106)
        let directory = try ServiceDirectory(arguments: "socket=\(path)")
        let host = try PamHost(directory)
        #expect(host.log.count == 1)
        #expect(host.log.first?.contains("cannot be reached at '\(path)'") == true)
    }

    @Test func `debug tells of open and close`() throws {
        let host = try Self.host("debug")
        #expect(
            host.log == [
                "7 pam_lapse(sshd:session): session 000004hn is open",
                "7 pam_lapse(sshd:session): session 000004hn is closed",
            ]
        )
    }
}
