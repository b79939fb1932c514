import Testing

@Suite struct CloseSessionTests {
    @Test func `the close names the session and proves it with the token`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory)
        #expect(host.closed == ["PAM_SUCCESS 1"])
        let seen = try daemon.seen()
        #expect(seen.count == 2)
        // The session is 0x1235; its token is made from it as in Tests/FakeLapsed/Behaviour.swift.
        let word = UInt64(0x1235)
        let token = FakeToken.bytes(low: word &* 0x9E37_79B9_7F4A_7C15, high: ~word)
        #expect(seen.last == "closed 000004hn token=\(token)")
    }

    @Test func `a second close reports nothing`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory, "sshd", "--close-twice")
        #expect(host.closed == ["PAM_PERM_DENIED 1"], "the second one was ignored")
        #expect(try daemon.seen().count == 2)
    }

    @Test func `a handle that ends without a close reports nothing and leaks nothing`() throws {
        let directory = try ServiceDirectory()
        let daemon = try FakeDaemonProcess(at: directory.socket, "allow")
        let host = try PamHost(directory, "sshd", "--leave-open")
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(try host.traces().isEmpty)
        #expect(try daemon.seen().count == 1)
    }

    @Test func `a daemon that is gone by then does not fail the logout`() throws {
        // The fault is the answer to the close alone: a permission where a note belongs.
        let directory = try ServiceDirectory(arguments: "required")
        let daemon = try FakeDaemonProcess(at: directory.socket, "once")
        let host = try PamHost(directory)
        #expect(host.opened == ["PAM_SUCCESS 1"])
        #expect(host.closed == ["PAM_SUCCESS 1"])
        #expect(host.errors.isEmpty)
        #expect(host.log.count == 1)
        #expect(
            host.log.first?.contains("the close of session 000004hn is not reported: lapsed cannot")
                == true
        )
        #expect(try host.traces().isEmpty)
        _ = daemon
    }
}

/// A token as `CloseToken.bytes` prints, without the code under test.
enum FakeToken {
    static func bytes(low: UInt64, high: UInt64) -> [UInt8] {
        [low, high].flatMap { word in (0..<8).map { UInt8(word >> ($0 * 8) & 0xFF) } }
    }
}
